#include "connectors/kafka/partition_reader.h"

#include <gtest/gtest.h>

namespace takt {
namespace {

Record At(int64_t offset, absl::string_view value) {
  Record record;
  record.offset = offset;
  record.next_offset = offset + 1;
  record.record_time_micros = 1000 + offset;
  record.has_value = true;
  record.value = value;
  return record;
}

Position After(int64_t offset, absl::string_view value) {
  return {.topic = "topic",
          .next_offset = offset + 1,
          .last_offset = offset,
          .last_checksum = RecordChecksum("", value)};
}

using Verdict = PartitionReader::Verdict;
using Doubt = PartitionReader::Doubt;

TEST(PartitionReader, StartsAtTheBeginningWithoutAPosition) {
  PartitionReader reader("topic", 0);
  EXPECT_EQ(reader.StartOffset(), -1);
  EXPECT_EQ(reader.Hear(At(17, "a")), Verdict::kDeliver);
  EXPECT_EQ(reader.next_offset(), 18);
}

TEST(PartitionReader, APositionBeforeTheFirstRecordIsNoPosition) {
  PartitionReader reader("topic", 0);
  reader.Resume({.topic = "topic", .next_offset = 0});
  EXPECT_EQ(reader.StartOffset(), -1);
}

TEST(PartitionReader, HearsTheLastRecordAgainAndGoesOnAfterIt) {
  PartitionReader reader("topic", 0);
  reader.Resume(After(5, "five"));
  EXPECT_EQ(reader.StartOffset(), 5);
  EXPECT_EQ(reader.Hear(At(5, "five")), Verdict::kSkip);
  EXPECT_EQ(reader.Hear(At(6, "six")), Verdict::kDeliver);
  EXPECT_EQ(reader.doubt(), Doubt::kNone);
}

TEST(PartitionReader, AnotherRecordAtTheLastOffsetIsDataLoss) {
  PartitionReader reader("topic", 3);
  reader.Resume(After(5, "five"));
  EXPECT_EQ(reader.Hear(At(5, "FIVE")), Verdict::kAnotherRecord);
  EXPECT_TRUE(absl::IsDataLoss(reader.AnotherRecord()));
  EXPECT_EQ(reader.AnotherRecord().message().find("topic 'topic' partition 3"), 0U);
  EXPECT_NE(reader.AnotherRecord().message().find("Ways out"), std::string::npos);
}

TEST(PartitionReader, AGoneLastRecordIsADoubtThatThePolicyResolves) {
  PartitionReader reader("topic", 0);
  reader.Resume(After(5, "five"));
  EXPECT_EQ(reader.Hear(At(8, "eight")), Verdict::kSkip);
  EXPECT_EQ(reader.doubt(), Doubt::kLastRecordGone);
  EXPECT_EQ(reader.Hear(At(9, "nine")), Verdict::kSkip) << "nothing is delivered in doubt";
  PartitionReader not_compacted = reader;
  EXPECT_TRUE(absl::IsDataLoss(not_compacted.JudgeGoneRecord(/*compacted=*/false)));
  EXPECT_TRUE(reader.JudgeGoneRecord(/*compacted=*/true).ok());
  EXPECT_EQ(reader.StartOffset(), 6);
  EXPECT_EQ(reader.Hear(At(8, "eight")), Verdict::kDeliver);
}

TEST(PartitionReader, SkipsWhatWasReadBeforeWhenMarkersLieBetween) {
  // The last record was 5, then came markers of transactions up to 8.
  PartitionReader reader("topic", 0);
  Position position = After(5, "five");
  position.next_offset = 9;
  reader.Resume(position);
  EXPECT_EQ(reader.Hear(At(5, "five")), Verdict::kSkip);
  EXPECT_EQ(reader.Hear(At(9, "nine")), Verdict::kDeliver);
}

TEST(PartitionReader, TheEndMovesThePositionOverMarkers) {
  PartitionReader reader("topic", 0);
  EXPECT_EQ(reader.Hear(At(0, "a")), Verdict::kDeliver);
  reader.HearEnd(4);
  EXPECT_EQ(reader.next_offset(), 4);
  EXPECT_EQ(reader.end_reached(), 4);
  EXPECT_EQ(reader.Hear(At(4, "b")), Verdict::kDeliver);
  EXPECT_EQ(reader.end_reached(), -1) << "a record ends the proof";
}

TEST(PartitionReader, AnEndBeforeThePositionIsADoubtThatTheRangeResolves) {
  PartitionReader reader("topic", 0);
  reader.Resume(After(5, "five"));
  reader.HearEnd(3);
  EXPECT_EQ(reader.doubt(), Doubt::kOutOfRange);
  EXPECT_TRUE(reader.EndsEarly({.low = 0, .high = 3}));
  EXPECT_TRUE(absl::IsDataLoss(reader.Judge({.low = 0, .high = 3})));
  EXPECT_TRUE(reader.Judge({.low = 0, .high = 6}).ok()) << "it was a passing state of the broker";
  EXPECT_EQ(reader.StartOffset(), 5);
}

struct RangeCase {
  const char* name;
  OffsetRange range;
  bool lost;
  int64_t start;
};

class PartitionReaderRange : public testing::TestWithParam<RangeCase> {};

TEST_P(PartitionReaderRange, IsJudged) {
  PartitionReader reader("topic", 0);
  reader.Resume(After(9, "nine"));
  reader.HearOutOfRange();
  EXPECT_EQ(absl::IsDataLoss(reader.Judge(GetParam().range)), GetParam().lost);
  EXPECT_EQ(GetParam().lost ? 0 : reader.StartOffset(), GetParam().start);
}

INSTANTIATE_TEST_SUITE_P(Ranges, PartitionReaderRange,
                         testing::Values(RangeCase{"WholeIsThere", {0, 20}, false, 9},
                                         RangeCase{"LastReadIsTheFirstThere", {9, 20}, false, 9},
                                         RangeCase{"OnlyReadRecordsAreGone", {10, 20}, false, 10},
                                         RangeCase{"AllReadAndAllGone", {10, 10}, false, 10},
                                         RangeCase{"OneUnreadRecordIsGone", {11, 20}, true, 0},
                                         RangeCase{"EndsAtThePosition", {0, 10}, false, 9},
                                         RangeCase{"EndsBeforeThePosition", {0, 9}, true, 0},
                                         RangeCase{"EmptyFromZero", {0, 0}, true, 0}),
                         [](const auto& info) { return info.param.name; });

TEST(PartitionReader, AfterAnOutageTheLastRecordIsKnownByTimeAndSize) {
  PartitionReader reader("topic", 0);
  EXPECT_FALSE(reader.Recheck()) << "nothing was read";
  EXPECT_EQ(reader.Hear(At(0, "a")), Verdict::kDeliver);
  EXPECT_TRUE(reader.Recheck());
  EXPECT_EQ(reader.StartOffset(), 0);
  EXPECT_EQ(reader.Hear(At(0, "a")), Verdict::kSkip);
  EXPECT_EQ(reader.Hear(At(1, "b")), Verdict::kDeliver);
  ASSERT_TRUE(reader.Recheck());
  Record later = At(1, "b");
  later.record_time_micros += 1000;
  EXPECT_EQ(reader.Hear(later), Verdict::kAnotherRecord);
}

}  // namespace
}  // namespace takt
