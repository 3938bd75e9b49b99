#include "engine/time/watermark.h"

#include <gtest/gtest.h>

namespace takt {
namespace {

using Reason = Watermarks::Reason;

absl::Time At(int minute) {
  return absl::UnixEpoch() + absl::Hours(500000) + absl::Minutes(minute);
}

class WatermarksTest : public testing::Test {
 protected:
  void ExpectNow(absl::Time wall, std::optional<absl::Time> now, int holder, Reason reason) {
    const Watermarks::View view = marks_.Now(wall);
    EXPECT_EQ(view.now, now);
    EXPECT_EQ(view.holder.partition, holder);
    EXPECT_EQ(ReasonName(view.holder.reason), ReasonName(reason));
  }
  Watermarks marks_{absl::Minutes(5)};
};

TEST_F(WatermarksTest, IsUndefinedWithoutPartitions) {
  ExpectNow(At(0), std::nullopt, -1, Reason::kSilent);
}

TEST_F(WatermarksTest, IsUndefinedUntilEveryPartitionHasSpoken) {
  const int a = marks_.AddPartition();
  const int b = marks_.AddPartition();
  marks_.Advance(a, At(10));
  ExpectNow(At(60), std::nullopt, b, Reason::kSilent);
  marks_.Advance(b, At(20));
  ExpectNow(At(60), At(5), a, Reason::kLatestEvent);
}

TEST_F(WatermarksTest, SilenceIsNoProofOfIdleness) {
  const int a = marks_.AddPartition();
  marks_.Advance(a, At(10));
  ExpectNow(At(10), At(5), a, Reason::kLatestEvent);
  ExpectNow(At(10000), At(5), a, Reason::kLatestEvent);
}

TEST_F(WatermarksTest, OlderEventsDoNotMoveAMarkBack) {
  const int a = marks_.AddPartition();
  marks_.Advance(a, At(30));
  marks_.Advance(a, At(10));
  EXPECT_EQ(marks_.Mark(a), At(25));
}

TEST_F(WatermarksTest, IdlePartitionFollowsTheWallClock) {
  const int a = marks_.AddPartition();
  const int b = marks_.AddPartition();
  marks_.Advance(a, At(30));
  marks_.SetIdle(b, true);
  ExpectNow(At(20), At(20), b, Reason::kIdle);
  ExpectNow(At(40), At(25), a, Reason::kLatestEvent);
  marks_.SetIdle(a, true);
  ExpectNow(At(50), At(50), a, Reason::kIdle);
}

TEST_F(WatermarksTest, EndOfIdlenessKeepsWhatWasReached) {
  const int a = marks_.AddPartition();
  marks_.SetIdle(a, true);
  ExpectNow(At(50), At(50), a, Reason::kIdle);
  marks_.SetIdle(a, false);
  marks_.Advance(a, At(51));
  ExpectNow(At(60), At(50), a, Reason::kLatestEvent);
  marks_.Advance(a, At(58));
  ExpectNow(At(60), At(53), a, Reason::kLatestEvent);
}

TEST_F(WatermarksTest, FinishedSourceFollowsTheWallClockForGood) {
  const int a = marks_.AddPartition();
  marks_.Advance(a, At(10));
  marks_.SetFinished(a);
  marks_.SetIdle(a, false);
  ExpectNow(At(70), At(70), a, Reason::kFinished);
}

TEST_F(WatermarksTest, WallClockSetBackDoesNotMoveNowBack) {
  const int a = marks_.AddPartition();
  marks_.SetIdle(a, true);
  ExpectNow(At(50), At(50), a, Reason::kIdle);
  ExpectNow(At(20), At(50), a, Reason::kIdle);
}

TEST_F(WatermarksTest, NewPartitionHoldsNowWhereItStands) {
  const int a = marks_.AddPartition();
  marks_.SetIdle(a, true);
  ExpectNow(At(50), At(50), a, Reason::kIdle);
  const int b = marks_.AddPartition();
  ExpectNow(At(60), At(50), b, Reason::kSilent);
  marks_.Advance(b, At(40));
  ExpectNow(At(61), At(50), b, Reason::kLatestEvent);
  marks_.Advance(b, At(62));
  ExpectNow(At(62), At(57), b, Reason::kLatestEvent);
}

TEST_F(WatermarksTest, TheLowestOfEqualPartitionsHolds) {
  const int a = marks_.AddPartition();
  const int b = marks_.AddPartition();
  marks_.Advance(b, At(10));
  marks_.Advance(a, At(10));
  ExpectNow(At(60), At(5), a, Reason::kLatestEvent);
}

TEST(WatermarksDeathTest, AnUnknownPartitionIsOurFault) {
  Watermarks marks(absl::ZeroDuration());
  EXPECT_DEATH(marks.Advance(0, At(1)), "unknown partition");
}

}  // namespace
}  // namespace takt
