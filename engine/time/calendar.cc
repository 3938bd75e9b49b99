#include "engine/time/calendar.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace takt {
namespace {

constexpr absl::CivilDay kFirstDay(1970, 1, 1);
constexpr absl::CivilDay kLastDay(2110, 12, 31);

absl::Time TimeOf(Minute minute) { return absl::FromUnixSeconds(int64_t{minute} * 60); }

// Rounds toward the past, like MinuteOf.
Minute MinuteAt(absl::Time time) {
  const int64_t minutes =
      absl::ToInt64Minutes(absl::Floor(time - absl::UnixEpoch(), absl::Minutes(1)));
  return static_cast<Minute>(std::clamp<int64_t>(minutes, kMinuteMin, kMinuteMax));
}

absl::CivilMonth QuarterOf(absl::CivilMonth month, int first_month) {
  return month - (month.month() - first_month + 12) % 3;
}

absl::CivilMonth YearOf(absl::CivilMonth month, int first_month) {
  return month - (month.month() - first_month + 12) % 12;
}

// The first day of the period that holds `day`, moved by `offset` periods.
absl::CivilDay PeriodStart(Period period, absl::CivilDay day, int fiscal_year_month, int offset) {
  const absl::CivilMonth month(day);
  switch (period) {
    case Period::kDay:
      return day + offset;
    case Period::kWeek:
      return absl::PrevWeekday(day + 1, absl::Weekday::monday) + 7 * offset;
    case Period::kMonth:
      return absl::CivilDay(month + offset);
    case Period::kQuarter:
      return absl::CivilDay(QuarterOf(month, 1) + 3 * offset);
    case Period::kYear:
      return absl::CivilDay(YearOf(month, 1) + 12 * offset);
    case Period::kFiscalQuarter:
      return absl::CivilDay(QuarterOf(month, fiscal_year_month) + 3 * offset);
    case Period::kFiscalYear:
      return absl::CivilDay(YearOf(month, fiscal_year_month) + 12 * offset);
  }
  return day;
}

// `day` moved by months; a day of month that the target lacks is its last.
absl::CivilDay MovedByMonths(absl::CivilDay day, int64_t months) {
  const absl::CivilMonth target = absl::CivilMonth(day) + months;
  const absl::CivilDay last = absl::CivilDay(target + 1) - 1;
  return absl::CivilDay(target.year(), target.month(), std::min(day.day(), last.day()));
}

absl::CivilDay MovedDay(absl::CivilDay day, CivilSpan::Unit unit, int64_t count) {
  switch (unit) {
    case CivilSpan::Unit::kMinutes:
      return day;
    case CivilSpan::Unit::kDays:
      return day + count;
    case CivilSpan::Unit::kMonths:
      return MovedByMonths(day, count);
    case CivilSpan::Unit::kYears:
      return MovedByMonths(day, 12 * count);
  }
  return day;
}

}  // namespace

Calendar::Calendar() : Calendar("UTC", absl::UTCTimeZone(), 1) {}

Calendar::Calendar(std::string zone_name, absl::TimeZone zone, int fiscal_year_month)
    : zone_name_(std::move(zone_name)), zone_(zone), fiscal_year_month_(fiscal_year_month) {
  const int64_t days = kLastDay - kFirstDay + 1;
  day_starts_.reserve(static_cast<size_t>(days));
  for (int64_t day = 0; day < days; ++day) {
    day_starts_.push_back(MinuteAt(absl::FromCivil(kFirstDay + day, zone_)));
  }
}

absl::StatusOr<Calendar> Calendar::Create(const std::string& zone_name, int fiscal_year_month) {
  if (fiscal_year_month < 1 || fiscal_year_month > 12) {
    return absl::InvalidArgumentError(
        absl::StrCat("a fiscal year begins with a month from 1 to 12, not ", fiscal_year_month));
  }
  // Names that depend on the machine would make replicas differ.
  const bool machine_bound = zone_name.empty() || zone_name == "localtime" ||
                             absl::StartsWith(zone_name, "/") || absl::StartsWith(zone_name, ":") ||
                             absl::StartsWith(zone_name, "file:");
  absl::TimeZone zone;
  if (machine_bound || !absl::LoadTimeZone(zone_name, &zone)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "no such time zone (names are IANA's, such as Europe/Paris; the package tzdata "
        "must be installed): '",
        zone_name, "'"));
  }
  return Calendar(zone_name, zone, fiscal_year_month);
}

Day Calendar::DayOf(Minute minute) const {
  const Day last = static_cast<Day>(day_starts_.size()) - 1;
  // Zones are at most a day away from UTC, so the guess is at most two steps off.
  Day day = std::clamp(minute / (24 * 60), 0, last);
  while (day > 0 && day_starts_[day] > minute) --day;
  while (day < last && day_starts_[day + 1] <= minute) ++day;
  return day;
}

Minute Calendar::DayStart(Day day) const {
  return day_starts_[std::clamp(day, 0, static_cast<Day>(day_starts_.size()) - 1)];
}

absl::CivilDay Calendar::CivilDayOf(Minute minute) const { return kFirstDay + DayOf(minute); }

Minute Calendar::StartOf(absl::CivilDay day) const {
  const int64_t number = std::clamp<int64_t>(day - kFirstDay, 0, kLastDay - kFirstDay);
  return DayStart(static_cast<Day>(number));
}

MinuteRange Calendar::PeriodAt(Period period, Minute minute, int offset) const {
  const absl::CivilDay day = CivilDayOf(minute);
  return {.begin = StartOf(PeriodStart(period, day, fiscal_year_month_, offset)),
          .end = StartOf(PeriodStart(period, day, fiscal_year_month_, offset + 1))};
}

Minute Calendar::Earlier(Minute minute, CivilSpan span) const { return Moved(minute, span, -1); }

Minute Calendar::Later(Minute minute, CivilSpan span) const { return Moved(minute, span, 1); }

Minute Calendar::Moved(Minute minute, CivilSpan span, int sign) const {
  if (minute == kMinuteMin || minute == kMinuteMax) return minute;
  const int64_t count = int64_t{span.count} * sign;
  if (span.unit == CivilSpan::Unit::kMinutes) {
    return static_cast<Minute>(std::clamp<int64_t>(minute + count, kMinuteMin, kMinuteMax));
  }
  const Day day = DayOf(minute);
  if (minute == DayStart(day)) return StartOf(MovedDay(kFirstDay + day, span.unit, count));
  const absl::CivilSecond local = absl::ToCivilSecond(TimeOf(minute), zone_);
  const absl::CivilDay target = MovedDay(absl::CivilDay(local), span.unit, count);
  const absl::CivilSecond moved(target.year(), target.month(), target.day(), local.hour(),
                                local.minute(), local.second());
  const absl::TimeZone::TimeInfo info = zone_.At(moved);
  return MinuteAt(info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre);
}

}  // namespace takt
