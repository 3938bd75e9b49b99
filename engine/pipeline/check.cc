#include "engine/pipeline/check.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "engine/pipeline/field_values.h"

namespace takt {
namespace {

// Of texts that the decoder saw to be plain, the size alone is left to judge; so below, too.
std::optional<Rejection> CheckId(const RawChange& raw) {
  const absl::string_view id = raw.id;
  if (id.empty()) return Rejection{Reason::kMissingId, "no id"};
  if (raw.is_plain && id.size() <= kIdBytesMax) return std::nullopt;
  const std::optional<Reason> reason = JudgeText(id, kIdBytesMax);
  if (reason.has_value()) return RejectValue(*reason, "id", id);
  return std::nullopt;
}

// 0 is kept for "no event id".
uint64_t IdentityOf(const RawChange& raw) {
  if (raw.event_id.empty()) return 0;
  const uint64_t hash = StableHash(raw.event_id, raw.place);
  return hash == 0 ? 1 : hash;
}

// Whether `field` says another currency than the one that money is reported in.
bool IsForeignCurrency(const RawField& field, const Currency& currency) {
  if (field.name != "currency" || field.value.kind == RawValue::Kind::kNull) return false;
  return field.value.kind != RawValue::Kind::kText || field.value.text != currency.code;
}

bool Contains(const std::vector<std::string>& names, absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// `reference`: the record's own time, in microseconds.
std::optional<Rejection> CheckTime(EventTime time, int64_t reference, int64_t max_ahead_micros,
                                   const Object& object) {
  if (!IsAdmissible(time)) {
    return RejectValue(Reason::kBadTime, "time in microseconds", absl::StrCat(time.micros));
  }
  // A record time that is out of all bounds must not overflow; the event's own time is in bounds.
  int64_t ahead = 0;
  if (__builtin_sub_overflow(time.micros, reference, &ahead)) {
    return RejectValue(Reason::kFutureTime, "record time in microseconds", absl::StrCat(reference));
  }
  if (ahead > max_ahead_micros) {
    return RejectValue(Reason::kFutureTime, "time ahead of the record's",
                       absl::FormatDuration(absl::Microseconds(ahead)));
  }
  if (object.keep.has_value() && -ahead > absl::ToInt64Microseconds(*object.keep)) {
    return RejectValue(Reason::kTooOld, "time before the record's",
                       absl::FormatDuration(absl::Microseconds(-ahead)));
  }
  return std::nullopt;
}

// Brings fields that came in any order into that of a Change.
std::optional<Rejection> SortFields(const Object& object, Change* change) {
  std::sort(change->fields.begin(), change->fields.end(),
            [](const FieldValue& a, const FieldValue& b) { return a.field < b.field; });
  for (size_t i = 1; i < change->fields.size(); ++i) {
    const FieldId id = change->fields[i].field;
    if (id == change->fields[i - 1].field) {
      return RejectValue(Reason::kMalformed, "field given twice", object.fields[id].name);
    }
  }
  return std::nullopt;
}

bool IsShortText(const RawValue& value, FieldType type) {
  return value.kind == RawValue::Kind::kText && type == FieldType::kText &&
         value.text.size() <= kTextBytesMax;
}

// `names`: of the object's fields.
std::optional<Rejection> CheckFields(const RawChange& raw, const Definition& definition,
                                     const NameTable& names, Change* change) {
  const Object& object = definition.objects[change->object];
  change->fields.clear();
  bool ascending = true;
  int last = -1;
  for (const RawField& field : raw.fields) {
    if (IsForeignCurrency(field, definition.currency)) {
      return RejectField(Reason::kUnknownCurrency, field);
    }
    const int known = names.Find(field.name);
    if (known == NameTable::kNone) continue;
    if (change->fields.size() == kFieldsPerChangeMax) {
      return Rejection{Reason::kTooLarge, "more than 64 fields"};
    }
    ascending = ascending && last < known;
    last = known;
    FieldValue& added = change->fields.emplace_back();
    added.field = static_cast<FieldId>(known);
    if (field.value.kind == RawValue::Kind::kNull) continue;
    const Field& as = object.fields[added.field];
    if (raw.is_plain && IsShortText(field.value, as.type)) {
      added.value = Value::Text(field.value.text);
      continue;
    }
    const std::optional<Reason> reason = ConvertValue(field.value, as, definition, &added.value);
    if (reason.has_value()) return RejectField(*reason, field);
  }
  return ascending ? std::nullopt : SortFields(object, change);
}

// `names`: of the object's stages; `places`: of each name, in Object::stages.
std::optional<Rejection> CheckStage(const Change& change, const Object& object,
                                    const NameTable& names,
                                    const std::vector<std::vector<uint16_t>>& places) {
  const Value* stage = nullptr;
  const Value* pipeline = nullptr;
  for (const FieldValue& field : change.fields) {
    if (field.field > kPipelineField) break;
    if (field.value.kind != ValueKind::kText) continue;
    if (field.field == kStageField) stage = &field.value;
    if (field.field == kPipelineField) pipeline = &field.value;
  }
  if (pipeline != nullptr && !Contains(object.pipelines, pipeline->text)) {
    return RejectValue(Reason::kUnknownStage, "pipeline", pipeline->text);
  }
  if (stage == nullptr) return std::nullopt;
  const int known = names.Find(stage->text);
  if (known == NameTable::kNone) {
    return RejectValue(Reason::kUnknownStage, "stage", stage->text);
  }
  if (pipeline == nullptr) return std::nullopt;
  for (const uint16_t place : places[static_cast<size_t>(known)]) {
    if (object.stages[place].pipeline == pipeline->text) return std::nullopt;
  }
  return RejectValue(Reason::kUnknownStage, absl::StrCat("stage of pipeline ", pipeline->text),
                     stage->text);
}

}  // namespace

Checker::Checker(const Definition& definition, absl::Duration max_ahead)
    : definition_(definition), max_ahead_micros_(absl::ToInt64Microseconds(max_ahead)) {
  std::vector<absl::string_view> objects;
  for (const Object& object : definition.objects) {
    objects.push_back(object.name);
    Names& names = names_.emplace_back();
    std::vector<absl::string_view> fields;
    for (const Field& field : object.fields) fields.push_back(field.name);
    names.fields = NameTable(fields);
    std::vector<absl::string_view> stages;
    for (size_t i = 0; i < object.stages.size(); ++i) {
      const std::string& name = object.stages[i].name;
      const auto found = std::find(stages.begin(), stages.end(), name);
      const auto at = static_cast<size_t>(found - stages.begin());
      if (found == stages.end()) {
        stages.push_back(name);
        names.stage_places.emplace_back();
      }
      names.stage_places[at].push_back(static_cast<uint16_t>(i));
    }
    names.stages = NameTable(stages);
  }
  objects_ = NameTable(objects);
}

std::optional<Rejection> Checker::Check(const RawChange& raw, const Arrival& arrival,
                                        Change* change) const {
  const int known = objects_.Find(raw.object);
  if (known == NameTable::kNone) {
    return RejectValue(Reason::kUnknownObject, "object", raw.object);
  }
  const Object& object = definition_.objects[known];
  if (auto rejection = CheckId(raw)) return rejection;
  if (!raw.has_time) return Rejection{Reason::kMissingTime, "no time"};
  const int64_t reference = arrival.record_time_micros != 0
                                ? arrival.record_time_micros
                                : absl::ToUnixMicros(arrival.wall_clock);
  if (auto rejection = CheckTime(raw.time, reference, max_ahead_micros_, object)) return rejection;
  change->object = static_cast<ObjectId>(known);
  change->kind = raw.kind;
  change->id = raw.id;
  change->time = raw.time;
  change->order = raw.order;
  change->identity = IdentityOf(raw);
  const Names& names = names_[change->object];
  if (auto rejection = CheckFields(raw, definition_, names.fields, change)) return rejection;
  if (!object.has_pipelines()) return std::nullopt;
  return CheckStage(*change, object, names.stages, names.stage_places);
}

}  // namespace takt
