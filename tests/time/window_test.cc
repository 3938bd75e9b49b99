#include "engine/time/window.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace takt {
namespace {

Minute At(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return MinuteOf(absl::ToUnixMicros(time));
}

std::string Text(Minute minute) {
  if (minute == kMinuteMin) return "ever";
  return absl::FormatTime("%Y-%m-%dT%H:%MZ", absl::FromUnixSeconds(int64_t{minute} * 60),
                          absl::UTCTimeZone());
}

struct ResolveCase {
  const char* name;
  const char* text;
  const char* label;
  const char* zone;
  const char* now;
  const char* begin;
  const char* end;
};

class WindowAt : public testing::TestWithParam<ResolveCase> {};

TEST_P(WindowAt, CoversTheRange) {
  const ResolveCase& c = GetParam();
  const auto window = ParseWindow(c.text);
  ASSERT_TRUE(window.ok()) << window.status();
  EXPECT_EQ(window->label, c.label);
  const Calendar calendar = Calendar::Create(c.zone, 2).value();
  const MinuteRange range = Resolve(*window, At(c.now) + 1, calendar);
  EXPECT_EQ(Text(range.begin), c.begin);
  EXPECT_EQ(Text(range.end), c.end);
}

INSTANTIATE_TEST_SUITE_P(
    Windows, WindowAt,
    testing::Values(ResolveCase{"Minutes", "90m", "90m", "UTC", "2026-01-10T10:00:30Z",
                                "2026-01-10T08:31Z", "2026-01-10T10:01Z"},
                    ResolveCase{"HoursAreElapsedTime", "24h", "24h", "Europe/Paris",
                                "2026-03-29T12:00:00Z", "2026-03-28T12:01Z", "2026-03-29T12:01Z"},
                    ResolveCase{"OneDayIsToday", "1d", "1d", "Europe/Paris", "2026-03-29T12:00:00Z",
                                "2026-03-28T23:00Z", "2026-03-29T12:01Z"},
                    ResolveCase{"LastMinuteOfTheDayBelongsToIt", "1d", "1d", "UTC",
                                "2026-01-10T23:59:59Z", "2026-01-10T00:00Z", "2026-01-11T00:00Z"},
                    ResolveCase{"FirstMinuteOfTheDayBelongsToIt", "1d", "1d", "UTC",
                                "2026-01-11T00:00:00Z", "2026-01-11T00:00Z", "2026-01-11T00:01Z"},
                    ResolveCase{"SevenDaysAreTodayAndSixBefore", "7d", "7d", "Europe/Paris",
                                "2026-03-31T12:00:00Z", "2026-03-24T23:00Z", "2026-03-31T12:01Z"},
                    ResolveCase{"Weeks", " 12w ", "12w", "UTC", "2026-03-31T12:00:00Z",
                                "2026-01-07T00:00Z", "2026-03-31T12:01Z"},
                    ResolveCase{"MissingDayCountsAsADay", "3d", "3d", "Pacific/Apia",
                                "2011-12-31T00:00:00Z", "2011-12-29T10:00Z", "2011-12-31T00:01Z"},
                    ResolveCase{"MonthToDate", "month", "month", "Europe/Paris",
                                "2026-03-31T22:30:00Z", "2026-03-31T22:00Z", "2026-03-31T22:31Z"},
                    ResolveCase{"FiscalQuarterToDate", "fiscal_quarter", "fiscal_quarter", "UTC",
                                "2026-01-15T00:00:00Z", "2025-11-01T00:00Z", "2026-01-15T00:01Z"},
                    ResolveCase{"PreviousMonthIsWhole", " previous \t month", "previous month",
                                "UTC", "2026-03-31T12:00:00Z", "2026-02-01T00:00Z",
                                "2026-03-01T00:00Z"},
                    ResolveCase{"PreviousFiscalYear", "previous fiscal_year",
                                "previous fiscal_year", "UTC", "2026-03-31T12:00:00Z",
                                "2025-02-01T00:00Z", "2026-02-01T00:00Z"},
                    ResolveCase{"LastOutcomes", "last  100", "last 100", "UTC",
                                "2026-03-31T12:00:00Z", "ever", "2026-03-31T12:01Z"},
                    ResolveCase{"All", "all", "all", "UTC", "2026-03-31T12:00:00Z", "ever",
                                "2026-03-31T12:01Z"}),
    [](const auto& info) { return info.param.name; });

TEST(ParseWindowTest, AcceptsBounds) {
  for (const char* text :
       {"1m", "527040m", "8784h", "1d", "4000d", "571w", "last 1", "last 100000"}) {
    EXPECT_TRUE(ParseWindow(text).ok()) << text;
  }
}

TEST(ParseWindowTest, RefusesWhatIsNoWindow) {
  for (const char* text : {"",
                           " ",
                           "m",
                           "0m",
                           "-1d",
                           "+1d",
                           "1.5d",
                           "01d",
                           "527041m",
                           "8785h",
                           "4001d",
                           "572w",
                           "last",
                           "last 0",
                           "last 100001",
                           "last -1",
                           "last x",
                           "previous",
                           "previous 7d",
                           "months",
                           "7 d",
                           "7days",
                           "all all",
                           "99999999999999999999d",
                           "previous month month",
                           "7\0d"}) {
    const auto window = ParseWindow(text);
    EXPECT_EQ(window.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_NE(window.status().message().find("previous month"), absl::string_view::npos) << text;
  }
}

struct SpanCase {
  const char* text;
  CivilSpan span;
};

TEST(ParseSpanTest, ReadsSpans) {
  using Unit = CivilSpan::Unit;
  for (const SpanCase& c :
       {SpanCase{"30d ago", {30, Unit::kDays}}, SpanCase{"365d", {365, Unit::kDays}},
        SpanCase{"1 month ago", {1, Unit::kMonths}}, SpanCase{"2 months", {2, Unit::kMonths}},
        SpanCase{"1 week ago", {7, Unit::kDays}}, SpanCase{"2w ago", {14, Unit::kDays}},
        SpanCase{"1 quarter ago", {3, Unit::kMonths}},
        SpanCase{"1 fiscal_year ago", {1, Unit::kYears}},
        SpanCase{" 1  year  ago ", {1, Unit::kYears}}, SpanCase{"90m", {90, Unit::kMinutes}},
        SpanCase{"24h ago", {1440, Unit::kMinutes}},
        SpanCase{"4000 days ago", {4000, Unit::kDays}}}) {
    const auto span = ParseSpan(c.text);
    ASSERT_TRUE(span.ok()) << span.status();
    EXPECT_EQ(*span, c.span) << c.text;
  }
}

TEST(ParseSpanTest, RefusesWhatIsNoSpan) {
  for (const char* text : {"", "ago", "d ago", "0d ago", "-1d ago", "1", "1 ago", "1 fortnight ago",
                           "4001d ago", "132 months", "11 years", "1 month 2 days ago", "month ago",
                           "1d ago ago", "99999999999999999999d"}) {
    EXPECT_EQ(ParseSpan(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

}  // namespace
}  // namespace takt
