// Civil time for the oracle, straight from Abseil's zones and civil days: local days, periods, windows
// and moves by spans, without tables and without any of engine/time's code. Slow and plain.
//
// Threads: a value; const methods may run beside each other.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "engine/definition/term.h"  // Window, CivilSpan, Period: what was asked for

namespace takt::oracle {

inline constexpr int64_t kMicrosInMinute = 60'000'000;

// The minute that holds an instant: rounds toward the past.
int64_t MinuteHolding(int64_t micros);

struct Span {  // minutes, [begin, end)
  int64_t begin = 0;
  int64_t end = 0;
};

class Civil {
 public:
  // `zone_name` was loaded by the definition's own calendar before, so it is known.
  Civil(const std::string& zone_name, int fiscal_year_month);

  // The first minute of a local day; a midnight that the zone skips is the next instant.
  int64_t FirstMinute(absl::CivilDay day) const;
  absl::CivilDay DayHolding(int64_t minute) const;
  // The first day of the period that holds `day`, and of the one after it.
  absl::CivilDay PeriodStart(Period period, absl::CivilDay day) const;
  absl::CivilDay NextPeriodStart(Period period, absl::CivilDay start) const;

  // The minutes of a window whose last minute is the one before `end`.
  Span Resolve(const Window& window, int64_t end) const;
  // `span` before (sign -1) or after (sign 1): minutes exactly, the rest by local date.
  int64_t Move(int64_t minute, const CivilSpan& span, int sign) const;

 private:
  absl::TimeZone zone_;
  int fiscal_year_month_;
};

}  // namespace takt::oracle
