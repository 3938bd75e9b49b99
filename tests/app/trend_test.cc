#include "engine/app/trend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/base/clock.h"

namespace takt {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int64_t kDayMicros = int64_t{86400} * 1'000'000;

// A KPI of the last seven days and one of now. The engine's answer for a moment is the day of the
// month, so that the text shows which moment was asked.
class TrendTest : public testing::Test {
 protected:
  TrendTest() {
    definition_.levels = {{.name = "company"}};
    const Window week{.kind = Window::Kind::kDays, .count = 7, .label = "7d"};
    const Window last{.kind = Window::Kind::kLast, .count = 100, .label = "last 100"};
    definition_.kpis = {{.name = "won", .exported = true, .over = {week, last}, .per = {0}},
                        {.name = "open", .exported = true, .windowed = false, .per = {0}}};
    absl::Time now;
    EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, "2026-03-30T12:00:00Z", &now, nullptr));
    now_ = EventTime::From(now);
  }

  std::shared_ptr<const Snapshot> Made(EventTime at, double value) const {
    auto made = std::make_shared<Snapshot>();
    made->now = at;
    made->families = {{.name = "sales_company_won",
                       .kpi = 0,
                       .samples = {{{{"window", "7d"}}, value}, {{{"window", "last 100"}}, value}}},
                      {.name = "sales_company_won_lower",
                       .kpi = 0,
                       .part = "lower",
                       .samples = {{{{"window", "7d"}}, value}}},
                      {.name = "sales_company_open", .kpi = 1, .samples = {{{}, value}}}};
    return made;
  }

  absl::StatusOr<std::shared_ptr<const Snapshot>> Answer(EventTime at) {
    asked_.push_back(at);
    clock_.Advance(answer_takes_);
    if (refuses_) return absl::UnavailableError("later");
    return Made(at, static_cast<double>(absl::ToCivilDay(at.ToTime(), absl::UTCTimeZone()).day()));
  }

  std::string Render() { return trend_.Render(definition_, Made(now_, 30), {}); }

  Definition definition_;
  EventTime now_;
  ManualClock clock_{absl::UnixEpoch()};
  std::vector<EventTime> asked_;
  absl::Duration answer_takes_;
  bool refuses_ = false;
  Trend trend_{[this](EventTime at) { return Answer(at); }, clock_};
};

TEST_F(TrendTest, IsDayByDayOldestFirst) {
  const std::string json = Render();
  EXPECT_THAT(json, HasSubstr(R"({"now":"2026-03-30T12:00:00Z","at":["2026-03-02T12:00:00Z",)"));
  EXPECT_THAT(json, HasSubstr(R"("series":"sales_company_won","labels":{"window":"7d"},)"
                              R"("values":[2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,)"
                              R"(22,23,24,25,26,27,28,29])"));
  EXPECT_THAT(json, Not(HasSubstr("lower")));
}

TEST_F(TrendTest, BeforeIsTheLastMomentBeforeTheWindow) {
  // Seven days of 30 March are 24 to 30: before them is the end of the 23rd.
  EXPECT_THAT(Render(), HasSubstr(R"("before":23,"before_at":"2026-03-23T23:59:59.999999Z"})"));
}

TEST_F(TrendTest, BeforeOfAWindowWithoutBeginIsNull) {
  EXPECT_THAT(Render(), testing::ContainsRegex("\"labels\":.\"window\":\"last 100\".*"
                                               "\"before\":null,\"before_at\":null"));
}

TEST_F(TrendTest, BeforeOfNowIsTheOldestDay) {
  EXPECT_THAT(Render(),
              testing::ContainsRegex("\"series\":\"sales_company_open\".*"
                                     "\"before\":2,\"before_at\":\"2026-03-02T12:00:00Z\""));
}

TEST_F(TrendTest, IsEvaluatedOnceAndKept) {
  const std::string first = Render();
  const size_t asked = asked_.size();
  EXPECT_EQ(asked, 29u);
  clock_.Advance(absl::Seconds(29));
  EXPECT_EQ(Render(), first);
  EXPECT_EQ(asked_.size(), asked);
  clock_.Advance(absl::Seconds(2));
  Render();
  EXPECT_EQ(asked_.size(), 2 * asked);
}

TEST_F(TrendTest, StartsAnewWhenNowMovedByMoreThanADay) {
  Render();
  now_.micros += kDayMicros + 1;
  Render();
  EXPECT_EQ(asked_.size(), 58u);
}

TEST_F(TrendTest, SlowEvaluationGoesOnAtTheNextCall) {
  answer_takes_ = absl::Milliseconds(300);
  const std::string first = Render();
  EXPECT_EQ(asked_.size(), 4u);  // the moment before the window, then the newest days
  EXPECT_THAT(first, HasSubstr("null,null,27,28,29]"));
  Render();
  EXPECT_EQ(asked_.size(), 8u);
}

TEST_F(TrendTest, LargeSnapshotsKeepFewerDays) {
  auto large = std::make_shared<Snapshot>(*Made(now_, 30));
  large->families[0].samples.resize(200'000);
  trend_.Render(definition_, large, {});
  EXPECT_EQ(asked_.size(), 4u + 1u);
}

TEST_F(TrendTest, RefusedMomentsAreNull) {
  refuses_ = true;
  EXPECT_THAT(Render(), HasSubstr("null,null],\"before\":null,\"before_at\":\"2026-03-23T"));
}

TEST_F(TrendTest, WithoutNowThereIsNothing) {
  EXPECT_EQ(trend_.Render(definition_, nullptr, {}), "{\"now\":null,\"at\":[],\"series\":[]}\n");
  EXPECT_TRUE(asked_.empty());
}

}  // namespace
}  // namespace takt
