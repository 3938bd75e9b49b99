// The engine on its threads.
#include "engine/pipeline/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "tests/pipeline/world.h"

namespace takt {
namespace {

using ::testing::HasSubstr;

constexpr absl::Duration kLimit = absl::Seconds(30);

void Fill(World& world, int deals) {
  for (int i = 0; i < deals; ++i) {
    const int partition = i % static_cast<int>(world.partitions.size());
    world.Put(partition, absl::StrCat("deal D", i, " ", i % 1000, " record amount=1 lead=L", i % 17,
                                      " stage=won"));
    if (i % 10 == 0) world.Put(partition, "bad");
    if (i % 100 == 0) world.Put(partition, absl::StrCat("lead L", i / 100 % 34, " 1 record"));
  }
}

class EngineTest : public ::testing::TestWithParam<int> {
 protected:
  std::unique_ptr<Engine> Make(World& world, int workers) {
    auto made = Engine::Create(PartsOf(world, disk_, clock_, {.workers = workers}));
    EXPECT_TRUE(made.ok()) << made.status();
    return *std::move(made);
  }

  std::shared_ptr<MemoryDisk> disk_ = std::make_shared<MemoryDisk>();
  SystemClock clock_;
};

TEST_P(EngineTest, DrainedItShowsAllRecordsAlsoAfterARestart) {
  World world(2);
  Fill(world, 5000);
  for (int round = 0; round < 2; ++round) {
    const auto engine = Make(world, GetParam());
    EXPECT_FALSE(engine->Started());
    ASSERT_TRUE(engine->Start().ok());
    const absl::Status drained = engine->Drain(kLimit);
    ASSERT_TRUE(drained.ok()) << drained;
    const auto snapshot = engine->CurrentSnapshot();
    EXPECT_EQ(ValueOf(snapshot, "deals"), 5000);
    EXPECT_EQ(ValueOf(snapshot, "amount"), 5000);
    EXPECT_EQ(ValueOf(snapshot, "customers"), 17);
    const EngineStatus status = engine->Status();
    EXPECT_TRUE(status.alive && status.ready && status.started);
    uint64_t admitted = status.restore.changes_replayed;
    for (const PartitionStatus& at : status.partitions) admitted += at.changes_admitted;
    EXPECT_EQ(admitted, status.changes_applied + status.duplicates + status.refused_full);
    EXPECT_EQ(status.restore.changes_replayed, round == 0 ? 0u : 5050u);
    EXPECT_EQ(world.letters.size(), 500u);
    engine->Stop();
    engine->Stop();
  }
}

TEST_P(EngineTest, AnAuditBesideReadingFindsNoDivergence) {
  World world(4);
  Fill(world, 20000);
  const auto engine = Make(world, GetParam());
  ASSERT_TRUE(engine->Start().ok());
  ASSERT_TRUE(engine->WaitUntilRestored(kLimit).ok());
  for (int i = 0; i < 5; ++i) {
    const absl::StatusOr<uint64_t> divergent = engine->Audit();
    ASSERT_TRUE(divergent.ok()) << divergent.status();
    EXPECT_EQ(*divergent, 0u);
  }
  ASSERT_TRUE(engine->Drain(kLimit).ok());
  EXPECT_EQ(*engine->Audit(), 0u);
  EXPECT_EQ(engine->Status().audits, 6u);
}

TEST_P(EngineTest, SnapshotsAtAnyMomentAreAnsweredBesideReading) {
  World world(1);
  Fill(world, 20000);
  const auto engine = Make(world, GetParam());
  EXPECT_EQ(engine->SnapshotAt({0}).status().code(), absl::StatusCode::kUnavailable);
  ASSERT_TRUE(engine->Start().ok());
  ASSERT_TRUE(engine->WaitUntilRestored(kLimit).ok());
  std::vector<std::thread> askers;
  for (int i = 0; i < 4; ++i) {
    askers.emplace_back([&] {
      for (int k = 0; k < 20; ++k) {
        const auto snapshot = engine->SnapshotAt(EventTime::From(kNewYear + absl::Minutes(2000)));
        EXPECT_TRUE(snapshot.ok()) << snapshot.status();
      }
    });
  }
  for (std::thread& asker : askers) asker.join();
  ASSERT_TRUE(engine->Drain(kLimit).ok());
  const auto snapshot = engine->SnapshotAt(EventTime::From(kNewYear + absl::Minutes(2000)));
  EXPECT_EQ(ValueOf(*snapshot, "deals"), 20000);
  engine->Stop();
  EXPECT_FALSE(engine->SnapshotAt({0}).ok());
}

// As the board's curves do: the view's rest, 5 ms, must not come before each answer. The quickest of
// some rounds counts, so that a busy machine fails nothing.
TEST_P(EngineTest, OneWhoAsksForMomentAfterMomentDoesNotWaitForTheViewsRest) {
  World world(1);
  Fill(world, 100);
  const auto engine = Make(world, GetParam());
  ASSERT_TRUE(engine->Start().ok());
  ASSERT_TRUE(engine->Drain(kLimit).ok());
  absl::Duration quickest = absl::InfiniteDuration();
  for (int round = 0; round < 20 && quickest > absl::Milliseconds(50); ++round) {
    const absl::Duration begun = clock_.Monotonic();
    for (int k = 0; k < 20; ++k) ASSERT_TRUE(engine->SnapshotAt(EventTime::From(kNewYear)).ok());
    quickest = std::min(quickest, clock_.Monotonic() - begun);
  }
  EXPECT_LE(quickest, absl::Milliseconds(50));
}

INSTANTIATE_TEST_SUITE_P(Workers, EngineTest, ::testing::Values(1, 3),
                         [](const auto& info) { return absl::StrCat("Workers", info.param); });

TEST_F(EngineTest, AStoppedSourceIsNamedByDrainAndTheEngineGoesOnServing) {
  World world(1);
  world.poll_status = absl::DataLossError("the topic was recreated");
  const auto engine = Make(world, 1);
  ASSERT_TRUE(engine->Start().ok());
  const absl::Status drained = engine->Drain(kLimit);
  EXPECT_EQ(drained.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(drained.message()), HasSubstr("recreated"));
  EXPECT_TRUE(engine->Alive());
  EXPECT_TRUE(engine->Ready());
}

TEST_F(EngineTest, ADamagedJournalIsToldAndNothingIsRead) {
  disk_->Put("0000000001.journal", "no journal at all");
  disk_->Put("0000000002.journal", "");
  World world(1);
  Fill(world, 1);
  const auto engine = Make(world, 1);
  ASSERT_TRUE(engine->Start().ok());
  EXPECT_EQ(engine->WaitUntilRestored(kLimit).code(), absl::StatusCode::kDataLoss);
  EXPECT_FALSE(engine->Ready());
  EXPECT_THAT(engine->Status().restore.error, HasSubstr("ways out"));
}

TEST_F(EngineTest, ItStopsWhileTheOutsideIsAwayAndLettersArePending) {
  World world(1);
  world.acknowledge = false;
  Fill(world, 100);
  const auto engine = Make(world, 1);
  ASSERT_TRUE(engine->Start().ok());
  ASSERT_TRUE(engine->WaitUntilRestored(kLimit).ok());
  EXPECT_EQ(engine->Drain(absl::Milliseconds(300)).code(), absl::StatusCode::kDeadlineExceeded);
  const absl::Duration begun = clock_.Monotonic();
  engine->Stop();
  EXPECT_LT(clock_.Monotonic() - begun, absl::Seconds(10));
}

TEST_F(EngineTest, WithoutAJournalItRunsToo) {
  World world(1);
  world.is_finite = true;
  Fill(world, 10);
  const auto engine = *Engine::Create(PartsOf(world, nullptr, clock_));
  ASSERT_TRUE(engine->Start().ok());
  ASSERT_TRUE(engine->Drain(kLimit).ok());
  EXPECT_EQ(ValueOf(engine->CurrentSnapshot(), "deals"), 10);
  EXPECT_EQ(engine->Status().now.reason, NowReason::kFinished);
  EXPECT_EQ(engine->Status().sources[0].state, SourceState::kFinished);
}

}  // namespace
}  // namespace takt
