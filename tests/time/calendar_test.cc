#include "engine/time/calendar.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace takt {
namespace {

Minute At(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return MinuteOf(absl::ToUnixMicros(time));
}

std::string Text(Minute minute) {
  return absl::FormatTime("%Y-%m-%dT%H:%MZ", absl::FromUnixSeconds(int64_t{minute} * 60),
                          absl::UTCTimeZone());
}

std::string Text(MinuteRange range) { return Text(range.begin) + " " + Text(range.end); }

Calendar Make(const std::string& zone, int fiscal_year_month = 1) {
  absl::StatusOr<Calendar> calendar = Calendar::Create(zone, fiscal_year_month);
  EXPECT_TRUE(calendar.ok()) << calendar.status();
  return *std::move(calendar);
}

struct DayCase {
  const char* name;
  const char* zone;
  const char* minute;
  const char* day;    // the local day that holds the minute
  const char* begin;  // of that day
  const char* end;
};

class LocalDay : public testing::TestWithParam<DayCase> {};

TEST_P(LocalDay, HoldsTheMinute) {
  const DayCase& c = GetParam();
  const Calendar calendar = Make(c.zone);
  const Minute minute = At(c.minute);
  EXPECT_EQ(absl::FormatCivilTime(calendar.CivilDayOf(minute)), c.day);
  const MinuteRange day = calendar.PeriodAt(Period::kDay, minute);
  EXPECT_EQ(Text(day.begin), c.begin);
  EXPECT_EQ(Text(day.end), c.end);
  EXPECT_LE(day.begin, minute);
  EXPECT_GT(day.end, minute);
}

INSTANTIATE_TEST_SUITE_P(
    Days, LocalDay,
    testing::Values(
        DayCase{"Utc", "UTC", "2026-02-28T23:59:00Z", "2026-02-28", "2026-02-28T00:00Z",
                "2026-03-01T00:00Z"},
        DayCase{"ParisDayOf23Hours", "Europe/Paris", "2026-03-29T12:00:00Z", "2026-03-29",
                "2026-03-28T23:00Z", "2026-03-29T22:00Z"},
        DayCase{"ParisDayOf25Hours", "Europe/Paris", "2026-10-25T01:30:00Z", "2026-10-25",
                "2026-10-24T22:00Z", "2026-10-25T23:00Z"},
        DayCase{"ParisBoundaryBelongsToLaterDay", "Europe/Paris", "2026-03-29T22:00:00Z",
                "2026-03-30", "2026-03-29T22:00Z", "2026-03-30T22:00Z"},
        DayCase{"SaoPauloSkippedMidnightStartsAtOne", "America/Sao_Paulo", "2017-10-15T03:00:00Z",
                "2017-10-15", "2017-10-15T03:00Z", "2017-10-16T02:00Z"},
        DayCase{"SaoPauloMinuteBeforeSkippedMidnight", "America/Sao_Paulo", "2017-10-15T02:59:00Z",
                "2017-10-14", "2017-10-14T03:00Z", "2017-10-15T03:00Z"},
        DayCase{"SamoaAfterMissingDay", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31",
                "2011-12-30T10:00Z", "2011-12-31T10:00Z"},
        DayCase{"SamoaBeforeMissingDay", "Pacific/Apia", "2011-12-30T09:59:00Z", "2011-12-29",
                "2011-12-29T10:00Z", "2011-12-30T10:00Z"},
        // Clocks go from 00:01 back to 23:01 of the day before; the day goes on.
        DayCase{"StJohnsCivilDateGoesBack", "America/St_Johns", "2010-11-07T03:00:00Z",
                "2010-11-07", "2010-11-07T02:30Z", "2010-11-08T03:30Z"},
        DayCase{"GooseBayCivilDateGoesBack", "America/Goose_Bay", "2010-11-07T03:30:00Z",
                "2010-11-07", "2010-11-07T03:00Z", "2010-11-08T04:00Z"},
        DayCase{"MonctonCivilDateGoesBack", "America/Moncton", "2006-10-29T03:30:00Z", "2006-10-29",
                "2006-10-29T03:00Z", "2006-10-30T04:00Z"},
        DayCase{"CaseyCivilDateGoesBackThreeHours", "Antarctica/Casey", "2010-03-04T15:30:00Z",
                "2010-03-05", "2010-03-04T13:00Z", "2010-03-05T16:00Z"}),
    [](const auto& info) { return info.param.name; });

TEST(CalendarTest, SamoasMissingDayIsEmpty) {
  const Calendar calendar = Make("Pacific/Apia");
  const Day missing = static_cast<Day>(absl::CivilDay(2011, 12, 30) - absl::CivilDay(1970, 1, 1));
  EXPECT_EQ(calendar.DayStart(missing), calendar.DayStart(missing + 1));
  EXPECT_LT(calendar.DayStart(missing - 1), calendar.DayStart(missing));
}

TEST(CalendarTest, DaysCoverEveryMinuteOnceInZonesWhoseDateGoesBack) {
  for (const char* zone : {"America/St_Johns", "America/Goose_Bay", "America/Moncton",
                           "Antarctica/Casey", "Asia/Tehran", "Africa/Monrovia"}) {
    const Calendar calendar = Make(zone);
    Day previous = calendar.DayOf(At("2005-01-01T00:00:00Z") - 1);
    for (Minute minute = At("2005-01-01T00:00:00Z"); minute < At("2013-01-01T00:00:00Z");
         minute += 31) {
      const Day day = calendar.DayOf(minute);
      ASSERT_GE(day, previous) << zone << " " << Text(minute);
      ASSERT_LE(calendar.DayStart(day), minute);
      ASSERT_GT(calendar.DayStart(day + 1), minute);
      previous = day;
    }
  }
}

struct PeriodCase {
  const char* name;
  const char* zone;
  int fiscal_year_month;
  Period period;
  const char* minute;
  int offset;
  const char* range;
};

class PeriodOf : public testing::TestWithParam<PeriodCase> {};

TEST_P(PeriodOf, IsTheRange) {
  const PeriodCase& c = GetParam();
  const Calendar calendar = Make(c.zone, c.fiscal_year_month);
  EXPECT_EQ(Text(calendar.PeriodAt(c.period, At(c.minute), c.offset)), c.range);
}

INSTANTIATE_TEST_SUITE_P(
    Periods, PeriodOf,
    testing::Values(PeriodCase{"WeekBeginsOnMonday", "UTC", 1, Period::kWeek,
                               "2026-01-01T12:00:00Z", 0, "2025-12-29T00:00Z 2026-01-05T00:00Z"},
                    PeriodCase{"MondayBeginsItsOwnWeek", "UTC", 1, Period::kWeek,
                               "2026-01-05T00:00:00Z", 0, "2026-01-05T00:00Z 2026-01-12T00:00Z"},
                    PeriodCase{"SundayEndsItsWeek", "UTC", 1, Period::kWeek, "2026-01-04T23:59:00Z",
                               0, "2025-12-29T00:00Z 2026-01-05T00:00Z"},
                    PeriodCase{"PreviousWeek", "UTC", 1, Period::kWeek, "2026-01-05T00:00:00Z", -1,
                               "2025-12-29T00:00Z 2026-01-05T00:00Z"},
                    PeriodCase{"MonthOfLeapYear", "UTC", 1, Period::kMonth, "2024-02-29T23:59:00Z",
                               0, "2024-02-01T00:00Z 2024-03-01T00:00Z"},
                    PeriodCase{"PreviousMonthOverYear", "UTC", 1, Period::kMonth,
                               "2026-01-31T00:00:00Z", -1, "2025-12-01T00:00Z 2026-01-01T00:00Z"},
                    PeriodCase{"ParisWinIsInTheSecondQuarter", "Europe/Paris", 1, Period::kQuarter,
                               "2026-03-31T22:30:00Z", 0, "2026-03-31T22:00Z 2026-06-30T22:00Z"},
                    PeriodCase{"NewYorkWinIsInTheFirstQuarter", "America/New_York", 1,
                               Period::kQuarter, "2026-03-31T22:30:00Z", 0,
                               "2026-01-01T05:00Z 2026-04-01T04:00Z"},
                    PeriodCase{"QuarterFarBack", "UTC", 1, Period::kQuarter, "2026-11-24T00:00:00Z",
                               -5, "2025-07-01T00:00Z 2025-10-01T00:00Z"},
                    PeriodCase{"Year", "Europe/Paris", 1, Period::kYear, "2026-12-31T23:00:00Z", 0,
                               "2026-12-31T23:00Z 2027-12-31T23:00Z"},
                    PeriodCase{"FiscalYearFromFebruary", "UTC", 2, Period::kFiscalYear,
                               "2026-01-15T00:00:00Z", 0, "2025-02-01T00:00Z 2026-02-01T00:00Z"},
                    PeriodCase{"FiscalYearBeginsInItsMonth", "UTC", 2, Period::kFiscalYear,
                               "2026-02-01T00:00:00Z", 0, "2026-02-01T00:00Z 2027-02-01T00:00Z"},
                    PeriodCase{"FiscalQuarterOverYear", "UTC", 2, Period::kFiscalQuarter,
                               "2026-01-15T00:00:00Z", 0, "2025-11-01T00:00Z 2026-02-01T00:00Z"},
                    PeriodCase{"FiscalYearFromDecember", "UTC", 12, Period::kFiscalYear,
                               "2026-11-30T23:59:00Z", 0, "2025-12-01T00:00Z 2026-12-01T00:00Z"},
                    PeriodCase{"PreviousFiscalQuarter", "UTC", 10, Period::kFiscalQuarter,
                               "2026-10-01T00:00:00Z", -1, "2026-07-01T00:00Z 2026-10-01T00:00Z"}),
    [](const auto& info) { return info.param.name; });

struct MoveCase {
  const char* name;
  const char* zone;
  const char* minute;
  CivilSpan span;
  const char* earlier;
  const char* later;
};

class Move : public testing::TestWithParam<MoveCase> {};

TEST_P(Move, GoesByLocalDate) {
  const MoveCase& c = GetParam();
  const Calendar calendar = Make(c.zone);
  EXPECT_EQ(Text(calendar.Earlier(At(c.minute), c.span)), c.earlier);
  EXPECT_EQ(Text(calendar.Later(At(c.minute), c.span)), c.later);
}

INSTANTIATE_TEST_SUITE_P(Moves, Move,
                         testing::Values(MoveCase{"MinutesAreExact",
                                                  "Europe/Paris",
                                                  "2026-03-29T12:00:00Z",
                                                  {24 * 60, CivilSpan::Unit::kMinutes},
                                                  "2026-03-28T12:00Z",
                                                  "2026-03-30T12:00Z"},
                                         MoveCase{"DayOverClockChangeKeepsTimeOfDay",
                                                  "Europe/Paris",
                                                  "2026-03-29T12:00:00Z",
                                                  {1, CivilSpan::Unit::kDays},
                                                  "2026-03-28T13:00Z",
                                                  "2026-03-30T12:00Z"},
                                         MoveCase{"MissingTimeIsTheNextThatExists",
                                                  "Europe/Paris",
                                                  "2026-03-30T00:30:00Z",
                                                  {1, CivilSpan::Unit::kDays},
                                                  "2026-03-29T01:00Z",
                                                  "2026-03-31T00:30Z"},
                                         MoveCase{"RepeatedTimeIsTheFirst",
                                                  "Europe/Paris",
                                                  "2026-10-26T01:30:00Z",
                                                  {1, CivilSpan::Unit::kDays},
                                                  "2026-10-25T00:30Z",
                                                  "2026-10-27T01:30Z"},
                                         MoveCase{"MonthEndIsClamped",
                                                  "UTC",
                                                  "2026-03-31T10:00:00Z",
                                                  {1, CivilSpan::Unit::kMonths},
                                                  "2026-02-28T10:00Z",
                                                  "2026-04-30T10:00Z"},
                                         MoveCase{"LeapDayIsClamped",
                                                  "UTC",
                                                  "2024-02-29T10:00:00Z",
                                                  {1, CivilSpan::Unit::kYears},
                                                  "2023-02-28T10:00Z",
                                                  "2025-02-28T10:00Z"},
                                         MoveCase{"MonthsOverYears",
                                                  "UTC",
                                                  "2026-01-31T00:01:00Z",
                                                  {14, CivilSpan::Unit::kMonths},
                                                  "2024-11-30T00:01Z",
                                                  "2027-03-31T00:01Z"},
                                         MoveCase{"DayStartGoesToDayStart",
                                                  "America/Sao_Paulo",
                                                  "2017-10-15T03:00:00Z",
                                                  {1, CivilSpan::Unit::kDays},
                                                  "2017-10-14T03:00Z",
                                                  "2017-10-16T02:00Z"},
                                         MoveCase{"DayStartGoesToSkippedMidnight",
                                                  "America/Sao_Paulo",
                                                  "2017-10-16T02:00:00Z",
                                                  {1, CivilSpan::Unit::kDays},
                                                  "2017-10-15T03:00Z",
                                                  "2017-10-17T02:00Z"},
                                         MoveCase{"DayStartGoesToMissingDay",
                                                  "Pacific/Apia",
                                                  "2011-12-30T10:00:00Z",
                                                  {1, CivilSpan::Unit::kDays},
                                                  "2011-12-30T10:00Z",
                                                  "2011-12-31T10:00Z"}),
                         [](const auto& info) { return info.param.name; });

TEST(CalendarTest, EndsOfTimeStayWhenMoved) {
  const Calendar calendar = Make("Europe/Paris");
  for (const auto unit : {CivilSpan::Unit::kMinutes, CivilSpan::Unit::kDays,
                          CivilSpan::Unit::kMonths, CivilSpan::Unit::kYears}) {
    EXPECT_EQ(calendar.Earlier(kMinuteMin, {3, unit}), kMinuteMin);
    EXPECT_EQ(calendar.Later(kMinuteMax, {3, unit}), kMinuteMax);
  }
}

TEST(CalendarTest, FirstAndLastDayHoldWhatLiesBeyond) {
  const Calendar calendar = Make("Europe/Paris");
  EXPECT_EQ(calendar.DayOf(kMinuteMin), 0);
  EXPECT_EQ(Text(calendar.DayStart(0)), "1969-12-31T23:00Z");
  EXPECT_EQ(calendar.DayOf(-61), 0);
  EXPECT_EQ(calendar.DayOf(-60), 0);
  EXPECT_EQ(absl::FormatCivilTime(calendar.CivilDayOf(kMinuteMax)), "2110-12-31");
  EXPECT_EQ(calendar.DayStart(INT32_MAX), calendar.DayStart(calendar.DayOf(kMinuteMax)));
}

TEST(CalendarTest, LocalMeanTimeRoundsDown) {
  // Liberia's clocks were 44 min 30 s behind until 1972.
  EXPECT_EQ(Make("Africa/Monrovia").DayStart(1), 24 * 60 + 44);
}

TEST(CalendarTest, DefaultIsUtc) {
  const Calendar calendar;
  EXPECT_EQ(calendar.zone_name(), "UTC");
  EXPECT_EQ(calendar.DayOf(1440), 1);
  EXPECT_EQ(calendar.DayOf(1439), 0);
}

TEST(CalendarTest, RefusesUnknownZonesAndMonths) {
  for (const char* zone : {"", "Europe/Pari", "localtime", "/etc/localtime", "file:/etc/localtime",
                           ":Europe/Paris", "../../etc/passwd"}) {
    const auto calendar = Calendar::Create(zone, 1);
    EXPECT_EQ(calendar.status().code(), absl::StatusCode::kInvalidArgument) << zone;
    EXPECT_NE(calendar.status().message().find("tzdata"), absl::string_view::npos);
  }
  EXPECT_FALSE(Calendar::Create("UTC", 0).ok());
  EXPECT_FALSE(Calendar::Create("UTC", 13).ok());
}

TEST(PaneTest, MinuteRoundsTowardThePast) {
  for (const auto& [micros, minute] : std::vector<std::pair<int64_t, Minute>>{{0, 0},
                                                                              {59'999'999, 0},
                                                                              {60'000'000, 1},
                                                                              {-1, -1},
                                                                              {-60'000'000, -1},
                                                                              {-60'000'001, -2}}) {
    EXPECT_EQ(MinuteOf(micros), minute) << micros;
  }
}

}  // namespace
}  // namespace takt
