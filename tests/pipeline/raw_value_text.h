// What a decoder made of one value, as tables of expected decodings write it.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "engine/pipeline/decoder.h"

namespace takt {

// null, 'text', 12.5, true, time 1768037400000000 (microseconds), minor 1234
inline std::string RawValueText(const RawValue& value) {
  switch (value.kind) {
    case RawValue::Kind::kNull:
      return "null";
    case RawValue::Kind::kText:
      return absl::StrCat("'", value.text, "'");
    case RawValue::Kind::kNumber:
      return std::string(value.text);
    case RawValue::Kind::kBool:
      return value.integer != 0 ? "true" : "false";
    case RawValue::Kind::kTime:
      return absl::StrCat("time ", value.integer);
    case RawValue::Kind::kMinorUnits:
      return absl::StrCat("minor ", value.integer);
  }
  return "";
}

}  // namespace takt
