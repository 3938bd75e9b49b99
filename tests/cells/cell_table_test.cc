#include "engine/cells/cell_table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/cells/log_buckets.h"

namespace takt {
namespace {

constexpr Minute kDay1000 = 1000 * 24 * 60;  // its first minute, UTC

class CellTableTest : public testing::Test {
 protected:
  void AddSum(uint32_t row, Minute minute, int64_t amount) {
    DeltaBatch batch;
    batch.sums.push_back({.row = row, .minute = minute, .amount = amount});
    table_.Add(batch);
  }
  void AddDuration(Minute minute, int64_t micros, int32_t count = 1) {
    DeltaBatch batch;
    batch.durations.push_back(
        {.row = 1, .minute = minute, .duration_micros = micros, .count = count});
    table_.Add(batch);
  }
  void AddOutcome(Minute minute, uint64_t entity, bool success, int32_t count = 1) {
    DeltaBatch batch;
    batch.outcomes.push_back({.row = 2,
                              .count = count,
                              .time_micros = minute * kMicrosPerMinute,
                              .entity = entity,
                              .success = success});
    table_.Add(batch);
  }
  int64_t Sum(uint32_t row, Minute begin, Minute end) const {
    return static_cast<int64_t>(table_.Sum(row, {begin, end}));
  }

  Calendar calendar_;
  CellTable table_{calendar_, 4};
};

TEST_F(CellTableTest, RowWithoutFactsIsZero) {
  EXPECT_EQ(Sum(3, kMinuteMin, kDay1000), 0);
  EXPECT_EQ(table_.Durations(3, {0, kDay1000}).count, 0);
  EXPECT_TRUE(std::isnan(table_.Durations(3, {0, kDay1000}).Quantile(0.5)));
  EXPECT_EQ(table_.Last(3, 100, kDay1000).count, 0);
  EXPECT_EQ(table_.Encode(), "");
}

TEST_F(CellTableTest, FactOnABoundaryBelongsToTheLaterPane) {
  AddSum(0, kDay1000, 1);
  EXPECT_EQ(Sum(0, kDay1000 - 10, kDay1000), 0);
  EXPECT_EQ(Sum(0, kDay1000, kDay1000 + 1), 1);
  EXPECT_EQ(Sum(0, kDay1000 + 1, kDay1000 + 10), 0);
}

TEST_F(CellTableTest, FactDatedLaterTodayIsNotYetCounted) {
  AddSum(0, kDay1000 + 600, 5);
  EXPECT_EQ(Sum(0, kDay1000 - 2880, kDay1000 + 600), 0);
  EXPECT_EQ(Sum(0, kDay1000 - 2880, kDay1000 + 601), 5);
}

TEST_F(CellTableTest, LevelIsTheRunningSum) {
  for (int day = 0; day < 20; ++day) AddSum(0, kDay1000 + day * 1440 + day, 1);
  AddSum(0, kDay1000 + 15 * 1440, -7);
  EXPECT_EQ(Sum(0, kMinuteMin, kDay1000), 0);
  EXPECT_EQ(Sum(0, kMinuteMin, kDay1000 + 1440), 1);
  EXPECT_EQ(Sum(0, kMinuteMin, kDay1000 + 15 * 1440 + 15), 15 - 7);
  EXPECT_EQ(Sum(0, kMinuteMin, kDay1000 + 15 * 1440 + 16), 16 - 7);
  EXPECT_EQ(Sum(0, kMinuteMin, kDay1000 + 100 * 1440), 20 - 7);
}

TEST_F(CellTableTest, EmptyAndTurnedRangesAreZero) {
  AddSum(0, kDay1000, 5);
  EXPECT_EQ(Sum(0, kDay1000, kDay1000), 0);
  EXPECT_EQ(Sum(0, kDay1000 + 5, kDay1000 - 5), 0);
  AddDuration(kDay1000, 5);
  EXPECT_EQ(table_.Durations(1, {kDay1000 + 5, kDay1000 - 5}).count, 0);
}

TEST_F(CellTableTest, SumsBeyond64BitsAreExact) {
  const int64_t large = std::numeric_limits<int64_t>::max();
  for (int i = 0; i < 10; ++i) AddSum(0, kDay1000 + 5, large);
  EXPECT_TRUE(table_.Sum(0, {kDay1000, kDay1000 + 6}) == Int128{large} * 10);
  EXPECT_TRUE(table_.Sum(0, {kDay1000 - 1440, kDay1000 + 1440}) == Int128{large} * 10);
  EXPECT_TRUE(table_.Sum(0, {kMinuteMin, kDay1000 + 6}) == Int128{large} * 10);
  EXPECT_EQ(Sum(0, kDay1000, kDay1000 + 5), 0);
  for (int i = 0; i < 10; ++i) AddSum(0, kDay1000 + 5, -large);
  EXPECT_EQ(table_.Encode(), "");
}

TEST_F(CellTableTest, AmountsAtThePackedBoundAreExact) {
  const int64_t bound = int64_t{1} << 52;
  for (const int64_t amount : {bound - 1, bound, -bound, -bound - 1, 2 * bound, -2 * bound}) {
    AddSum(0, kDay1000 + 7, amount);
    EXPECT_EQ(Sum(0, kDay1000 + 7, kDay1000 + 8), amount);
    EXPECT_EQ(Sum(0, kMinuteMin, kDay1000 + 8), amount);
    AddSum(0, kDay1000 + 7, -amount);
    EXPECT_EQ(table_.Encode(), "") << amount;
  }
}

TEST_F(CellTableTest, CarriesThatCancelOverADayStayExact) {
  const int64_t large = int64_t{1} << 53;
  AddSum(0, kDay1000 + 1, large);
  AddSum(0, kDay1000 + 2, -large);
  EXPECT_EQ(Sum(0, kDay1000, kDay1000 + 2), large);
  EXPECT_EQ(Sum(0, kDay1000, kDay1000 + 3), 0);
  EXPECT_NE(table_.Encode(), "");
  AddSum(0, kDay1000 + 2, large);
  AddSum(0, kDay1000 + 1, -large);
  EXPECT_EQ(table_.Encode(), "");
}

TEST_F(CellTableTest, ThatTheSameSumLiesInAnotherMinuteIsSeen) {
  AddSum(0, kDay1000, 1);
  CellTable other(calendar_, 4);
  DeltaBatch batch;
  batch.sums.push_back({.row = 0, .minute = kDay1000 + 1, .amount = 1});
  other.Add(batch);
  EXPECT_EQ(table_.CountDivergentRows(other), 1);
  EXPECT_EQ(table_.CountDivergentRows(table_), 0);
  EXPECT_NE(table_.Encode(), other.Encode());
}

TEST_F(CellTableTest, QuantileIsNearestRank) {
  for (int64_t i = 1; i <= 10; ++i) AddDuration(kDay1000 + static_cast<Minute>(i), i);
  const DurationSummary all = table_.Durations(1, {kDay1000, kDay1000 + 100});
  EXPECT_EQ(all.count, 10);
  EXPECT_TRUE(all.sum_micros == 55);
  EXPECT_DOUBLE_EQ(all.Quantile(0), 1e-6);
  EXPECT_DOUBLE_EQ(all.Quantile(0.5), 5e-6);
  EXPECT_DOUBLE_EQ(all.Quantile(0.51), 6e-6);
  EXPECT_DOUBLE_EQ(all.Quantile(0.9), 9e-6);
  EXPECT_DOUBLE_EQ(all.Quantile(1), 10e-6);
  const DurationSummary part = table_.Durations(1, {kDay1000 + 2, kDay1000 + 4});
  EXPECT_EQ(part.count, 2);
  EXPECT_TRUE(part.sum_micros == 5);
}

TEST_F(CellTableTest, DurationTakenBackLeavesNothing) {
  AddDuration(kDay1000, 86'400'000'000);
  AddDuration(kDay1000, 86'400'000'001);
  AddDuration(kDay1000, 86'400'000'000, -1);
  EXPECT_EQ(table_.Durations(1, {kDay1000, kDay1000 + 1}).count, 1);
  AddDuration(kDay1000, 86'400'000'001, -1);
  EXPECT_EQ(table_.Encode(), "");
}

TEST_F(CellTableTest, ManyEqualDurationsBeyond64BitsAreExact) {
  constexpr int64_t kDecades = 1'500'000'000'000'000;  // some 47 years
  constexpr int32_t kCount = 100'000;
  AddDuration(kDay1000, kDecades, kCount);
  const DurationSummary summary = table_.Durations(1, {kDay1000, kDay1000 + 1});
  EXPECT_EQ(summary.count, kCount);
  EXPECT_TRUE(summary.sum_micros == Int128{kDecades} * kCount);
  AddDuration(kDay1000, kDecades, -kCount);
  EXPECT_EQ(table_.Encode(), "");
}

TEST_F(CellTableTest, LateOutcomeTakesItsPlace) {
  for (int i = 0; i < 5; ++i) AddOutcome(kDay1000 + 10 * i, 1, i == 0);
  EXPECT_EQ(table_.Last(2, 4, kDay1000 + 100).successes, 0);
  AddOutcome(kDay1000 + 15, 2, true);
  const OutcomeCount last = table_.Last(2, 4, kDay1000 + 100);
  EXPECT_EQ(last.count, 4);
  EXPECT_EQ(last.successes, 1);
  EXPECT_EQ(table_.Last(2, 100, kDay1000 + 100).count, 6);
  EXPECT_EQ(table_.Last(2, 100, kDay1000 + 40).count, 5);
}

TEST_F(CellTableTest, OutcomesOfARangeComeInOrderOfTime) {
  AddOutcome(kDay1000 + 20, 1, false);
  AddOutcome(kDay1000, 2, true);
  AddOutcome(kDay1000 + 10, 3, true);
  AddOutcome(kDay1000 + 10, 4, false);
  const auto of = [&](MinuteRange range, int64_t n) {
    std::string text;
    for (const Outcome& outcome : table_.Outcomes(2, range, n)) {
      text += std::to_string(MinuteOf(outcome.time_micros) - kDay1000) +
              (outcome.success ? "W " : "L ");
    }
    return text;
  };
  EXPECT_EQ(of({kMinuteMin, kDay1000 + 100}, 100), "0W 10W 10L 20L ");
  EXPECT_EQ(of({kDay1000 + 10, kDay1000 + 20}, 100), "10W 10L ");
  EXPECT_EQ(of({kDay1000 + 1, kDay1000 + 21}, 2), "10L 20L ");
  EXPECT_EQ(of({kDay1000 + 1, kDay1000 + 1}, 2), "");
  EXPECT_EQ(of({kMinuteMin, kDay1000 + 100}, 0), "");
  EXPECT_TRUE(table_.Outcomes(3, {kMinuteMin, kDay1000}, 5).empty());
}

TEST_F(CellTableTest, MemoryGrowsWithFactsAndNotWithRows) {
  const uint64_t empty = table_.MemoryBytes();
  for (int i = 0; i < 1000; ++i) AddSum(0, kDay1000 + i, 1);
  EXPECT_GE(table_.MemoryBytes(), empty + 8000);
  EXPECT_LE(table_.MemoryBytes(), empty + 24000);
}

using CellTableDeathTest = CellTableTest;

TEST_F(CellTableDeathTest, ARowOutsideTheDefinitionIsOurFault) {
  EXPECT_DEATH(AddSum(4, kDay1000, 1), "does not have");
}

TEST_F(CellTableDeathTest, TwoKindsOfFactsInARowAreOurFault) {
  AddDuration(kDay1000, 1);
  EXPECT_DEATH(AddSum(1, kDay1000, 1), "one kind");
}

TEST(LogBucketsTest, CoverEveryDurationWithoutGapOrOverlap) {
  for (int32_t bucket = 1; bucket < kBucketCount; ++bucket) {
    const int64_t lower = BucketLowerMicros(bucket);
    const int64_t upper = lower + (BucketWidthMicros(bucket) - 1);
    ASSERT_EQ(BucketOf(lower), bucket);
    ASSERT_EQ(BucketOf(upper), bucket);
    if (bucket + 1 < kBucketCount) {
      ASSERT_EQ(BucketLowerMicros(bucket + 1), upper + 1);
    }
    ASSERT_LE(BucketSeconds(bucket) * 1e6, lower * (1 + 1.0 / 128));
    ASSERT_GE(BucketSeconds(bucket) * 1e6, upper * (1 - 1.0 / 128));
  }
  EXPECT_EQ(BucketOf(std::numeric_limits<int64_t>::max()), kBucketCount - 1);
}

TEST(LogBucketsTest, HaveTheirDocumentedPlaces) {
  struct Case {
    int64_t micros;
    int32_t bucket;
    double seconds;
  };
  for (const Case& c : {Case{1, 1, 1e-6}, Case{63, 63, 63e-6}, Case{64, 64, 64e-6},
                        Case{127, 127, 127e-6}, Case{128, 128, 128.5e-6}, Case{129, 128, 128.5e-6},
                        Case{130, 129, 130.5e-6}, Case{1'000'000, 14 * 64 + 58, 1003519.5e-6}}) {
    EXPECT_EQ(BucketOf(c.micros), c.bucket) << c.micros;
    EXPECT_DOUBLE_EQ(BucketSeconds(c.bucket), c.seconds) << c.micros;
  }
}

}  // namespace
}  // namespace takt
