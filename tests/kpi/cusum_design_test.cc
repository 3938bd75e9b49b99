// The threshold that a budget of false pages comes to, against figures that were simulated apart from
// this program, and against simulation here.
#include "engine/definition/cusum_design.h"

#include <cmath>
#include <random>

#include "gtest/gtest.h"

namespace takt {
namespace {

constexpr double kNoDoubt = 1e15;  // outcomes of a baseline that is as good as the truth

TEST(CusumSteps, AreLogLikelihoodRatios) {
  struct {
    const char* name;
    double usual;
    double changed;
    double up;
    double down;
  } const cases[] = {{"QuarterToTenth", 0.25, 0.10, 0.182322, 0.916291},
                     {"QuarterToFifteen", 0.25, 0.15, 0.125163, 0.510826}};
  for (const auto& test : cases) {
    const auto steps = StepsFor(test.usual, test.changed);
    ASSERT_TRUE(steps.has_value()) << test.name;
    EXPECT_NEAR(steps->up, test.up, 5e-7) << test.name;
    EXPECT_NEAR(steps->down, test.down, 5e-7) << test.name;
  }
}

TEST(CusumSteps, AreNoneWithoutAFall) {
  const std::pair<double, double> cases[] = {{0.25, 0.25}, {0.25, 0.3}, {0.25, 0},  {1, 0.5},
                                             {0, -0.1},    {NAN, 0.1},  {0.25, NAN}};
  for (const auto& [usual, changed] : cases) {
    EXPECT_FALSE(StepsFor(usual, changed).has_value()) << usual << " " << changed;
  }
}

TEST(CusumSteps, HalfTheOddsOfAQuarterAreASeventh) {
  EXPECT_NEAR(AtOdds(0.25, 0.5), 1.0 / 7, 1e-12);
  EXPECT_NEAR(AtOdds(0.25, 2), 0.4, 1e-12);
}

// Mean outcomes to a false alarm of a fall from .25 to .15, simulated outcome by outcome.
TEST(CusumThreshold, AgreesWithSimulatedRunLengths) {
  struct {
    double threshold;
    double outcomes;
  } const cases[] = {{3.0, 605}, {3.5, 1102}, {4.0, 1845}, {5.0, 5381}, {5.5, 9040}, {6.0, 14699}};
  const CusumSteps steps = *StepsFor(0.25, 0.15);
  for (const auto& test : cases) {
    const auto found = ThresholdFor(steps, {0.25, kNoDoubt, test.outcomes});
    ASSERT_TRUE(found.has_value());
    // A threshold is a whole number of steps; the score of a real run is none.
    EXPECT_NEAR(*found, test.threshold, 1.1 * steps.up) << test.threshold;
  }
}

double MeanRunLength(const CusumSteps& steps, double threshold, double p) {
  std::mt19937_64 random(17);
  std::uniform_real_distribution<double> chance;
  constexpr int kRuns = 3000;
  double outcomes = 0;
  for (int run = 0; run < kRuns; ++run) {
    for (double score = 0; score < threshold - 1e-9; ++outcomes) {
      score = std::max(0.0, score + (chance(random) < p ? -steps.down : steps.up));
    }
  }
  return outcomes / kRuns;
}

TEST(CusumThreshold, KeepsTheBudgetAndNotMuchMore) {
  for (const double usual : {0.05, 0.25, 0.5, 0.6, 0.8, 0.95}) {
    const CusumSteps steps = *StepsFor(usual, AtOdds(usual, 0.5));
    const auto found = ThresholdFor(steps, {usual, kNoDoubt, 800});
    ASSERT_TRUE(found.has_value());
    const double length = MeanRunLength(steps, *found, usual);
    EXPECT_GT(length, 0.93 * 800) << usual;
    // One step less would be too few; a step is worth the more the larger it is.
    EXPECT_LT(length, 800 * std::exp(steps.up) * 1.25) << usual;
  }
}

TEST(CusumThreshold, IsHigherWhereTheBaselineIsDoubtful) {
  const CusumSteps steps = *StepsFor(0.25, AtOdds(0.25, 0.5));
  const auto at = [&](double baseline) { return *ThresholdFor(steps, {0.25, baseline, 6500}); };
  EXPECT_LT(at(kNoDoubt), at(400));
  EXPECT_LT(at(400), at(100));
}

TEST(CusumThreshold, IsNoneOfWhatIsUndefined) {
  const CusumSteps steps = *StepsFor(0.25, 0.1);
  EXPECT_FALSE(ThresholdFor(steps, {0.25, 0, 100}).has_value());
  EXPECT_FALSE(ThresholdFor(steps, {0.25, 100, NAN}).has_value());
  EXPECT_FALSE(ThresholdFor(steps, {0.25, 100, 0}).has_value());
  EXPECT_EQ(ThresholdFor(steps, {0.25, kNoDoubt, 1}), steps.up);
}

}  // namespace
}  // namespace takt
