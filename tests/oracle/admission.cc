#include "tests/oracle/admission.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "engine/base/hash.h"
#include "tests/oracle/numbers.h"

namespace takt::oracle {
namespace {

// A text or a whole number's digits; nothing for null; malformed for anything else.
std::optional<Reason> ReadName(const Json* json, std::string* name) {
  if (json == nullptr || json->kind == Json::Kind::kNull) return std::nullopt;
  const bool number = json->kind == Json::Kind::kNumber;
  if (number && json->text.find_first_of(".eE") != std::string::npos) return Reason::kMalformed;
  if (!number && json->kind != Json::Kind::kText) return Reason::kMalformed;
  *name = json->text;
  return std::nullopt;
}

std::optional<Reason> ReadOrder(const Json* json, OrderKey* order) {
  if (json == nullptr || json->kind == Json::Kind::kNull) return std::nullopt;
  std::vector<Json> parts = json->elements;
  if (json->kind == Json::Kind::kNumber) parts = {*json};
  if (json->kind != Json::Kind::kNumber && json->kind != Json::Kind::kArray) {
    return Reason::kMalformed;
  }
  if (parts.size() > 2) return Reason::kMalformed;
  uint64_t values[2] = {0, 0};
  for (size_t i = 0; i < parts.size(); ++i) {
    const bool whole = parts[i].kind == Json::Kind::kNumber &&
                       parts[i].text.find_first_not_of("0123456789") == std::string::npos;
    if (!whole || !absl::SimpleAtoi(parts[i].text, &values[i])) return Reason::kMalformed;
  }
  *order = {values[0], values[1]};
  return std::nullopt;
}

std::optional<Reason> ReadKind(const Json* json, ChangeKind* kind) {
  std::string name;
  if (const auto reason = ReadName(json, &name)) return reason;
  if (name.empty() || name == "patch") return std::nullopt;
  if (name == "record") *kind = ChangeKind::kRecord;
  if (name == "delete") *kind = ChangeKind::kDelete;
  if (name == "undelete") *kind = ChangeKind::kUndelete;
  if (*kind == ChangeKind::kPatch) return Reason::kBadValue;
  return std::nullopt;
}

std::optional<Reason> JudgeText(absl::string_view text, size_t bytes_max) {
  if (text.size() > bytes_max) return Reason::kTooLarge;
  if (HasControls(text)) return Reason::kBadValue;
  return std::nullopt;
}

}  // namespace

Admission::Admission(const Definition& definition, absl::Duration max_ahead)
    : definition_(definition), max_ahead_(max_ahead) {}

absl::string_view Admission::Keep(const std::string& text) { return texts_.emplace_back(text); }

std::optional<Reason> Admission::Admit(absl::string_view record, int64_t record_time_micros,
                                       std::vector<Change>* changes) {
  record_time_micros_ = record_time_micros;
  changes->clear();
  const std::optional<Reason> reason = Read(record, changes);
  if (reason.has_value()) {
    changes->clear();
    ++refused_[*reason];
  } else {
    ++admitted_;
  }
  return reason;
}

std::optional<Reason> Admission::Read(absl::string_view record, std::vector<Change>* changes) {
  if (record.empty()) return Reason::kEmptyValue;
  if (record[0] == '\0') {  // a schema registry's frame
    record = record.substr(std::min<size_t>(5, record.size()));
    const size_t first = record.find_first_not_of(" \t\r\n");
    if (first == record.npos || (record[first] != '{' && record[first] != '[')) {
      return Reason::kUnsupportedFrame;
    }
  }
  const std::variant<Json, Reason> parsed = ParseJson(record);
  if (std::holds_alternative<Reason>(parsed)) return std::get<Reason>(parsed);
  const Json& json = std::get<Json>(parsed);
  std::vector<const Json*> parts;
  if (json.kind == Json::Kind::kArray) {
    for (const Json& element : json.elements) parts.push_back(&element);
  } else {
    parts.push_back(&json);
  }
  // First the form of all, then what the definition says of each.
  for (const Json* part : parts) {
    if (const auto reason = ReadShape(*part)) return reason;
  }
  uint32_t place = 0;
  for (const Json* part : parts) {
    if (const auto reason = ReadChange(*part, place++, changes)) return reason;
  }
  return std::nullopt;
}

std::optional<Reason> Admission::ReadShape(const Json& json) const {
  if (json.kind != Json::Kind::kObject) return Reason::kMalformed;
  for (const auto& [key, value] : json.members) {
    std::string name;
    std::optional<Reason> reason;
    if (key == "object" || key == "id" || key == "event_id") reason = ReadName(&value, &name);
    ChangeKind kind = ChangeKind::kPatch;
    if (key == "op") reason = ReadKind(&value, &kind);
    OrderKey order;
    if (key == "order") reason = ReadOrder(&value, &order);
    if (key == "time" && value.kind != Json::Kind::kNull && !TimeOf(value).has_value()) {
      reason = Reason::kBadTime;
    }
    if (key == "fields") {
      if (value.kind != Json::Kind::kObject) return Reason::kMalformed;
      for (const auto& [field, content] : value.members) {
        const bool nested =
            content.kind == Json::Kind::kObject || content.kind == Json::Kind::kArray;
        if (nested) return Reason::kBadValue;
      }
      if (value.members.size() > 1024) return Reason::kTooLarge;
    }
    if (reason.has_value()) return reason;
  }
  return std::nullopt;
}

std::optional<Reason> Admission::ReadChange(const Json& json, uint32_t place,
                                            std::vector<Change>* changes) {
  Change change;
  std::string name;
  std::string id;
  std::string event_id;
  if (const auto reason = ReadName(json.Find("object"), &name)) return reason;
  if (const auto reason = ReadName(json.Find("id"), &id)) return reason;
  if (const auto reason = ReadName(json.Find("event_id"), &event_id)) return reason;
  if (const auto reason = ReadKind(json.Find("op"), &change.kind)) return reason;
  if (const auto reason = ReadOrder(json.Find("order"), &change.order)) return reason;
  const auto object = definition_.object_ids.find(name);
  if (object == definition_.object_ids.end()) return Reason::kUnknownObject;
  if (id.empty()) return Reason::kMissingId;
  if (const auto reason = JudgeText(id, 1024)) return reason;
  change.object = object->second;
  change.id = Keep(id);
  if (!event_id.empty()) {
    change.identity = StableHash(event_id, place);
    if (change.identity == 0) change.identity = 1;
  }
  const Object& rules = definition_.objects[change.object];
  if (const auto reason = ReadTime(json, rules, &change.time)) return reason;
  if (const auto reason = ReadFields(json, rules, &change)) return reason;
  if (const auto reason = ReadStage(rules, change)) return reason;
  changes->push_back(std::move(change));
  return std::nullopt;
}

std::optional<Reason> Admission::ReadTime(const Json& json, const Object& object,
                                          EventTime* time) const {
  const Json* written = json.Find("time");
  if (written == nullptr || written->kind == Json::Kind::kNull) return Reason::kMissingTime;
  *time = {TimeOf(*written).value_or(0)};
  if (!IsAdmissible(*time)) return Reason::kBadTime;
  if (record_time_micros_ == 0) return std::nullopt;
  const absl::Duration ahead = absl::Microseconds(time->micros - record_time_micros_);
  if (ahead > max_ahead_) return Reason::kFutureTime;
  if (object.keep.has_value() && -ahead > *object.keep) return Reason::kTooOld;
  return std::nullopt;
}

std::optional<Reason> Admission::ReadFields(const Json& json, const Object& object,
                                            Change* change) {
  const Json* fields = json.Find("fields");
  if (fields == nullptr) return std::nullopt;
  for (const auto& [name, written] : fields->members) {
    const bool is_null = written.kind == Json::Kind::kNull;
    if (name == "currency" && !is_null &&
        (written.kind != Json::Kind::kText || written.text != definition_.currency.code)) {
      return Reason::kUnknownCurrency;
    }
    const auto found = object.field_ids.find(name);
    if (found == object.field_ids.end()) continue;
    if (change->fields.size() == 64) return Reason::kTooLarge;
    Value value;
    if (!is_null) {
      const FieldType type = object.fields[found->second].type;
      if (const auto reason = ReadValue(written, type, &value)) return reason;
    }
    change->fields.push_back({found->second, value});
  }
  std::sort(change->fields.begin(), change->fields.end(),
            [](const FieldValue& a, const FieldValue& b) { return a.field < b.field; });
  return std::nullopt;
}

std::optional<Reason> Admission::ReadValue(const Json& json, FieldType type, Value* value) {
  const bool is_text = json.kind == Json::Kind::kText;
  const bool is_number = json.kind == Json::Kind::kNumber;
  const std::string text =
      json.kind == Json::Kind::kBool ? (json.flag ? "true" : "false") : json.text;
  value->kind = ValueKind::kInteger;
  switch (type) {
    case FieldType::kText:
      if (is_number && !IsWholeNumber(text)) return Reason::kBadValue;
      *value = Value::Text(Keep(text));
      return JudgeText(text, 4096);
    case FieldType::kMoney:
    case FieldType::kNumber:
      if (!is_text && !is_number) return Reason::kBadNumber;
      if (type == FieldType::kMoney) {
        return MoneyOf(text, definition_.currency.decimals, &value->integer);
      }
      return MillionthsOf(text, &value->integer);
    case FieldType::kBool:
      value->integer = text == "true" || text == "1" ? 1 : 0;
      if (value->integer == 0 && text != "false" && text != "0") return Reason::kBadValue;
      return std::nullopt;
    case FieldType::kTime: {
      const std::optional<int64_t> micros = TimeOf(json, definition_.calendar.zone_name());
      if (!micros.has_value() || !IsAdmissible({*micros})) return Reason::kBadTime;
      value->integer = *micros;
      return std::nullopt;
    }
  }
  return Reason::kBadValue;
}

std::optional<Reason> Admission::ReadStage(const Object& object, const Change& change) const {
  if (!object.has_pipelines()) return std::nullopt;
  std::optional<absl::string_view> stage;
  std::optional<absl::string_view> pipeline;
  for (const FieldValue& field : change.fields) {
    if (field.value.kind != ValueKind::kText) continue;
    if (field.field == kStageField) stage = field.value.text;
    if (field.field == kPipelineField) pipeline = field.value.text;
  }
  const auto known = [&](const Stage& one) {
    return (!stage.has_value() || one.name == *stage) &&
           (!pipeline.has_value() || one.pipeline == *pipeline);
  };
  if (!stage.has_value() && !pipeline.has_value()) return std::nullopt;
  if (std::any_of(object.stages.begin(), object.stages.end(), known)) return std::nullopt;
  return Reason::kUnknownStage;
}

}  // namespace takt::oracle
