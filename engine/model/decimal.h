// Decimal text to an exact integer at a scale: "1.10" at scale 2 is 110. Never through a double.
//
//   [+-] digits [. digits] [e [+-] digits] [%]      "-5"  ".5"  "1.10"  "1e3"  "40%" (is 0.4)
//
// At least one digit; no blanks, no thousands separators, no NaN or infinity. "-0" is 0. Zeros at
// the end are no decimals: "1.100" fits scale 1.
//
// Threads: pure. Errors: kBadNumber for what is no number or leaves 64 bits; kTooManyDecimals for
// what is a number, but finer than the scale (Excess::kReject). Cost: linear in the text, 128-bit
// integers inside, no allocation.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "engine/model/reason.h"

namespace takt {

inline constexpr int kNumberDecimals = 6;  // kNumber fields are millionths

// What becomes of digits beyond the scale.
enum class Excess : uint8_t { kReject, kRoundHalfEven };

struct DecimalForm {
  int decimals = 0;  // 0 to 9
  Excess excess = Excess::kReject;
};

// Writes `value` when the answer is empty; else the answer says why not and `value` is untouched.
[[nodiscard]] std::optional<Reason> ParseDecimal(absl::string_view text, DecimalForm form,
                                                 int64_t* value);

}  // namespace takt
