#include "engine/pipeline/field_values.h"

#include <cstdint>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/model/decimal.h"
#include "engine/time/parse_time.h"

namespace takt {
namespace {

// How much of a value goes into a rejection: enough to see what is wrong.
constexpr size_t kShownBytesMax = 80;

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

}  // namespace

Rejection RejectValue(Reason reason, absl::string_view what, absl::string_view value) {
  const bool cut = value.size() > kShownBytesMax;
  return {reason, absl::StrCat(what, ": \"", absl::CHexEscape(value.substr(0, kShownBytesMax)),
                               cut ? "...\"" : "\"")};
}

Rejection RejectField(Reason reason, const RawField& field) {
  std::string scratch;
  return RejectValue(reason, field.name, AsWritten(field.value, &scratch));
}

std::optional<Reason> JudgeAnyText(absl::string_view text, size_t bytes_max) {
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

std::optional<Reason> ConvertAnyValue(const RawValue& raw, const Field& field,
                                      const Definition& definition, Value* value) {
  switch (field.type) {
    case FieldType::kText:
      return ConvertText(raw, value);
    case FieldType::kMoney:
      return ConvertMoney(raw, definition.currency.decimals, value);
    case FieldType::kNumber:
      return ConvertNumber(raw, value);
    case FieldType::kBool:
      return ConvertBool(raw, value);
    case FieldType::kTime:
      return ConvertTime(raw, definition.calendar.zone(), value);
  }
  return Reason::kBadValue;
}

}  // namespace takt
