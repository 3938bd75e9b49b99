// The organisation's calendar: local days, weeks, months, quarters and (fiscal) years in an IANA
// time zone, as ranges of minutes; and moves by civil units ("30 days ago").
//
// Days are numbered from 1970-01-01 (day 0) in local time. Their starts are precomputed instants,
// and a minute's day is found by comparing instants, never by the civil date of a moment: in a few
// zones the civil date goes back for a while during the night. A skipped midnight starts at the
// first instant after it; a day that a zone left out is an empty range. Starts that are not on a
// whole minute (local mean time before standard time) round down.
//
// Threads: immutable after Create; any number may read. Errors: InvalidArgument for a zone that the
// machine does not know (the text names the tzdata package). Cost: DayOf about 5 ns, no allocation;
// 0.4 MB per calendar.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "engine/time/pane.h"

namespace takt {

using Day = int32_t;  // local days since 1970-01-01

enum class Period : uint8_t { kDay, kWeek, kMonth, kQuarter, kYear, kFiscalQuarter, kFiscalYear };

struct CivilSpan {  // a length in civil units, for shifts and day windows
  enum class Unit : uint8_t { kMinutes, kDays, kMonths, kYears };
  int32_t count = 0;
  Unit unit = Unit::kDays;
  friend bool operator==(const CivilSpan&, const CivilSpan&) = default;
};

class Calendar {
 public:
  Calendar();  // UTC, years from January

  // `fiscal_year_month`: 1 to 12, the month in which the fiscal year begins. Weeks begin on Monday.
  static absl::StatusOr<Calendar> Create(const std::string& zone_name, int fiscal_year_month);

  absl::TimeZone zone() const { return zone_; }
  const std::string& zone_name() const { return zone_name_; }
  int fiscal_year_month() const { return fiscal_year_month_; }

  Day DayOf(Minute minute) const;
  Minute DayStart(Day day) const;  // clamped to the years 1970 to 2110
  absl::CivilDay CivilDayOf(Minute minute) const;
  Minute StartOf(absl::CivilDay day) const;

  // The whole period that holds `minute`, moved by `offset` periods (-1: the previous one).
  MinuteRange PeriodAt(Period period, Minute minute, int offset = 0) const;

  // The minute one span earlier (later for Later): minutes exactly; days, months and years by local
  // date with the same time of day (a time of day that the target date lacks is the next one that
  // exists, one that it has twice is the first; a day of month that it lacks is its last). The
  // first minute of a local day goes to the first minute of the target day. kMinuteMin and
  // kMinuteMax stay.
  Minute Earlier(Minute minute, CivilSpan span) const;
  Minute Later(Minute minute, CivilSpan span) const;

 private:
  Calendar(std::string zone_name, absl::TimeZone zone, int fiscal_year_month);
  Minute Moved(Minute minute, CivilSpan span, int sign) const;

  std::string zone_name_;
  absl::TimeZone zone_;
  int fiscal_year_month_;
  std::vector<Minute> day_starts_;  // index = day
};

}  // namespace takt
