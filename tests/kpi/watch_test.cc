// Alerts and goals of a definition made by hand.
#include "engine/kpi/watch.h"

#include <cmath>
#include <ostream>

#include "engine/kpi/alert_text.h"
#include "engine/kpi/evaluate.h"
#include "engine/kpi/watch_json.h"
#include "engine/kpi/watch_series.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kpi/small_definition.h"

namespace takt {
namespace {

// Deals won, closed and their ratio; an alert on the ratio that a test completes.
class WatchTest : public ::testing::Test {
 protected:
  WatchTest() {
    small_.AddKpi("won", KpiKind::kCount, {"28d"}).term = kWonTerm;
    small_.AddKpi("closed", KpiKind::kCount, {"28d"}).term = kClosedTerm;
    Kpi& ratio = small_.AddKpi("win_ratio", KpiKind::kShare, {"28d"});
    ratio.numerator = 0;
    ratio.denominator = 1;
    ratio.outcomes_term = kOutcomesTerm;
  }

  Alert& AddAlert(const std::string& kpi, AlertKind kind) {
    Alert alert{.name = "watched",
                .kpi = small_.Id(kpi),
                .window = ParseWindow("28d").value(),
                .per = {kRegionLevel},
                .kind = kind,
                .receiver = "managers"};
    if (kind != AlertKind::kBound) {
      alert.baseline = ParseWindow("365d").value();
      alert.short_window = ParseWindow("7d").value();
    }
    small_.definition.alerts.push_back(alert);
    return small_.definition.alerts.back();
  }

  // `won` of `closed` deals of the north, decided at one time.
  void Deals(const std::string& time, int won, int closed) {
    facts().Sum(kWonTerm, At(time), won);
    facts().Sum(kClosedTerm, At(time), closed);
    for (int i = 0; i < closed; ++i) facts().Outcome(At(time), i < won);
  }

  Facts& facts() {
    if (facts_ == nullptr) facts_ = std::make_unique<Facts>(small_.definition);
    return *facts_;
  }

  AlertState North(const std::string& now = "2026-01-28T12:00:00Z") {
    snapshot_ = Evaluate(small_.definition, facts().cells, At(now));
    return snapshot_->alerts.at(0);
  }

  SmallDefinition small_;
  std::unique_ptr<Facts> facts_;
  std::shared_ptr<const Snapshot> snapshot_;
};

constexpr char kPast[] = "2025-06-01T12:00:00Z";
constexpr char kNow[] = "2026-01-28T12:00:00Z";
constexpr char kRecent[] = "2026-01-25T12:00:00Z";

// With a baseline of 25 %, so few wins are beyond chance, and one more is not.
struct Fewest {
  const char* name;
  int won;
  int closed;
};
class FewestWins : public WatchTest, public ::testing::WithParamInterface<Fewest> {};

TEST_P(FewestWins, FallsAtTheTablesCounts) {
  AddAlert("win_ratio", AlertKind::kWilson);
  Deals(kPast, 100, 400);
  Deals(kRecent, GetParam().won, GetParam().closed);
  EXPECT_TRUE(North().active);
  Deals(kRecent, 1, 0);
  EXPECT_FALSE(North().active);
  EXPECT_EQ(North().successes, GetParam().won + 1);
}

INSTANTIATE_TEST_SUITE_P(Table, FewestWins,
                         ::testing::Values(Fewest{"Of12", 0, 12}, Fewest{"Of20", 1, 20},
                                           Fewest{"Of30", 2, 30}, Fewest{"Of40", 4, 40},
                                           Fewest{"Of60", 8, 60}, Fewest{"Of100", 16, 100},
                                           Fewest{"Of200", 37, 200}),
                         [](const auto& info) { return info.param.name; });

TEST_F(WatchTest, ElevenOutcomesAreNeverBeyondChance) {
  AddAlert("win_ratio", AlertKind::kWilson);
  Deals(kPast, 100, 400);
  Deals(kRecent, 0, 11);
  EXPECT_FALSE(North().active);
}

TEST_F(WatchTest, TooFewOutcomesAreSilent) {
  AddAlert("win_ratio", AlertKind::kWilson).outcomes_min = 31;
  Deals(kPast, 100, 400);
  Deals(kRecent, 0, 30);
  EXPECT_FALSE(North().active);
  Deals(kRecent, 0, 1);
  EXPECT_TRUE(North().active);
}

TEST_F(WatchTest, AShortBaselineIsSilent) {
  AddAlert("win_ratio", AlertKind::kWilson).baseline_outcomes_min = 401;
  Deals(kPast, 100, 400);
  Deals(kRecent, 0, 30);
  EXPECT_FALSE(North().active);
  Deals(kPast, 0, 1);
  EXPECT_TRUE(North().active);
}

TEST_F(WatchTest, WithoutDataNothingIsActive) {
  for (const AlertKind kind :
       {AlertKind::kBound, AlertKind::kOfOwn, AlertKind::kWilson, AlertKind::kCusum}) {
    small_.definition.alerts.clear();
    Alert& alert = AddAlert("win_ratio", kind);
    alert.bound = 1;
    alert.threshold = 0.001;
    const AlertState state = North();
    EXPECT_FALSE(state.active) << static_cast<int>(kind);
    EXPECT_TRUE(std::isnan(state.value));
  }
}

TEST_F(WatchTest, TheBaselineEndsWhereTheWindowBegins) {
  AddAlert("win_ratio", AlertKind::kWilson);
  // The window of the 28th holds the first; its baseline ends with the last of December.
  Deals("2025-12-31T23:59:00Z", 1, 4);
  Deals("2026-01-01T00:00:00Z", 0, 2);
  const AlertState state = North();
  EXPECT_EQ(state.baseline, 0.25);
  EXPECT_EQ(state.outcomes, 2);
  // 365 days before the window.
  Deals("2025-01-01T00:00:00Z", 1, 1);
  EXPECT_EQ(North().baseline, 0.4);
  Deals("2024-12-31T23:59:00Z", 1, 1);
  EXPECT_EQ(North().baseline, 0.4);
}

TEST_F(WatchTest, EndsWhenTheLatestQuarterIsWellAgain) {
  AddAlert("win_ratio", AlertKind::kWilson);
  Deals(kPast, 100, 400);
  Deals("2026-01-10T12:00:00Z", 0, 60);
  Deals(kRecent, 0, 1);
  EXPECT_TRUE(North().active);
  Deals(kRecent, 1, 3);
  EXPECT_FALSE(North().active);
}

TEST_F(WatchTest, ARiseIsTheMirrorOfAFall) {
  AddAlert("win_ratio", AlertKind::kWilson).below = false;
  Deals(kPast, 300, 400);
  Deals(kRecent, 36, 40);
  EXPECT_TRUE(North().active);
  Deals(kRecent, -1, 0);
  EXPECT_FALSE(North().active);
}

TEST_F(WatchTest, ACusumOfARiseCountsSuccesses) {
  Alert& alert = AddAlert("win_ratio", AlertKind::kCusum);
  alert.below = false;
  alert.threshold = 3;
  alert.change_to = 0.9;
  Deals(kPast, 300, 400);
  // Mirrors of .25 and .10: seventeen steps of 0.182322 come to 3.0995.
  Deals(kRecent, 16, 16);
  EXPECT_NEAR(North().score, 2.9171, 5e-4);
  EXPECT_FALSE(North().active);
  Deals(kRecent, 1, 1);
  EXPECT_NEAR(North().score, 3.0995, 5e-4);
  EXPECT_TRUE(North().active);
}

TEST_F(WatchTest, ACusumsBudgetIsThatOfAllGroupsTogether) {
  Alert& alert = AddAlert("win_ratio", AlertKind::kCusum);
  alert.false_pages_per_day = 4 / 365.25;
  Deals(kPast, 100, 400);
  Deals(kRecent, 5, 20);
  const double alone = North().threshold;
  EXPECT_GT(alone, 0);
  for (int i = 0; i < 365; ++i) {
    facts().Sum(kClosedTerm, EventTime{At(kPast).micros + i * 60'000'000LL}, 40, {.region = 1});
  }
  EXPECT_GT(North().threshold, alone);
}

TEST_F(WatchTest, ABoundIsHeldAgainstTheValueItself) {
  Alert& alert = AddAlert("win_ratio", AlertKind::kBound);
  alert.bound = 0.25;
  Deals(kRecent, 1, 4);
  EXPECT_FALSE(North().active);
  Deals(kRecent, 0, 1);
  EXPECT_TRUE(North().active);
  EXPECT_EQ(North().threshold, 0.25);
}

TEST_F(WatchTest, CountsAreComparedForAsLongATime) {
  AddAlert("closed", AlertKind::kOfOwn).bound = 0.5;
  facts().Sum(kClosedTerm, At(kPast), 365);
  facts().Sum(kClosedTerm, At(kRecent), 13);
  // 27 days and the half of the 28th with its minute of noon.
  const double days = 27 + (12 * 60 + 1) / 1440.0;
  EXPECT_NEAR(North().baseline, days, 1e-9);
  EXPECT_NEAR(North().threshold, days / 2, 1e-9);
  EXPECT_TRUE(North().active);
  facts().Sum(kClosedTerm, At(kRecent), 1);
  EXPECT_FALSE(North().active);
}

TEST_F(WatchTest, GroupsOfUnknownValuesAreNotWatched) {
  AddAlert("win_ratio", AlertKind::kWilson);
  North();
  ASSERT_EQ(snapshot_->alerts.size(), 2u);
  EXPECT_EQ(snapshot_->alerts[1].group, (Labels{{"sales_region", "south"}}));
}

TEST_F(WatchTest, SeriesCarryWhatTheAlertHas) {
  AddAlert("closed", AlertKind::kBound).bound = 3;
  North();
  std::vector<std::string> names;
  for (const WatchFamily& family : WatchFamilies(small_.definition, *snapshot_)) {
    names.push_back(family.name);
    EXPECT_EQ(family.samples.size(), 2u);
  }
  EXPECT_THAT(names, ::testing::ElementsAre("sales_alert_active", "sales_alert_value",
                                            "sales_alert_threshold"));
  EXPECT_EQ(snapshot_->alerts[0].labels.text(),
            R"({alert="watched",severity="page",receiver="managers",kpi="closed",)"
            R"(sales_region="north"})");
}

TEST_F(WatchTest, WordsAndJsonSayWhatIsWrong) {
  Alert& alert = AddAlert("win_ratio", AlertKind::kWilson);
  alert.say = {
      {.kind = TextPart::Kind::kText, .text = "In "},         {.kind = TextPart::Kind::kGroup},
      {.kind = TextPart::Kind::kText, .text = " "},           {.kind = TextPart::Kind::kValue},
      {.kind = TextPart::Kind::kText, .text = " ("},          {.kind = TextPart::Kind::kParts},
      {.kind = TextPart::Kind::kText, .text = "), usually "}, {.kind = TextPart::Kind::kBaseline}};
  Deals(kPast, 100, 400);
  Deals(kRecent, 6, 60);
  const AlertState state = North();
  EXPECT_EQ(AlertText(small_.definition, state), "In north 10.0 % (6 of 60), usually 25.0 %");
  const std::string json = WatchMembers(small_.definition, *snapshot_);
  EXPECT_THAT(json, ::testing::StartsWith(
                        R"("alerts":[{"alert":"watched","severity":"page","receiver":"managers",)"
                        R"("kpi":"win_ratio","level":"region","window":"28d",)"
                        R"("group":{"sales_region":"north"},"active":true,"value":0.1,)"
                        R"("baseline":0.25,"successes":6,"outcomes":60,"score":null,)"
                        R"("threshold":0.25,"text":"In north 10.0 % (6 of 60), usually 25.0 %"})"));
  EXPECT_THAT(json, ::testing::EndsWith(R"(],"goals":[])"));
}

TEST(GoalLine, IsStraightByLocalDays) {
  const Goal goal{.from = 0.2,
                  .to = 0.3,
                  .since = absl::CivilDay(2026, 1, 1),
                  .by = absl::CivilDay(2026, 1, 11)};
  EXPECT_EQ(GoalTarget(goal, absl::CivilDay(2025, 12, 1)), 0.2);
  EXPECT_EQ(GoalTarget(goal, absl::CivilDay(2026, 1, 1)), 0.2);
  EXPECT_DOUBLE_EQ(GoalTarget(goal, absl::CivilDay(2026, 1, 6)), 0.25);
  EXPECT_EQ(GoalTarget(goal, absl::CivilDay(2026, 1, 11)), 0.3);
  EXPECT_EQ(GoalTarget(goal, absl::CivilDay(2030, 1, 1)), 0.3);
}

TEST_F(WatchTest, AGoalIsMetOnItsLine) {
  small_.definition.goals.push_back({.name = "more",
                                     .kpi = small_.Id("win_ratio"),
                                     .window = ParseWindow("28d").value(),
                                     .from = 0.25,
                                     .to = 0.25,
                                     .since = absl::CivilDay(2026, 1, 1),
                                     .by = absl::CivilDay(2026, 12, 31)});
  const auto met = [&] {
    return Evaluate(small_.definition, facts().cells, At(kNow))->goals.at(0).met;
  };
  EXPECT_TRUE(std::isnan(met()));
  Deals(kRecent, 1, 4);
  EXPECT_EQ(met(), 1);
  Deals(kRecent, 0, 1);
  EXPECT_EQ(met(), 0);
  small_.definition.goals[0].higher_is_better = false;
  EXPECT_EQ(met(), 1);
}

}  // namespace
}  // namespace takt
