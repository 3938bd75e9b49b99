#include "engine/journal/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/journal/journal_fixture.h"

namespace takt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class JournalTest : public ::testing::Test, protected JournalFixture {};

std::vector<std::string> DealsBelow(int count) {
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) ids.push_back(absl::StrCat("D", i));
  return ids;
}

TEST_F(JournalTest, AnEmptyFolderIsAnEmptyJournal) {
  const ReadBack back = Restart();
  EXPECT_TRUE(back.status.ok()) << back.status;
  EXPECT_THAT(back.ids, IsEmpty());
  EXPECT_THAT(back.positions, IsEmpty());
}

TEST_F(JournalTest, NothingIsAppendedBeforeTheReplayIsDone) {
  MemoryJournalFiles files(shared_disk());
  auto journal = Journal::Open(files, DealDictionary(), options(), clock());
  ASSERT_TRUE(journal.ok());
  EXPECT_EQ((*journal)->Append({}).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(JournalTest, WhatWasAppendedIsReadBackInOrderWithItsPositions) {
  ASSERT_TRUE(Restart().status.ok());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(AppendDeal(i).ok());
  const std::vector<JournalPosition> other = {PositionAt(40, 3)};
  ASSERT_TRUE(journal().Append({other, {}, 0}).ok());
  const ReadBack back = Restart();
  EXPECT_EQ(back.ids, DealsBelow(5));
  EXPECT_THAT(back.positions, UnorderedElementsAre(PositionAt(5), PositionAt(40, 3)));
  EXPECT_THAT(back.cut_message, IsEmpty());
}

TEST_F(JournalTest, ReplayProgressGoesFromNothingToAll) {
  ASSERT_TRUE(Restart().status.ok());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(AppendDeal(i).ok());
  MemoryJournalFiles files(shared_disk());
  auto journal = Journal::Open(files, DealDictionary(), options(), clock());
  ASSERT_TRUE(journal.ok());
  EXPECT_EQ((*journal)->ReplayProgress(), 0);
  ReplayedBlock block;
  double before = 0;
  while (*(*journal)->ReplayNext(&block)) {
    EXPECT_GT((*journal)->ReplayProgress(), before);
    before = (*journal)->ReplayProgress();
  }
  EXPECT_EQ((*journal)->ReplayProgress(), 1);
}

TEST_F(JournalTest, SegmentsRollAndEachCanBeReadAlone) {
  options().segment_bytes_max = 300;
  ASSERT_TRUE(Restart().status.ok());
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(AppendDeal(i).ok());
  EXPECT_GT(journal().Counts().segments, 3u);
  for (const auto& [name, bytes] : disk().Files()) {
    const FoundBlock head = FindBlock(bytes);
    ASSERT_EQ(head.state, BlockState::kValid) << name;
    BlockBody body;
    ASSERT_TRUE(DecodeBody(head.body, &body));
    EXPECT_TRUE(body.Has(kHeadSection) && body.Has(kDictionarySection)) << name;
  }
  const ReadBack back = Restart();
  EXPECT_EQ(back.ids, DealsBelow(40));
  EXPECT_THAT(back.positions, ElementsAre(PositionAt(40)));
}

TEST_F(JournalTest, AppendingGoesOnInTheSameSegmentAfterARestart) {
  ASSERT_TRUE(Restart().status.ok());
  ASSERT_TRUE(AppendDeal(0).ok());
  ASSERT_TRUE(Restart().status.ok());
  ASSERT_TRUE(AppendDeal(1).ok());
  EXPECT_EQ(disk().Files().size(), 1u);
  EXPECT_EQ(Restart().ids, DealsBelow(2));
}

TEST_F(JournalTest, AMissingSegmentIsDataLossAndNamed) {
  options().segment_bytes_max = 300;
  ASSERT_TRUE(Restart().status.ok());
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(AppendDeal(i).ok());
  MemoryJournalFiles(shared_disk()).Remove("0000000002.journal").IgnoreError();
  const absl::Status status = Restart().status;
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("segment 2 is missing"));
}

TEST_F(JournalTest, FilesOfOthersAreLeftAlone) {
  disk().Put("notes.txt", "hello");
  ASSERT_TRUE(Restart().status.ok());
  ASSERT_TRUE(AppendDeal(0).ok());
  EXPECT_EQ(Restart().ids, DealsBelow(1));
  EXPECT_EQ(disk().Files().at("notes.txt"), "hello");
}

TEST_F(JournalTest, AFullDiskLeavesNoTraceAndGoesOnWhenThereIsSpace) {
  ASSERT_TRUE(Restart().status.ok());
  ASSERT_TRUE(AppendDeal(0).ok());
  const std::map<std::string, std::string> before = disk().Files();
  const uint64_t used = before.begin()->second.size();
  // Every size of what still fits, from nothing to all but one byte.
  uint64_t next_block_bytes = 0;
  {
    ASSERT_TRUE(AppendDeal(1).ok());
    next_block_bytes = disk().Files().begin()->second.size() - used;
    disk().Put(before.begin()->first, before.begin()->second);
    ASSERT_TRUE(Restart().status.ok());
  }
  for (uint64_t fits = 0; fits < next_block_bytes; ++fits) {
    disk().SetCapacityBytes(used + fits);
    EXPECT_EQ(AppendDeal(1).code(), absl::StatusCode::kResourceExhausted) << fits;
    EXPECT_EQ(disk().Files(), before) << fits;
  }
  EXPECT_THAT(journal().Counts().error, HasSubstr("disk full"));
  disk().SetCapacityBytes(UINT64_MAX);
  EXPECT_TRUE(AppendDeal(1).ok());
  EXPECT_THAT(journal().Counts().error, IsEmpty());
  EXPECT_EQ(Restart().ids, DealsBelow(2));
}

TEST_F(JournalTest, APositionOfAFailedAppendIsNeverWrittenByALaterOne) {
  ASSERT_TRUE(Restart().status.ok());
  disk().SetCapacityBytes(0);
  EXPECT_FALSE(AppendDeal(99).ok());
  disk().SetCapacityBytes(UINT64_MAX);
  const std::vector<JournalPosition> other = {PositionAt(7, 1)};
  ASSERT_TRUE(journal().Append({other, {}, 0}).ok());
  EXPECT_THAT(Restart().positions, ElementsAre(PositionAt(7, 1)));
}

TEST_F(JournalTest, ANewPartitionOfAFailedAppendTakesNoNumber) {
  ASSERT_TRUE(Restart().status.ok());
  ASSERT_TRUE(AppendDeal(0).ok());
  disk().SetCapacityBytes(0);
  const std::vector<JournalPosition> failed = {PositionAt(5, 1), PositionAt(5, 3)};
  EXPECT_FALSE(journal().Append({failed, {}, 0}).ok());
  disk().SetCapacityBytes(UINT64_MAX);
  const std::vector<JournalPosition> of_another = {PositionAt(7, 8)};
  ASSERT_TRUE(journal().Append({of_another, {}, 0}).ok());
  const std::vector<JournalPosition> again = {PositionAt(5, 1), PositionAt(6, 2), PositionAt(5, 3)};
  ASSERT_TRUE(journal().Append({again, {}, 0}).ok());
  const ReadBack back = Restart();
  EXPECT_TRUE(back.status.ok()) << back.status;
  EXPECT_THAT(back.positions,
              UnorderedElementsAre(PositionAt(1), PositionAt(5, 1), PositionAt(6, 2),
                                   PositionAt(5, 3), PositionAt(7, 8)));
}

TEST_F(JournalTest, ATornAppendThatCannotBeCutIsCutBeforeTheNext) {
  ASSERT_TRUE(Restart().status.ok());
  ASSERT_TRUE(AppendDeal(0).ok());
  disk().SetCapacityBytes(disk().Files().begin()->second.size() + 5);
  disk().FailTruncations(true);
  EXPECT_FALSE(AppendDeal(1).ok());
  disk().SetCapacityBytes(UINT64_MAX);
  EXPECT_FALSE(AppendDeal(1).ok());
  disk().FailTruncations(false);
  EXPECT_TRUE(AppendDeal(1).ok());
  EXPECT_EQ(Restart().ids, DealsBelow(2));
}

TEST_F(JournalTest, WhatAFailedSyncLeftInDoubtIsCutOffAndReadAgain) {
  ASSERT_TRUE(Restart().status.ok());
  ASSERT_TRUE(AppendDeal(0).ok());
  ASSERT_TRUE(journal().Sync().ok());
  ASSERT_TRUE(AppendDeal(1).ok());
  disk().FailSyncs(true);
  EXPECT_FALSE(journal().Sync().ok());
  EXPECT_FALSE(AppendDeal(2).ok());
  EXPECT_THAT(journal().Counts().error, HasSubstr("opened anew"));
  EXPECT_FALSE(journal().Sync().ok());
  EXPECT_FALSE(journal().Counts().is_cut) << "the cut is not safe either";
  disk().FailSyncs(false);
  EXPECT_FALSE(journal().Sync().ok());
  EXPECT_TRUE(journal().Counts().is_cut);
  EXPECT_FALSE(AppendDeal(2).ok()) << "memory knows more than the journal";
  const ReadBack back = Restart();
  EXPECT_EQ(back.ids, DealsBelow(1));
  EXPECT_EQ(back.positions, std::vector<JournalPosition>{PositionAt(1)});
  EXPECT_EQ(back.cut_message, "");
  EXPECT_TRUE(AppendDeal(1).ok());
  EXPECT_TRUE(journal().Sync().ok());
}

TEST_F(JournalTest, AFailedFirstSyncCutsNothingThatWasThereBefore) {
  ASSERT_TRUE(Restart().status.ok());
  ASSERT_TRUE(AppendDeal(0).ok());
  ASSERT_TRUE(Restart().status.ok());
  ASSERT_TRUE(AppendDeal(1).ok());
  disk().FailSyncs(true);
  EXPECT_FALSE(journal().Sync().ok());
  disk().FailSyncs(false);
  EXPECT_FALSE(journal().Sync().ok());
  EXPECT_EQ(Restart().ids, DealsBelow(1));
}

TEST_F(JournalTest, ASealThatFailsIsMendedLikewise) {
  options().segment_bytes_max = 400;
  ASSERT_TRUE(Restart().status.ok());
  int number = 0;
  while (journal().Counts().bytes < 390) ASSERT_TRUE(AppendDeal(number++).ok());
  disk().FailSyncs(true);
  while (AppendDeal(number).ok()) ++number;
  disk().FailSyncs(false);
  EXPECT_FALSE(journal().Sync().ok());
  ASSERT_TRUE(journal().Counts().is_cut);
  EXPECT_THAT(Restart().ids, ::testing::IsEmpty()) << "nothing was ever synced";
  EXPECT_TRUE(AppendDeal(0).ok());
  EXPECT_EQ(Restart().ids, DealsBelow(1));
}

TEST_F(JournalTest, TheAgeOfTheLastSyncCountsFromTheOldestUnsafeByte) {
  ASSERT_TRUE(Restart().status.ok());
  EXPECT_EQ(journal().Counts().since_sync, absl::ZeroDuration());
  ASSERT_TRUE(AppendDeal(0).ok());
  clock().Advance(absl::Seconds(2));
  ASSERT_TRUE(AppendDeal(1).ok());
  EXPECT_EQ(journal().Counts().since_sync, absl::Seconds(2));
  ASSERT_TRUE(journal().Sync().ok());
  EXPECT_EQ(journal().Counts().since_sync, absl::ZeroDuration());
}

TEST_F(JournalTest, SyncsBesideAppendsOfTwoReadersLoseNothing) {
  options().segment_bytes_max = 2000;
  ASSERT_TRUE(Restart().status.ok());
  std::atomic<bool> done{false};
  std::thread syncing([&] {
    while (!done.load()) EXPECT_TRUE(journal().Sync().ok());
  });
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 2; ++reader) {
    readers.emplace_back([&, reader] {
      for (int i = 0; i < 300; ++i) EXPECT_TRUE(AppendDeal(2 * i + reader).ok());
    });
  }
  for (std::thread& reader : readers) reader.join();
  done = true;
  syncing.join();
  ASSERT_TRUE(journal().Sync().ok());
  disk().Crash([](const std::string&) { return std::string(); });
  const ReadBack back = Restart();
  ASSERT_TRUE(back.status.ok()) << back.status;
  EXPECT_EQ(back.ids.size(), 600u);
}

TEST_F(JournalTest, AnotherCurrencyIsAClearStop) {
  ASSERT_TRUE(Restart().status.ok());
  ASSERT_TRUE(AppendDeal(0).ok());
  JournalDictionary dollars = DealDictionary();
  dollars.currency = "USD";
  const absl::Status status = Restart(dollars).status;
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("money.report_in"));
}

TEST_F(JournalTest, ANewDictionaryIsWrittenOnceAndHoldsFromThereOn) {
  ASSERT_TRUE(Restart().status.ok());
  ASSERT_TRUE(AppendDeal(0).ok());
  JournalDictionary wider = DealDictionary();
  wider.objects.push_back({.name = "lead", .fields = {{"status", FieldType::kText}}});
  ASSERT_TRUE(Restart(wider).status.ok());
  ASSERT_TRUE(AppendDeal(1).ok());
  ASSERT_TRUE(AppendDeal(2).ok());

  MemoryJournalFiles files(shared_disk());
  auto journal = Journal::Open(files, wider, options(), clock());
  ASSERT_TRUE(journal.ok());
  ReplayedBlock block;
  std::vector<size_t> objects;
  while (*(*journal)->ReplayNext(&block)) objects.push_back(block.dictionary->objects.size());
  EXPECT_THAT(objects, ElementsAre(1, 2, 2));
}

TEST_F(JournalTest, SixtyFourTypicalChangesTakeLessThanSixtyBytesEach) {
  ASSERT_TRUE(Restart().status.ok());
  ASSERT_TRUE(AppendDeal(0).ok());
  const uint64_t before = journal().Counts().bytes_appended;
  std::string bytes;
  for (int i = 0; i < 64; ++i) {
    Change change;
    const std::string id = absl::StrCat("0061x00000AbCd", 1000 + i);
    change.id = id;
    change.time = {1767225600000000 + i * 7919000};
    change.identity = 0x9e3779b97f4a7c15u + static_cast<uint64_t>(i);
    change.fields = {{0, Value::Text("proposal")}, {1, Value::Integer(1250000)}};
    EncodeChange(change, &bytes);
  }
  const std::vector<JournalPosition> positions = {PositionAt(100)};
  const std::vector<absl::string_view> pieces = {bytes};
  ASSERT_TRUE(journal().Append({positions, pieces, 64}).ok());
  const uint64_t per_change = (journal().Counts().bytes_appended - before) / 64;
  RecordProperty("bytes_per_change", static_cast<int>(per_change));
  EXPECT_LE(per_change, 60u);
}

}  // namespace
}  // namespace takt
