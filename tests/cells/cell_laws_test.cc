// Laws that hold for any facts: cells are a function of the multiset of facts, and nothing else.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "engine/cells/cell_table.h"
#include "tests/cells/random_facts.h"

namespace takt {
namespace {

class CellLaws : public testing::TestWithParam<int> {
 protected:
  CellTable TableOf(const std::vector<DeltaBatch>& batches) const {
    CellTable table(calendar_, kRowCount);
    for (const DeltaBatch& batch : batches) table.Add(batch);
    return table;
  }

  uint64_t seed() const { return static_cast<uint64_t>(GetParam()); }

  Calendar calendar_ = Calendar::Create("Europe/Paris", 1).value();
};

TEST_P(CellLaws, EmptyBatchChangesNothing) {
  const DeltaBatch batch = RandomFacts(seed()).Batch(300);
  EXPECT_EQ(TableOf({batch, DeltaBatch()}).Encode(), TableOf({batch}).Encode());
  EXPECT_EQ(TableOf({DeltaBatch()}).Encode(), "");
}

TEST_P(CellLaws, BatchesCommuteAndAssociate) {
  RandomFacts random(seed());
  const DeltaBatch a = random.Batch(200);
  const DeltaBatch b = random.Batch(100);
  const DeltaBatch c = random.Batch(50);
  const std::string expected = TableOf({a, b, c}).Encode();
  EXPECT_EQ(TableOf({c, a, b}).Encode(), expected);
  EXPECT_EQ(TableOf({b, c, a}).Encode(), expected);
  EXPECT_EQ(TableOf({Joined({a, b}), c}).Encode(), expected);
  EXPECT_EQ(TableOf({a, Joined({b, c})}).Encode(), expected);
}

TEST_P(CellLaws, OrderInsideABatchLeavesNoTrace) {
  DeltaBatch batch = RandomFacts(seed()).Batch(300);
  const std::string expected = TableOf({batch}).Encode();
  std::mt19937_64 random(seed());
  std::shuffle(batch.sums.begin(), batch.sums.end(), random);
  std::shuffle(batch.durations.begin(), batch.durations.end(), random);
  std::shuffle(batch.outcomes.begin(), batch.outcomes.end(), random);
  EXPECT_EQ(TableOf({batch}).Encode(), expected);
}

TEST_P(CellLaws, AddAndRetractLeaveNothing) {
  RandomFacts random(seed());
  const DeltaBatch a = random.Batch(300);
  const DeltaBatch b = random.Batch(80);
  EXPECT_EQ(TableOf({a, Retracted(a)}).Encode(), "");
  EXPECT_EQ(TableOf({Retracted(a), a}).Encode(), "");
  EXPECT_EQ(TableOf({a, b, Retracted(a)}).Encode(), TableOf({b}).Encode());
  EXPECT_EQ(TableOf({a, b, Retracted(a)}).CountDivergentRows(TableOf({b})), 0);
}

TEST_P(CellLaws, AnySplitAddsUpToTheWhole) {
  RandomFacts random(seed());
  const CellTable table = TableOf({random.Batch(400)});
  for (int i = 0; i < 50; ++i) {
    const MinuteRange range = random.AnyRange();
    const Minute cut = static_cast<Minute>(random.Uniform(range.begin, range.end));
    for (uint32_t row = kFirstSumRow; row < kFirstDurationRow; ++row) {
      ASSERT_TRUE(table.Sum(row, range) ==
                  table.Sum(row, {range.begin, cut}) + table.Sum(row, {cut, range.end}));
      ASSERT_TRUE(table.Sum(row, {kMinuteMin, range.end}) ==
                  table.Sum(row, {kMinuteMin, range.begin}) + table.Sum(row, range));
    }
    for (uint32_t row = kFirstDurationRow; row < kFirstOutcomeRow; ++row) {
      const DurationSummary whole = table.Durations(row, range);
      const DurationSummary early = table.Durations(row, {range.begin, cut});
      const DurationSummary late = table.Durations(row, {cut, range.end});
      ASSERT_EQ(whole.count, early.count + late.count);
      ASSERT_TRUE(whole.sum_micros == early.sum_micros + late.sum_micros);
    }
  }
}

TEST_P(CellLaws, SumsEqualTheFactsInTheRange) {
  RandomFacts random(seed());
  const DeltaBatch batch = random.Batch(400);
  const CellTable table = TableOf({batch});
  for (int i = 0; i < 100; ++i) {
    const MinuteRange range = random.AnyRange();
    const uint32_t row = kFirstSumRow + static_cast<uint32_t>(i % 4);
    Int128 inside = 0;
    Int128 before = 0;
    for (const SumDelta& delta : batch.sums) {
      if (delta.row != row) continue;
      if (delta.minute < range.end) before += delta.amount;
      if (delta.minute >= range.begin && delta.minute < range.end) inside += delta.amount;
    }
    ASSERT_TRUE(table.Sum(row, range) == inside);
    ASSERT_TRUE(table.Sum(row, {kMinuteMin, range.end}) == before);
  }
}

TEST_P(CellLaws, QuantilesAreWithinOnePerCentOfSortedData) {
  RandomFacts random(seed());
  const DeltaBatch batch = random.Batch(500);
  const CellTable table = TableOf({batch});
  for (int i = 0; i < 30; ++i) {
    const MinuteRange range = random.AnyRange();
    std::vector<int64_t> sorted;
    Int128 sum = 0;
    for (const DurationDelta& delta : batch.durations) {
      if (delta.row != kFirstDurationRow) continue;
      if (delta.minute < range.begin || delta.minute >= range.end) continue;
      sorted.push_back(delta.duration_micros);
      sum += delta.duration_micros;
    }
    std::sort(sorted.begin(), sorted.end());
    const DurationSummary summary = table.Durations(kFirstDurationRow, range);
    ASSERT_EQ(summary.count, static_cast<int64_t>(sorted.size()));
    ASSERT_TRUE(summary.sum_micros == sum);
    if (sorted.empty()) continue;
    for (const double q : {0.0, 0.1, 0.5, 0.9, 0.99, 1.0}) {
      const double position = std::ceil(q * static_cast<double>(sorted.size()));
      const size_t rank = std::max<size_t>(1, static_cast<size_t>(position));
      const double exact = static_cast<double>(sorted[rank - 1]) / 1e6;
      ASSERT_NEAR(summary.Quantile(q), exact, exact * 0.01) << q;
    }
  }
}

TEST_P(CellLaws, LastOutcomesEqualTheEndOfTheSortedSequence) {
  RandomFacts random(seed());
  const DeltaBatch batch = random.Batch(300);
  const CellTable table = TableOf({batch});
  std::vector<OutcomeDelta> sorted;
  for (const OutcomeDelta& delta : batch.outcomes) {
    if (delta.row == kFirstOutcomeRow) sorted.push_back(delta);
  }
  std::sort(sorted.begin(), sorted.end(), [](const OutcomeDelta& a, const OutcomeDelta& b) {
    return std::tuple(a.time_micros, a.entity, a.success) <
           std::tuple(b.time_micros, b.entity, b.success);
  });
  for (int i = 0; i < 100; ++i) {
    const Minute end = random.AnyMinute();
    const int64_t n = random.Uniform(1, 200);
    OutcomeCount expected;
    for (auto at = sorted.rbegin(); at != sorted.rend() && expected.count < n; ++at) {
      if (MinuteOf(at->time_micros) >= end) continue;
      ++expected.count;
      if (at->success) ++expected.successes;
    }
    const OutcomeCount last = table.Last(kFirstOutcomeRow, n, end);
    ASSERT_EQ(last.count, expected.count);
    ASSERT_EQ(last.successes, expected.successes);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, CellLaws, testing::Range(1, 13));

}  // namespace
}  // namespace takt
