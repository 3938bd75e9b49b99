// Scalars of the language: names, durations, sizes, shares, exact decimals and dates.
//
// Threads: any. Errors: InvalidArgument; the text says what was found and what is allowed.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace takt {

bool IsName(absl::string_view text);       // a-z, digits and _, a letter first, at most 64
bool IsFieldName(absl::string_view text);  // letters, digits, _, a letter or _ first, at most 128

// "10s", "90m", "36h", "14d", "2w", "250ms", "1h30m": above 0, at most 10 years.
absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text);

// "512MiB", "2GiB", "100MB" or plain bytes.
absl::StatusOr<uint64_t> ParseBytes(absl::string_view text);

// "40%", "0.4": millionths, from 0 to 1000000.
absl::StatusOr<int64_t> ParseShare(absl::string_view text);

// An exact decimal as an integer with `decimals` places: "12.5" with 2 gives 1250. More places than
// that, exponents and numbers beyond 18 digits are errors.
absl::StatusOr<int64_t> ParseDecimal(absl::string_view text, int decimals);

// "2026-12-31".
absl::StatusOr<absl::CivilDay> ParseDate(absl::string_view text);

// "february" or "2": 1 to 12.
absl::StatusOr<int> ParseMonth(absl::string_view text);

// The decimals of an ISO 4217 currency: 0, 2 or 3; InvalidArgument for a code that is none.
absl::StatusOr<int> CurrencyDecimals(absl::string_view code);

}  // namespace takt
