#include "engine/pipeline/check.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "engine/base/utf8.h"
#include "engine/model/decimal.h"
#include "engine/time/parse_time.h"

namespace takt {
namespace {

// How much of a value goes into a rejection: enough to see what is wrong.
constexpr size_t kShownBytesMax = 80;

Rejection Reject(Reason reason, absl::string_view what, absl::string_view value) {
  const bool cut = value.size() > kShownBytesMax;
  return {reason, absl::StrCat(what, ": \"", absl::CHexEscape(value.substr(0, kShownBytesMax)),
                               cut ? "...\"" : "\"")};
}

Rejection Reject(Reason reason, absl::string_view what) { return {reason, std::string(what)}; }

absl::string_view AsWritten(const RawValue& value, std::string* scratch) {
  switch (value.kind) {
    case RawValue::Kind::kNull:
      return "null";
    case RawValue::Kind::kText:
    case RawValue::Kind::kNumber:
      return value.text;
    case RawValue::Kind::kBool:
      return value.integer != 0 ? "true" : "false";
    case RawValue::Kind::kTime:
    case RawValue::Kind::kMinorUnits:
      *scratch = absl::StrCat(value.integer);
      return *scratch;
  }
  return "";
}

Rejection RejectField(Reason reason, const RawField& field) {
  std::string scratch;
  return Reject(reason, field.name, AsWritten(field.value, &scratch));
}

std::optional<Reason> JudgeText(absl::string_view text, size_t bytes_max) {
  if (text.size() > bytes_max) return Reason::kTooLarge;
  switch (ClassifyText(text)) {
    case TextClass::kPlain:
      return std::nullopt;
    case TextClass::kControl:
      return Reason::kBadValue;
    case TextClass::kInvalid:
      return Reason::kInvalidUtf8;
  }
  return Reason::kInvalidUtf8;
}

bool IsWholeNumber(absl::string_view text) {
  if (!text.empty() && text[0] == '-') text.remove_prefix(1);
  return !text.empty() && text.size() <= 20 &&
         text.find_first_not_of("0123456789") == absl::string_view::npos;
}

std::optional<Reason> ConvertText(const RawValue& raw, Value* value) {
  switch (raw.kind) {
    case RawValue::Kind::kText:
      *value = Value::Text(raw.text);
      return JudgeText(raw.text, kTextBytesMax);
    case RawValue::Kind::kNumber:
      *value = Value::Text(raw.text);
      return IsWholeNumber(raw.text) ? std::nullopt : std::optional(Reason::kBadValue);
    case RawValue::Kind::kBool:
      *value = Value::Text(raw.integer != 0 ? "true" : "false");
      return std::nullopt;
    case RawValue::Kind::kNull:
    case RawValue::Kind::kTime:
    case RawValue::Kind::kMinorUnits:
      return Reason::kBadValue;
  }
  return Reason::kBadValue;
}

std::optional<Reason> ConvertMoney(const RawValue& raw, int decimals, Value* value) {
  value->kind = ValueKind::kInteger;
  switch (raw.kind) {
    case RawValue::Kind::kText:
    case RawValue::Kind::kNumber:
      if (!raw.text.empty() && raw.text.back() == '%') return Reason::kBadNumber;
      return ParseDecimal(raw.text, {decimals, Excess::kReject}, &value->integer);
    case RawValue::Kind::kMinorUnits:
      value->integer = raw.integer;
      return std::nullopt;
    case RawValue::Kind::kNull:
    case RawValue::Kind::kBool:
    case RawValue::Kind::kTime:
      return Reason::kBadNumber;
  }
  return Reason::kBadNumber;
}

std::optional<Reason> ConvertNumber(const RawValue& raw, Value* value) {
  value->kind = ValueKind::kInteger;
  if (raw.kind != RawValue::Kind::kText && raw.kind != RawValue::Kind::kNumber) {
    return Reason::kBadNumber;
  }
  return ParseDecimal(raw.text, {kNumberDecimals, Excess::kRoundHalfEven}, &value->integer);
}

std::optional<Reason> ConvertBool(const RawValue& raw, Value* value) {
  if (raw.kind == RawValue::Kind::kBool) {
    *value = Value::Integer(raw.integer);
    return std::nullopt;
  }
  const bool has_text = raw.kind == RawValue::Kind::kText || raw.kind == RawValue::Kind::kNumber;
  if (has_text && (raw.text == "true" || raw.text == "1")) {
    *value = Value::Integer(1);
    return std::nullopt;
  }
  if (has_text && (raw.text == "false" || raw.text == "0")) {
    *value = Value::Integer(0);
    return std::nullopt;
  }
  return Reason::kBadValue;
}

std::optional<Reason> ConvertTime(const RawValue& raw, absl::TimeZone zone, Value* value) {
  std::optional<int64_t> micros;
  switch (raw.kind) {
    case RawValue::Kind::kTime:
      micros = raw.integer;
      break;
    case RawValue::Kind::kText:
      micros = ParseTime(raw.text, zone);
      break;
    case RawValue::Kind::kNumber:
      micros = ParseUnixTime(raw.text, TimeUnit::kMicros);
      break;
    case RawValue::Kind::kNull:
    case RawValue::Kind::kBool:
    case RawValue::Kind::kMinorUnits:
      break;
  }
  if (!micros.has_value() || !IsAdmissible({*micros})) return Reason::kBadTime;
  *value = Value::Integer(*micros);
  return std::nullopt;
}

std::optional<Rejection> CheckId(absl::string_view id) {
  if (id.empty()) return Reject(Reason::kMissingId, "no id");
  const std::optional<Reason> reason = JudgeText(id, kIdBytesMax);
  if (reason.has_value()) return Reject(*reason, "id", id);
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
    return Reject(Reason::kUnknownObject, "object", raw.object);
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
  if (!raw.has_time) return Reject(Reason::kMissingTime, "no time");
  if (!IsAdmissible(raw.time)) {
    return Reject(Reason::kBadTime, "time in microseconds", absl::StrCat(raw.time.micros));
  }
  const int64_t reference = arrival.record_time_micros != 0
                                ? arrival.record_time_micros
                                : absl::ToUnixMicros(arrival.wall_clock);
  // A record time that is out of all bounds must not overflow; the event's own time is in bounds.
  int64_t ahead = 0;
  if (__builtin_sub_overflow(raw.time.micros, reference, &ahead)) {
    return Reject(Reason::kFutureTime, "record time in microseconds", absl::StrCat(reference));
  }
  if (ahead > max_ahead_micros_) {
    return Reject(Reason::kFutureTime, "time ahead of the record's",
                  absl::FormatDuration(absl::Microseconds(ahead)));
  }
  if (object.keep.has_value() && -ahead > absl::ToInt64Microseconds(*object.keep)) {
    return Reject(Reason::kTooOld, "time before the record's",
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
      return Reject(Reason::kTooLarge, "more than 64 fields");
    }
    ascending = ascending && (change->fields.empty() || change->fields.back().field < id);
    change->fields.push_back({id, Value::Null()});
    if (field.value.kind == RawValue::Kind::kNull) continue;
    if (auto rejection = Convert(field, object.fields[id], &change->fields.back().value)) {
      return rejection;
    }
  }
  if (ascending) return std::nullopt;
  std::sort(change->fields.begin(), change->fields.end(),
            [](const FieldValue& a, const FieldValue& b) { return a.field < b.field; });
  for (size_t i = 1; i < change->fields.size(); ++i) {
    const FieldId id = change->fields[i].field;
    if (id == change->fields[i - 1].field) {
      return Reject(Reason::kMalformed, "field given twice", object.fields[id].name);
    }
  }
  return std::nullopt;
}

std::optional<Rejection> Checker::Convert(const RawField& raw, const Field& field,
                                          Value* value) const {
  std::optional<Reason> reason;
  switch (field.type) {
    case FieldType::kText:
      reason = ConvertText(raw.value, value);
      break;
    case FieldType::kMoney:
      reason = ConvertMoney(raw.value, definition_.currency.decimals, value);
      break;
    case FieldType::kNumber:
      reason = ConvertNumber(raw.value, value);
      break;
    case FieldType::kBool:
      reason = ConvertBool(raw.value, value);
      break;
    case FieldType::kTime:
      reason = ConvertTime(raw.value, definition_.calendar.zone(), value);
      break;
  }
  if (!reason.has_value()) return std::nullopt;
  return RejectField(*reason, raw);
}

std::optional<Rejection> Checker::CheckStage(const Change& change) const {
  const Value* stage = TextOf(change, kStageField);
  const Value* pipeline = TextOf(change, kPipelineField);
  const Object& object = definition_.objects[change.object];
  if (pipeline != nullptr && !Contains(object.pipelines, pipeline->text)) {
    return Reject(Reason::kUnknownStage, "pipeline", pipeline->text);
  }
  if (stage == nullptr) return std::nullopt;
  const auto found = stages_[change.object].find(stage->text);
  if (found == stages_[change.object].end()) {
    return Reject(Reason::kUnknownStage, "stage", stage->text);
  }
  if (pipeline == nullptr) return std::nullopt;
  for (const uint16_t place : found->second) {
    if (object.stages[place].pipeline == pipeline->text) return std::nullopt;
  }
  return Reject(Reason::kUnknownStage, absl::StrCat("stage of pipeline ", pipeline->text),
                stage->text);
}

}  // namespace takt
