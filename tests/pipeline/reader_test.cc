// What a reader promises, seen through a pipeline that is stepped by hand.
#include "engine/pipeline/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "absl/strings/match.h"
#include "tests/pipeline/world.h"

namespace takt {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ReaderTest : public ::testing::Test {
 protected:
  void Start(const Shape& shape = {}) {
    pipeline_.reset();
    auto made = Pipeline::Create(PartsOf(world_, disk_, clock_, shape));
    ASSERT_TRUE(made.ok()) << made.status();
    pipeline_ = *std::move(made);
    ASSERT_TRUE(pipeline_->RestoreAll().ok());
  }
  ReaderStep Step() { return pipeline_->StepReader(0, absl::ZeroDuration()); }
  // Positions alone are journalled once a second.
  void StepLater() {
    clock_.Advance(absl::Seconds(2));
    Step();
  }
  PartitionStatus Partition() { return pipeline_->Status().partitions.at(0); }
  SourceStatus SourceOf() { return pipeline_->Status().sources.at(0); }

  World world_{1};
  std::shared_ptr<MemoryDisk> disk_ = std::make_shared<MemoryDisk>();
  ManualClock clock_{kNewYear + absl::Hours(24 * 30)};
  std::unique_ptr<Pipeline> pipeline_;
};

uint64_t DeadLettered(const PartitionStatus& at) {
  return std::accumulate(at.dead_lettered.begin(), at.dead_lettered.end(), uint64_t{0});
}

TEST_F(ReaderTest, EveryRecordIsAdmittedFilteredOrADeadLetter) {
  world_.Put(0, "deal D1 1 record amount=5");
  world_.Put(0, "bad");
  world_.Put(0, "skip");
  world_.Put(0, "");
  world_.partitions[0].push_back({std::nullopt, {}});  // tombstone
  world_.partitions[0].push_back({"x", {{"takt-too-large", "99"}}});
  world_.Put(0, "order O1 1 record");                             // unknown object
  world_.Put(0, "deal D2 1 record;deal D3 1 record amount=abc");  // whole or not at all
  world_.Put(0, "deal D4 1 record;deal D5 1 record");
  Start();
  Step();
  const PartitionStatus at = Partition();
  EXPECT_EQ(at.polled, 9u);
  EXPECT_EQ(at.admitted, 2u);
  EXPECT_EQ(at.changes_admitted, 3u);
  EXPECT_EQ(at.filtered, 2u);
  EXPECT_EQ(at.tombstones, 1u);
  EXPECT_EQ(DeadLettered(at), 5u);
  EXPECT_EQ(at.polled, at.admitted + at.filtered + DeadLettered(at));
  EXPECT_EQ(at.dead_lettered[static_cast<size_t>(Reason::kMalformed)], 1u);
  EXPECT_EQ(at.dead_lettered[static_cast<size_t>(Reason::kEmptyValue)], 1u);
  EXPECT_EQ(at.dead_lettered[static_cast<size_t>(Reason::kTooLarge)], 1u);
  EXPECT_EQ(at.dead_lettered[static_cast<size_t>(Reason::kUnknownObject)], 1u);
  EXPECT_EQ(at.dead_lettered[static_cast<size_t>(Reason::kBadNumber)], 1u);
  EXPECT_EQ(world_.letters.size(), 5u);
}

TEST_F(ReaderTest, ATombstoneIsADeadLetterWhereThePolicySaysSo) {
  world_.partitions[0].push_back({std::nullopt, {}});
  EngineParts parts = PartsOf(world_, disk_, clock_);
  parts.sources[0].settings.tombstones = TombstonePolicy::kDeadLetter;
  pipeline_ = *Pipeline::Create(std::move(parts));
  ASSERT_TRUE(pipeline_->RestoreAll().ok());
  Step();
  EXPECT_EQ(Partition().dead_lettered[static_cast<size_t>(Reason::kEmptyValue)], 1u);
  EXPECT_EQ(Partition().filtered, 0u);
}

TEST_F(ReaderTest, APositionIsFinalOnlyBehindAcknowledgedLetters) {
  world_.acknowledge = false;
  world_.Put(0, "deal D1 1 record");
  world_.Put(0, "bad");
  world_.Put(0, "deal D2 2 record");
  world_.Put(0, "bad");
  world_.Put(0, "deal D3 3 record");
  Start();
  Step();
  EXPECT_EQ(Partition().next_offset, 5);
  EXPECT_EQ(Partition().final_offset, 1);
  StepLater();
  EXPECT_EQ(Partition().final_offset, 1);
  EXPECT_EQ(SourceOf().dead_letters_pending, 2u);
  world_.acknowledge = true;
  StepLater();
  EXPECT_EQ(Partition().final_offset, 5);
  EXPECT_EQ(SourceOf().dead_letters_pending, 0u);
}

TEST_F(ReaderTest, ALetterThatACrashLostIsSentAgain) {
  world_.acknowledge = false;
  world_.Put(0, "deal D1 1 record");
  world_.Put(0, "bad");
  world_.Put(0, "deal D2 2 record");
  Start();
  Step();
  world_.acknowledge = true;
  Start();  // the crash: nothing was acknowledged
  Step();
  EXPECT_EQ(world_.opened_at.at(0).next_offset, 1);
  EXPECT_EQ((world_.letters[{0, 1}]), 2);
  pipeline_->Settle();
  EXPECT_EQ(pipeline_->Status().duplicates, 1u) << "D2 was read again";
  EXPECT_EQ(pipeline_->Status().entities, 2u);
}

TEST_F(ReaderTest, AFinalPositionCarriesTheChecksumOfTheRecordBeforeIt) {
  world_.acknowledge = false;
  world_.Put(0, "deal D1 1 record");
  world_.Put(0, "bad");
  world_.Put(0, "deal D2 1 record");
  Start();
  Step();
  Start();
  Step();
  ASSERT_EQ(world_.opened_at.size(), 1u);
  EXPECT_EQ(world_.opened_at[0].last_offset, 0);
  EXPECT_EQ(world_.opened_at[0].last_checksum, RecordChecksum("", "deal D1 1 record"));
}

TEST_F(ReaderTest, ReadingWaitsForLettersThatAreNotTakenAndLosesNone) {
  world_.acknowledge = false;
  world_.letters_pending_max = 1;
  for (int i = 0; i < 4; ++i) world_.Put(0, "bad");
  world_.Put(0, "deal D1 1 record");
  Start({.records_per_poll = 3});
  Step();
  EXPECT_EQ(Step(), ReaderStep::kPaused);
  EXPECT_EQ(SourceOf().pause, PauseReason::kDeadLetters);
  EXPECT_EQ(Partition().polled, 3u);
  EXPECT_EQ(world_.letters.size(), 1u);
  world_.acknowledge = true;
  for (int i = 0; i < 20; ++i) StepLater();
  EXPECT_EQ(world_.letters.size(), 4u);
  for (const auto& [place, times] : world_.letters) EXPECT_EQ(times, 1);
  EXPECT_EQ(Partition().final_offset, 5);
}

TEST_F(ReaderTest, AFullDiskPausesReadingAndItGoesOnByItself) {
  Start();
  disk_->SetCapacityBytes(10);
  world_.Put(0, "deal D1 1 record");
  world_.Put(0, "deal D2 1 record");
  Step();
  EXPECT_EQ(SourceOf().state, SourceState::kPaused);
  EXPECT_EQ(SourceOf().pause, PauseReason::kJournal);
  EXPECT_THAT(pipeline_->Status().journal.error, HasSubstr("disk full"));
  EXPECT_EQ(Step(), ReaderStep::kPaused);
  EXPECT_EQ(Partition().polled, 2u);
  pipeline_->Settle();
  EXPECT_EQ(pipeline_->Status().entities, 0u) << "what is not journalled is not applied";
  disk_->SetCapacityBytes(UINT64_MAX);
  Step();
  pipeline_->Settle();
  EXPECT_EQ(pipeline_->Status().entities, 2u);
  EXPECT_THAT(pipeline_->Status().journal.error, IsEmpty());
  EXPECT_EQ(SourceOf().state, SourceState::kReading);
}

TEST_F(ReaderTest, ASourceThatIsAwayIsAskedAgain) {
  world_.Put(0, "deal D1 1 record");
  world_.poll_status = absl::UnavailableError("no broker");
  Start();
  EXPECT_EQ(Step(), ReaderStep::kNothing);
  EXPECT_EQ(SourceOf().state, SourceState::kUnavailable);
  EXPECT_EQ(SourceOf().error, "no broker");
  world_.poll_status = absl::OkStatus();
  EXPECT_EQ(Step(), ReaderStep::kRead);
  EXPECT_EQ(SourceOf().state, SourceState::kReading);
  EXPECT_THAT(SourceOf().error, IsEmpty());
  EXPECT_EQ(SourceOf().errors, 1u);
}

TEST_F(ReaderTest, ASourceMayTakeAMomentToAnswerForTheFirstTime) {
  int warnings = 0;
  EngineParts parts = PartsOf(world_, disk_, clock_);
  parts.log = [&](LogLevel level, absl::string_view text) {
    warnings += level == LogLevel::kWarning && absl::StrContains(text, "is away") ? 1 : 0;
  };
  world_.poll_status = absl::UnavailableError("not answered yet");
  pipeline_ = *Pipeline::Create(std::move(parts));
  ASSERT_TRUE(pipeline_->RestoreAll().ok());
  Step();
  EXPECT_EQ(SourceOf().state, SourceState::kUnavailable) << "the metric says what is";
  EXPECT_EQ(warnings, 0);
  clock_.Advance(absl::Seconds(3));
  Step();
  Step();
  EXPECT_EQ(warnings, 1);
  world_.poll_status = absl::OkStatus();
  Step();
  world_.poll_status = absl::UnavailableError("gone again");
  Step();
  EXPECT_EQ(warnings, 2) << "of a source that was there it is said at once";
}

TEST_F(ReaderTest, AFinalErrorStopsThatSourceAlone) {
  World other(1);
  world_.Put(0, "deal D1 1 record");
  other.Put(0, "deal D2 2 record");
  other.poll_status = absl::DataLossError("the topic was recreated");
  EngineParts parts = PartsOf(world_, disk_, clock_);
  parts.sources.push_back(PartsOf(other, "second"));
  pipeline_ = *Pipeline::Create(std::move(parts));
  ASSERT_TRUE(pipeline_->RestoreAll().ok());
  EXPECT_EQ(pipeline_->StepReader(1, absl::ZeroDuration()), ReaderStep::kStopped);
  other.poll_status = absl::OkStatus();
  EXPECT_EQ(pipeline_->StepReader(1, absl::ZeroDuration()), ReaderStep::kStopped);
  EXPECT_EQ(Step(), ReaderStep::kRead);
  const EngineStatus status = pipeline_->Status();
  EXPECT_EQ(status.sources[0].state, SourceState::kReading);
  EXPECT_EQ(status.sources[1].state, SourceState::kStopped);
  EXPECT_THAT(status.sources[1].error, HasSubstr("recreated"));
}

TEST_F(ReaderTest, MemoryAtItsBoundPausesReading) {
  uint64_t bytes = 100;
  EngineParts parts = PartsOf(world_, disk_, clock_);
  parts.settings.memory_bytes_max = 100;
  parts.memory_bytes = [&bytes] { return bytes; };
  pipeline_ = *Pipeline::Create(std::move(parts));
  ASSERT_TRUE(pipeline_->RestoreAll().ok());
  world_.Put(0, "deal D1 1 record");
  pipeline_->MeasureMemory();
  EXPECT_EQ(Step(), ReaderStep::kPaused);
  EXPECT_EQ(SourceOf().pause, PauseReason::kMemory);
  bytes = 99;
  pipeline_->MeasureMemory();
  EXPECT_EQ(Step(), ReaderStep::kRead);
}

TEST_F(ReaderTest, WorkersThatDoNotTakeBatchesPauseReadingAndNothingIsLost) {
  for (int i = 0; i < 200; ++i) world_.Put(0, absl::StrCat("deal D", i, " 1 record"));
  Start({.workers = 1, .records_per_poll = 1});
  int steps = 0;
  while (Step() != ReaderStep::kPaused && steps < 200) ++steps;
  EXPECT_LT(steps, 200) << "the ring is bounded";
  EXPECT_EQ(SourceOf().pause, PauseReason::kWorkers);
  EXPECT_TRUE(pipeline_->Drain(1000));
  EXPECT_EQ(pipeline_->Status().entities, 200u);
}

TEST_F(ReaderTest, FilteredRecordsMoveTheFinalPositionToo) {
  for (int i = 0; i < 3; ++i) world_.Put(0, "skip");
  Start();
  Step();
  StepLater();
  EXPECT_EQ(Partition().final_offset, 3);
}

TEST_F(ReaderTest, FlushWritesTheLastFinalPosition) {
  world_.Put(0, "skip");
  Start();
  Step();
  EXPECT_EQ(Partition().final_offset, -1);
  pipeline_->FlushReader(0, absl::Seconds(1));
  Start();
  Step();
  EXPECT_EQ(world_.opened_at.at(0).next_offset, 1);
}

}  // namespace
}  // namespace takt
