#include "tests/oracle/civil.h"

#include <algorithm>
#include <limits>

namespace takt::oracle {
namespace {

int64_t FloorMinute(absl::Time time) { return MinuteHolding(absl::ToUnixMicros(time)); }

// The month `count` months on, with the same day of month, or its last day.
absl::CivilSecond AddMonths(absl::CivilSecond second, int64_t count) {
  const absl::CivilMonth month = absl::CivilMonth(second) + count;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  const int day = std::min<int>(second.day(), last.day());
  return absl::CivilSecond(month.year(), month.month(), day, second.hour(), second.minute(),
                           second.second());
}

}  // namespace

int64_t MinuteHolding(int64_t micros) {
  int64_t minute = micros / kMicrosInMinute;
  if (minute * kMicrosInMinute > micros) --minute;
  return minute;
}

Civil::Civil(const std::string& zone_name, int fiscal_year_month)
    : fiscal_year_month_(fiscal_year_month) {
  if (!absl::LoadTimeZone(zone_name, &zone_)) zone_ = absl::UTCTimeZone();
}

int64_t Civil::FirstMinute(absl::CivilDay day) const {
  return FloorMinute(absl::FromCivil(absl::CivilSecond(day), zone_));
}

absl::CivilDay Civil::DayHolding(int64_t minute) const {
  absl::CivilDay day = absl::ToCivilDay(absl::FromUnixMicros(minute * kMicrosInMinute), zone_);
  while (FirstMinute(day) > minute) --day;
  while (FirstMinute(day + 1) <= minute) ++day;
  return day;
}

absl::CivilDay Civil::PeriodStart(Period period, absl::CivilDay day) const {
  const absl::CivilMonth month(day);
  const int months_of_fiscal_year = (day.month() - fiscal_year_month_ + 12) % 12;
  switch (period) {
    case Period::kDay:
      return day;
    case Period::kWeek:
      return absl::PrevWeekday(day + 1, absl::Weekday::monday);
    case Period::kMonth:
      return absl::CivilDay(month);
    case Period::kQuarter:
      return absl::CivilDay(month - (day.month() - 1) % 3);
    case Period::kYear:
      return absl::CivilDay(day.year(), 1, 1);
    case Period::kFiscalQuarter:
      return absl::CivilDay(month - months_of_fiscal_year % 3);
    case Period::kFiscalYear:
      return absl::CivilDay(month - months_of_fiscal_year);
  }
  return day;
}

absl::CivilDay Civil::NextPeriodStart(Period period, absl::CivilDay start) const {
  const absl::CivilMonth month(start);
  switch (period) {
    case Period::kDay:
      return start + 1;
    case Period::kWeek:
      return start + 7;
    case Period::kMonth:
      return absl::CivilDay(month + 1);
    case Period::kQuarter:
    case Period::kFiscalQuarter:
      return absl::CivilDay(month + 3);
    case Period::kYear:
    case Period::kFiscalYear:
      return absl::CivilDay(month + 12);
  }
  return start;
}

Span Civil::Resolve(const Window& window, int64_t end) const {
  const absl::CivilDay today = DayHolding(end - 1);
  switch (window.kind) {
    case Window::Kind::kMinutes:
      return {end - window.count, end};
    case Window::Kind::kDays:
      return {FirstMinute(today - (window.count - 1)), end};
    case Window::Kind::kPeriod:
      return {FirstMinute(PeriodStart(window.period, today)), end};
    case Window::Kind::kPreviousPeriod: {
      const absl::CivilDay current = PeriodStart(window.period, today);
      const absl::CivilDay previous = PeriodStart(window.period, current - 1);
      return {FirstMinute(previous), FirstMinute(current)};
    }
    case Window::Kind::kLast:
    case Window::Kind::kAll:
      break;
  }
  return {std::numeric_limits<int64_t>::min() / kMicrosInMinute, end};
}

int64_t Civil::Move(int64_t minute, const CivilSpan& span, int sign) const {
  if (minute <= std::numeric_limits<int64_t>::min() / kMicrosInMinute) return minute;
  const int64_t count = sign * static_cast<int64_t>(span.count);
  if (span.unit == CivilSpan::Unit::kMinutes) return minute + count;
  const absl::CivilSecond local =
      absl::ToCivilSecond(absl::FromUnixMicros(minute * kMicrosInMinute), zone_);
  absl::CivilSecond moved = local;
  switch (span.unit) {
    case CivilSpan::Unit::kMinutes:
      break;
    case CivilSpan::Unit::kDays:
      moved = local + count * 86400;
      break;
    case CivilSpan::Unit::kMonths:
      moved = AddMonths(local, count);
      break;
    case CivilSpan::Unit::kYears:
      moved = AddMonths(local, count * 12);
      break;
  }
  return FloorMinute(absl::FromCivil(moved, zone_));
}

}  // namespace takt::oracle
