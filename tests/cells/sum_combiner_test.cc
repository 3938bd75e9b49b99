#include "engine/cells/sum_combiner.h"

#include <cstdint>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace takt {
namespace {

using Sums = std::map<std::pair<uint32_t, Minute>, __int128>;

void AddTo(const std::vector<SumDelta>& deltas, Sums& sums) {
  for (const SumDelta& delta : deltas) {
    __int128& sum = sums[{delta.row, delta.minute}];
    sum += delta.amount;
    if (sum == 0) sums.erase({delta.row, delta.minute});
  }
}

TEST(SumCombiner, MakesOneOfEqualPanes) {
  SumCombiner combiner;
  std::vector<SumDelta> out;
  combiner.Add({{1, 10, 5}, {1, 10, 7}, {1, 10, -2}}, out);
  EXPECT_TRUE(out.empty());
  combiner.Flush(out);
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].amount, 10);
  EXPECT_TRUE(combiner.empty());
}

TEST(SumCombiner, SendsNothingWhereNothingIsLeft) {
  SumCombiner combiner;
  std::vector<SumDelta> out;
  combiner.Add({{1, 10, 5}, {1, 10, -5}}, out);
  combiner.Flush(out);
  EXPECT_TRUE(out.empty());
}

TEST(SumCombiner, KeepsWhatDoesNotFitIntoOneDelta) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  SumCombiner combiner;
  std::vector<SumDelta> out;
  combiner.Add({{1, 10, kMost}, {1, 10, kMost}}, out);
  combiner.Flush(out);
  Sums sums;
  AddTo(out, sums);
  EXPECT_TRUE((sums[{1, 10}] == static_cast<__int128>(kMost) * 2));
}

// More panes than it has room for: what comes out is what went in.
TEST(SumCombiner, LosesNothingWhenPanesMakeRoom) {
  SumCombiner combiner;
  std::vector<SumDelta> in;
  uint64_t state = 1;
  for (int i = 0; i < 50'000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    in.push_back({static_cast<uint32_t>(state >> 60), static_cast<Minute>(state >> 40 & 1023),
                  static_cast<int64_t>(state >> 33 & 7) - 3});
  }
  std::vector<SumDelta> out;
  for (size_t at = 0; at < in.size(); at += 1000) {
    combiner.Add(absl::MakeConstSpan(in).subspan(at, 1000), out);
  }
  combiner.Flush(out);
  Sums expected;
  Sums found;
  AddTo(in, expected);
  AddTo(out, found);
  EXPECT_TRUE(found == expected);
  EXPECT_LT(out.size(), in.size());
}

}  // namespace
}  // namespace takt
