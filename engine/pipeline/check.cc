#include "engine/pipeline/check.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "engine/pipeline/field_values.h"

namespace takt {
namespace {

std::optional<Rejection> CheckId(absl::string_view id) {
  if (id.empty()) return Rejection{Reason::kMissingId, "no id"};
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

// The text that `change` gives `field`; null when it gives none or clears it.
const Value* TextOf(const Change& change, FieldId field) {
  for (const FieldValue& candidate : change.fields) {
    if (candidate.field > field) break;
    if (candidate.field == field && candidate.value.kind == ValueKind::kText) {
      return &candidate.value;
    }
  }
  return nullptr;
}

bool Contains(const std::vector<std::string>& names, absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Checker::Checker(const Definition& definition, absl::Duration max_ahead)
    : definition_(definition),
      max_ahead_micros_(absl::ToInt64Microseconds(max_ahead)),
      stages_(definition.objects.size()) {
  for (size_t object = 0; object < stages_.size(); ++object) {
    const std::vector<Stage>& stages = definition.objects[object].stages;
    for (size_t i = 0; i < stages.size(); ++i) {
      stages_[object][stages[i].name].push_back(static_cast<uint16_t>(i));
    }
  }
}

std::optional<Rejection> Checker::Check(const RawChange& raw, const Arrival& arrival,
                                        Change* change) const {
  const auto found = definition_.object_ids.find(raw.object);
  if (found == definition_.object_ids.end()) {
    return RejectValue(Reason::kUnknownObject, "object", raw.object);
  }
  const Object& object = definition_.objects[found->second];
  if (auto rejection = CheckId(raw.id)) return rejection;
  if (auto rejection = CheckTime(raw, arrival, object)) return rejection;
  change->object = found->second;
  change->kind = raw.kind;
  change->id = raw.id;
  change->time = raw.time;
  change->order = raw.order;
  change->identity = IdentityOf(raw);
  if (auto rejection = CheckFields(raw, object, change)) return rejection;
  return object.has_pipelines() ? CheckStage(*change) : std::nullopt;
}

std::optional<Rejection> Checker::CheckTime(const RawChange& raw, const Arrival& arrival,
                                            const Object& object) const {
  if (!raw.has_time) return Rejection{Reason::kMissingTime, "no time"};
  if (!IsAdmissible(raw.time)) {
    return RejectValue(Reason::kBadTime, "time in microseconds", absl::StrCat(raw.time.micros));
  }
  const int64_t reference = arrival.record_time_micros != 0
                                ? arrival.record_time_micros
                                : absl::ToUnixMicros(arrival.wall_clock);
  // A record time that is out of all bounds must not overflow; the event's own time is in bounds.
  int64_t ahead = 0;
  if (__builtin_sub_overflow(raw.time.micros, reference, &ahead)) {
    return RejectValue(Reason::kFutureTime, "record time in microseconds", absl::StrCat(reference));
  }
  if (ahead > max_ahead_micros_) {
    return RejectValue(Reason::kFutureTime, "time ahead of the record's",
                       absl::FormatDuration(absl::Microseconds(ahead)));
  }
  if (object.keep.has_value() && -ahead > absl::ToInt64Microseconds(*object.keep)) {
    return RejectValue(Reason::kTooOld, "time before the record's",
                       absl::FormatDuration(absl::Microseconds(-ahead)));
  }
  return std::nullopt;
}

std::optional<Rejection> Checker::CheckFields(const RawChange& raw, const Object& object,
                                              Change* change) const {
  change->fields.clear();
  bool ascending = true;
  for (const RawField& field : raw.fields) {
    if (IsForeignCurrency(field, definition_.currency)) {
      return RejectField(Reason::kUnknownCurrency, field);
    }
    const auto found = object.field_ids.find(field.name);
    if (found == object.field_ids.end()) continue;
    const FieldId id = found->second;
    if (change->fields.size() == kFieldsPerChangeMax) {
      return Rejection{Reason::kTooLarge, "more than 64 fields"};
    }
    ascending = ascending && (change->fields.empty() || change->fields.back().field < id);
    change->fields.push_back({id, Value::Null()});
    if (field.value.kind == RawValue::Kind::kNull) continue;
    if (auto rejection =
            ConvertField(field, object.fields[id], definition_, &change->fields.back().value)) {
      return rejection;
    }
  }
  if (ascending) return std::nullopt;
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

std::optional<Rejection> Checker::CheckStage(const Change& change) const {
  const Value* stage = TextOf(change, kStageField);
  const Value* pipeline = TextOf(change, kPipelineField);
  const Object& object = definition_.objects[change.object];
  if (pipeline != nullptr && !Contains(object.pipelines, pipeline->text)) {
    return RejectValue(Reason::kUnknownStage, "pipeline", pipeline->text);
  }
  if (stage == nullptr) return std::nullopt;
  const auto found = stages_[change.object].find(stage->text);
  if (found == stages_[change.object].end()) {
    return RejectValue(Reason::kUnknownStage, "stage", stage->text);
  }
  if (pipeline == nullptr) return std::nullopt;
  for (const uint16_t place : found->second) {
    if (object.stages[place].pipeline == pipeline->text) return std::nullopt;
  }
  return RejectValue(Reason::kUnknownStage, absl::StrCat("stage of pipeline ", pipeline->text),
                     stage->text);
}

}  // namespace takt
