// Numbers and times as records write them, by plain long arithmetic on their digits.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/model/reason.h"
#include "tests/oracle/json.h"

namespace takt::oracle {

// Decimal text at a scale: finer ones are kTooManyDecimals, no numbers or too large ones kBadNumber.
std::optional<Reason> MoneyOf(const std::string& text, int decimals, int64_t* minor_units);
// The same in millionths, finer digits rounded half to even; "40%" is 0.4.
std::optional<Reason> MillionthsOf(const std::string& text, int64_t* millionths);

bool IsWholeNumber(const std::string& text);

// Microseconds since 1970 of RFC 3339 text or a whole number; without a zone in the text only where
// `zone_name` is given.
std::optional<int64_t> TimeOf(const Json& json, const std::string& zone_name = "");

}  // namespace takt::oracle
