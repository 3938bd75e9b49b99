// Times as sources write them, to microseconds since 1970-01-01T00:00:00Z, exactly and without a
// guess: a text either names its zone or is read in the zone that the caller gives, and a bare
// number has the unit that the caller gives.
//
// Local times that a zone skips are the first instant after the gap; those that it repeats are the
// first of the two. A date alone is the start of that local day. Digits beyond the microsecond are
// cut (toward the past). A leap second is the first moment of the next minute. Years 0000 to 9999;
// whether a time is admissible is another question (model/event_time.h).
//
// Threads: pure functions. Errors: nullopt for whatever is not wholly a time of that form. Cost:
// about 15 ns for a text with its zone, no allocation; ParseTimeByFormat is slower and allocates.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace takt {

// "2026-01-10T09:30:00Z", "2026-01-10 09:30:00.123+01:00", "...+0000", "...+01": RFC 3339 and the
// ISO 8601 forms that CRMs write. Seconds may be missing ("09:30Z").
std::optional<int64_t> ParseZonedTime(absl::string_view text);

// As ParseZonedTime; also without a zone ("2026-01-10 09:30:00") and a date alone ("2026-01-10"),
// which are local times of `zone`.
std::optional<int64_t> ParseTime(absl::string_view text, absl::TimeZone zone);

enum class TimeUnit : uint8_t { kSeconds, kMillis, kMicros };

// Decimal digits with an optional sign. Seconds and milliseconds may have a fraction
// ("1767261600.25").
std::optional<int64_t> ParseUnixTime(absl::string_view text, TimeUnit unit);

// The start of the local day that lies `text` days after 1970-01-01.
std::optional<int64_t> ParseEpochDays(absl::string_view text, absl::TimeZone zone);

// Days since 1899-12-30 as spreadsheets count them, with the time of the local day as a fraction, to
// the second: "46032.395833" is 2026-01-10 09:30. Years 1900 to 9999.
std::optional<int64_t> ParseSpreadsheetDays(absl::string_view text, absl::TimeZone zone);

// By a format of absl::ParseTime ("%m/%d/%Y %H:%M"), in `zone` unless the format reads one.
std::optional<int64_t> ParseTimeByFormat(const std::string& format, absl::string_view text,
                                         absl::TimeZone zone);

}  // namespace takt
