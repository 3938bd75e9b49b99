#include "engine/app/change_text.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/app/moment_text.h"
#include "engine/model/change_kind_name.h"
#include "engine/model/decimal.h"

namespace takt {
namespace {

const Field& FieldOf(const Definition& definition, const Change& change, const FieldValue& value) {
  return definition.objects[change.object].fields[value.field];
}

bool NeedsQuotes(absl::string_view text) {
  return text.empty() || text == "null" ||
         text.find_first_of(" \t\"'=\\") != absl::string_view::npos;
}

}  // namespace

std::string DecimalText(int64_t units, int decimals) {
  const auto magnitude =
      units < 0 ? 0 - static_cast<uint64_t>(units) : static_cast<uint64_t>(units);
  std::string digits = absl::StrCat(magnitude);
  if (decimals > 0) {
    const auto wanted = static_cast<size_t>(decimals) + 1;
    if (digits.size() < wanted) digits.insert(0, wanted - digits.size(), '0');
    digits.insert(digits.size() - static_cast<size_t>(decimals), ".");
  }
  return units < 0 ? absl::StrCat("-", digits) : digits;
}

std::string FieldText(const Definition& definition, FieldType type, const Value& value) {
  if (value.kind == ValueKind::kNull) return "null";
  if (value.kind == ValueKind::kText) return std::string(value.text);
  switch (type) {
    case FieldType::kMoney:
      return DecimalText(value.integer, definition.currency.decimals);
    case FieldType::kNumber: {
      std::string text = DecimalText(value.integer, kNumberDecimals);
      while (absl::EndsWith(text, "0")) text.pop_back();
      if (absl::EndsWith(text, ".")) text.pop_back();
      return text;
    }
    case FieldType::kBool:
      return value.integer == 0 ? "false" : "true";
    case FieldType::kTime:
      return MomentText(EventTime{value.integer});
    case FieldType::kText:
      return absl::StrCat(value.integer);
  }
  return "";
}

std::string FieldsText(const Definition& definition, const Change& change) {
  std::string out;
  for (const FieldValue& value : change.fields) {
    const Field& field = FieldOf(definition, change, value);
    std::string text = FieldText(definition, field.type, value.value);
    if (value.value.kind == ValueKind::kText && NeedsQuotes(text)) {
      text = absl::StrCat("\"", absl::Utf8SafeCEscape(text), "\"");
    }
    absl::StrAppend(&out, out.empty() ? "" : " ", field.name, "=", text);
  }
  return out;
}

void WriteChangeMembers(const Definition& definition, const Change& change, JsonWriter& json) {
  json.Member("object", definition.objects[change.object].name).Member("id", change.id);
  json.Member("time", MomentText(change.time)).Member("op", ChangeKindName(change.kind));
  json.Key("fields").Object([&] {
    for (const FieldValue& value : change.fields) {
      const Field& field = FieldOf(definition, change, value);
      json.Key(field.name);
      if (value.value.kind == ValueKind::kNull) {
        json.Null();
      } else if (field.type == FieldType::kBool) {
        json.Value(value.value.integer != 0);
      } else {
        json.Value(FieldText(definition, field.type, value.value));
      }
    }
  });
  if (change.order != OrderKey{}) {
    json.Key("order").Array([&] { json.Value(change.order.major).Value(change.order.minor); });
  }
  // The hash by which a change of a source with event ids is known; the id itself is not kept.
  json.Key("identity");
  if (change.identity == 0) {
    json.Null();
  } else {
    json.Value(absl::StrFormat("%016x", change.identity));
  }
}

}  // namespace takt
