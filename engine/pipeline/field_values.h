// Values of fields, from what a decoder read to exact integers and plain texts; check.h says which
// forms each type takes.
//
// Threads: pure functions. Errors: a Rejection or a Reason. Cost: no allocation unless it rejects.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "engine/base/utf8.h"
#include "engine/definition/definition.h"
#include "engine/model/change.h"
#include "engine/model/reason.h"
#include "engine/pipeline/decoder.h"

namespace takt {

inline constexpr size_t kTextBytesMax = 4096;

// A rejection that shows what was looked at, escaped and capped: `owner: "a\\x01b"`.
Rejection RejectValue(Reason reason, absl::string_view what, absl::string_view value);
Rejection RejectField(Reason reason, const RawField& field);

// Why `text` is not plain UTF-8 of at most `bytes_max`, if it is not.
std::optional<Reason> JudgeAnyText(absl::string_view text, size_t bytes_max);

inline std::optional<Reason> JudgeText(absl::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max && IsPlainAscii(text)) return std::nullopt;
  return JudgeAnyText(text, bytes_max);
}

// Reads `raw`, which is not null, as a value of `field`; the answer says why it is none.
std::optional<Reason> ConvertAnyValue(const RawValue& raw, const Field& field,
                                      const Definition& definition, Value* value);

// The same; what exact formats say, which is most of what comes, without a call.
inline std::optional<Reason> ConvertValue(const RawValue& raw, const Field& field,
                                          const Definition& definition, Value* value) {
  if (field.type == FieldType::kText && raw.kind == RawValue::Kind::kText) {
    *value = Value::Text(raw.text);
    return JudgeText(raw.text, kTextBytesMax);
  }
  if (field.type == FieldType::kMoney && raw.kind == RawValue::Kind::kMinorUnits) {
    *value = Value::Integer(raw.integer);
    return std::nullopt;
  }
  return ConvertAnyValue(raw, field, definition, value);
}

}  // namespace takt
