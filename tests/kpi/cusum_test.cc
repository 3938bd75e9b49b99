#include "engine/kpi/cusum.h"

#include <cmath>
#include <limits>
#include <string>

#include "gtest/gtest.h"

namespace takt {
namespace {

constexpr double kUsual = 0.25;
constexpr double kThreshold = 3;

struct CusumCase {
  const char* name;
  std::string outcomes;  // W and L, in order
  double score;
  bool alarm;
};

// The latest four outcomes decide whether an alarm is over.
CusumState StateAfter(const std::string& outcomes, size_t window_begin = 0,
                      double threshold = kThreshold) {
  CusumRun run{.window_begin = window_begin};
  for (size_t at = 0; at < outcomes.size(); ++at) {
    run.outcomes.push_back(
        {.wanted = outcomes[at] == 'W', .latest_begin = at + 1 > 4 ? at + 1 - 4 : 0});
  }
  return RunCusum(run, *StepsFor(kUsual, 0.1), kUsual, threshold);
}

class Cusum : public ::testing::TestWithParam<CusumCase> {};

TEST_P(Cusum, HasThisState) {
  const CusumState state = StateAfter(GetParam().outcomes);
  EXPECT_NEAR(state.score, GetParam().score, 5e-5);
  EXPECT_EQ(state.alarm, GetParam().alarm);
}

const std::string kLosses17(17, 'L');

INSTANTIATE_TEST_SUITE_P(
    Table, Cusum,
    ::testing::Values(CusumCase{"Nothing", "", 0, false},
                      CusumCase{"ThreeLosses", "LLL", .5470, false},
                      CusumCase{"AWin", "LLLW", 0, false},
                      CusumCase{"SixteenMore", "LLLW" + std::string(16, 'L'), 2.9171, false},
                      CusumCase{"Seventeen", "LLLW" + kLosses17, 3.0995, true},
                      CusumCase{"ALateWin", "LLLWLLLLLLW" + std::string(11, 'L'), 2.1832, false},
                      CusumCase{"GrowsOn", kLosses17 + "LLL", 20 * .182322, true},
                      CusumCase{"OneWinOfFourEndsIt", kLosses17 + "LLLW", 0, false},
                      CusumCase{"AndTheNextBeginsAnew", kLosses17 + "LLLWLLL", 3 * .182322, false}),
    [](const auto& info) { return info.param.name; });

TEST(CusumRunTest, OutcomesBeforeTheWindowAreLatestOnesAlone) {
  const std::string outcomes = "WWWW" + kLosses17;
  EXPECT_TRUE(StateAfter(outcomes, 4).alarm);
  // Of so short a window that its first alarm comes while the wins are among the latest, they end it.
  EXPECT_TRUE(StateAfter(outcomes, 4, 0.18).alarm);
  EXPECT_EQ(StateAfter("WWWWLL", 4, 0.18).alarm, false);
  EXPECT_EQ(StateAfter("LL", 0, 0.18).alarm, true);
}

TEST(CusumRunTest, WithoutAThresholdThereIsNoAlarm) {
  const CusumState state = StateAfter(kLosses17, 0, std::numeric_limits<double>::quiet_NaN());
  EXPECT_NEAR(state.score, 17 * .182322, 5e-5);
  EXPECT_FALSE(state.alarm);
}

TEST(CusumRunTest, ComesToAThresholdThatIsItsOwnSum) {
  const CusumSteps steps = *StepsFor(kUsual, 0.1);
  EXPECT_TRUE(StateAfter(kLosses17, 0, 17 * steps.up).alarm);
  EXPECT_FALSE(StateAfter(kLosses17, 0, 17 * steps.up + 1e-6).alarm);
}

}  // namespace
}  // namespace takt
