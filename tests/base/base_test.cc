#include <gtest/gtest.h>

#include <set>
#include <string>

#include "engine/base/check.h"
#include "engine/base/clock.h"
#include "engine/base/hash.h"
#include "engine/base/status_macros.h"

namespace takt {
namespace {

TEST(HashTest, IsTheSameEverywhere) {
  // Stored in journals and compared between replicas: these never change.
  EXPECT_EQ(StableHash(""), UINT64_C(14520668005365239711));
  EXPECT_EQ(StableHash("a"), UINT64_C(6923560171855774181));
  EXPECT_EQ(StableHash("opportunity-0042"), UINT64_C(13444164775272280765));
  EXPECT_EQ(StableHash("a", 7), UINT64_C(3217352563936347451));
}

TEST(HashTest, DiffersByLengthOrderAndSeed) {
  std::set<uint64_t> hashes;
  int inputs = 0;
  for (size_t size = 0; size < 40; ++size) {
    for (const uint64_t seed : {uint64_t{0}, uint64_t{1}}) {
      hashes.insert(StableHash(std::string(size, '\0'), seed));
      ++inputs;
    }
  }
  for (const char* text : {"ab", "ba", "abcdefgh1", "1abcdefgh", "abcdefghabcdefgi"}) {
    hashes.insert(StableHash(text));
    ++inputs;
  }
  EXPECT_EQ(hashes.size(), inputs);
}

TEST(ManualClockTest, MovesOnlyWhenTold) {
  const absl::Time start = absl::FromUnixSeconds(1'768'910'400);
  ManualClock clock(start);
  EXPECT_EQ(clock.Now(), start);
  clock.Advance(absl::Seconds(5));
  clock.SleepFor(absl::Milliseconds(500));
  EXPECT_EQ(clock.Now(), start + absl::Milliseconds(5500));
  EXPECT_EQ(clock.Monotonic(), absl::Milliseconds(5500));
}

TEST(ManualClockTest, WallClockThatIsSetBackLeavesMonotonicTimeAlone) {
  ManualClock clock(absl::FromUnixSeconds(1000));
  clock.Advance(absl::Seconds(5));
  clock.SetWall(absl::FromUnixSeconds(10));
  EXPECT_EQ(clock.Now(), absl::FromUnixSeconds(10));
  EXPECT_EQ(clock.Monotonic(), absl::Seconds(5));
}

TEST(SystemClockTest, MonotonicTimeDoesNotGoBack) {
  const SystemClock clock;
  const absl::Duration first = clock.Monotonic();
  EXPECT_GE(clock.Monotonic(), first);
  EXPECT_GT(clock.Now(), absl::FromUnixSeconds(1'600'000'000));
}

absl::StatusOr<int> Half(int value) {
  if (value % 2 != 0) return absl::InvalidArgumentError("odd");
  return value / 2;
}

absl::StatusOr<int> Quarter(int value) {
  TAKT_ASSIGN_OR_RETURN(const int half, Half(value));
  TAKT_ASSIGN_OR_RETURN(const int quarter, Half(half));
  TAKT_RETURN_IF_ERROR(quarter > 100 ? absl::ResourceExhaustedError("large") : absl::OkStatus());
  return quarter;
}

TEST(StatusMacrosTest, ReturnTheFirstError) {
  EXPECT_EQ(Quarter(8).value(), 2);
  EXPECT_EQ(Quarter(7).status().message(), "odd");
  EXPECT_EQ(Quarter(6).status().message(), "odd");
  EXPECT_EQ(Quarter(4000).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(CheckDeathTest, ABrokenConditionEndsTheProcessWithItsText) {
  TAKT_CHECK(1 + 1 == 2, "arithmetic holds");
  EXPECT_DEATH(TAKT_CHECK(1 + 1 == 3, "arithmetic broke"),
               "base_test.cc:.* broken condition: 1 \\+ 1 == 3 \\(arithmetic broke\\)");
}

}  // namespace
}  // namespace takt
