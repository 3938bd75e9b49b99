#include "engine/kpi/statistics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace takt {
namespace {

struct WilsonCase {
  const char* name;
  double k;
  double n;
  double lower;
  double upper;
  double error;
};

class Wilson : public testing::TestWithParam<WilsonCase> {};

TEST_P(Wilson, HasTheTablesEnds) {
  const WilsonCase& c = GetParam();
  const RatioBounds interval = WilsonInterval(c.k, c.n);
  EXPECT_NEAR(interval.lower, c.lower, c.error);
  EXPECT_NEAR(interval.upper, c.upper, c.error);
}

INSTANTIATE_TEST_SUITE_P(Table, Wilson,
                         testing::Values(WilsonCase{"NoneOfFive", 0, 5, 0, .4345, 5e-5},
                                         WilsonCase{"TwoOfFive", 2, 5, .1176, .7693, 5e-5},
                                         WilsonCase{"TwelveOfForty", 12, 40, .1807, .4543, 5e-5},
                                         WilsonCase{"Quarter", 50, 200, .1951, .3143, 5e-5},
                                         WilsonCase{"TwoOfThree", 2, 3, .207660, .938508, 5e-7},
                                         WilsonCase{"NineOfSixty", 9, 60, .080974, .261146, 5e-7},
                                         WilsonCase{"AllOfFive", 5, 5, 1 - .4345, 1, 5e-5}),
                         [](const auto& info) { return info.param.name; });

TEST(WilsonTest, UpperEndEqualsTheRulesOfPrometheus) {
  EXPECT_NEAR(WilsonInterval(6, 60).upper, 0.20149464724, 1e-10);
}

TEST(WilsonTest, EndsHoldTheRatioAndStayInsideZeroAndOne) {
  for (int n = 1; n <= 300; ++n) {
    for (int k = 0; k <= n; ++k) {
      const RatioBounds interval = WilsonInterval(k, n);
      const double ratio = static_cast<double>(k) / n;
      ASSERT_LE(0, interval.lower);
      ASSERT_LE(interval.lower, ratio);
      ASSERT_LE(ratio, interval.upper);
      ASSERT_LE(interval.upper, 1);
    }
  }
}

TEST(WilsonTest, IsUndefinedWithoutOutcomes) {
  for (const auto& [k, n] : {std::pair(0.0, 0.0),
                             {1.0, 0.0},
                             {3.0, 2.0},
                             {-1.0, 2.0},
                             {1.0, -2.0},
                             {NAN, 2.0},
                             {1.0, NAN}}) {
    EXPECT_TRUE(std::isnan(WilsonInterval(k, n).lower)) << k << "/" << n;
    EXPECT_TRUE(std::isnan(WilsonInterval(k, n).upper)) << k << "/" << n;
  }
}

TEST(QuotientTest, DivisionByZeroIsUndefined) {
  EXPECT_TRUE(std::isnan(Quotient(0, 0)));
  EXPECT_TRUE(std::isnan(Quotient(5, 0)));
  EXPECT_TRUE(std::isnan(Quotient(NAN, 2)));
  EXPECT_EQ(Quotient(1, 4), 0.25);
}

struct RareCase {
  const char* name;
  double expected;
  double too_few;  // below 0: none
  double too_many;
};

// Tails of the Poisson distribution as tables have them.
TEST(Poisson, RareCountsHaveAChanceBelowOneInForty) {
  const RareCase cases[] = {{"Nothing", 0, -1, 1}, {"Three", 3, -1, 8},
                            {"Four", 4, 0, 9},     {"Ten", 10, 3, 18},
                            {"Twelve", 12, 5, 20}, {"Hundred", 100, 80, 121}};
  for (const RareCase& test : cases) {
    if (test.too_few < 0) {
      EXPECT_TRUE(std::isnan(PoissonTooFew(test.expected))) << test.name;
    } else {
      EXPECT_EQ(PoissonTooFew(test.expected), test.too_few) << test.name;
    }
    EXPECT_EQ(PoissonTooMany(test.expected), test.too_many) << test.name;
  }
  EXPECT_NEAR(PoissonTooFew(1e6), 1e6 - 1960, 2);
  EXPECT_NEAR(PoissonTooMany(1e6), 1e6 + 1960, 2);
  for (const double wrong : {std::nan(""), -1.0, 1e300}) {
    EXPECT_TRUE(std::isnan(PoissonTooFew(wrong)));
    EXPECT_TRUE(std::isnan(PoissonTooMany(wrong)));
  }
}

}  // namespace
}  // namespace takt
