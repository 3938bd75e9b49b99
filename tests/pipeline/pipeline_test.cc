// The pipeline as a whole: every number is a function of the set of records read.
#include "engine/pipeline/pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <ostream>

#include "tests/pipeline/world.h"

namespace takt {
namespace {

constexpr int kDeals = 60;

// Each deal is created, re-pointed to another lead, won and edited; and every fifth record is bad.
void Fill(World& world) {
  int at = 0;
  const auto put = [&](std::string record) {
    world.Put(at++ % static_cast<int>(world.partitions.size()), std::move(record));
  };
  for (int i = 0; i < kDeals; ++i) {
    put(absl::StrCat("deal D", i, " ", i, " record amount=", i, " lead=L", i % 7));
    put(absl::StrCat("lead L", i % 13, " ", i, " record"));
    put(absl::StrCat("deal D", i, " ", i + 100, " patch stage=won"));
    put(absl::StrCat("deal D", i, " ", i + 200, " patch amount=", 2 * i, " lead=L", i % 11));
    if (i % 5 == 0) put("bad");
  }
}

class PipelineTest : public ::testing::Test {
 protected:
  std::unique_ptr<Pipeline> Make(World& world, const Shape& shape = {}) {
    auto made = Pipeline::Create(PartsOf(world, disk_, clock_, shape));
    EXPECT_TRUE(made.ok()) << made.status();
    EXPECT_TRUE((*made)->RestoreAll().ok());
    return *std::move(made);
  }

  std::shared_ptr<MemoryDisk> disk_ = std::make_shared<MemoryDisk>();
  ManualClock clock_{kNewYear + absl::Hours(24 * 30)};
};

// What every shape must come to.
std::string CellsOf(Pipeline& pipeline) { return pipeline.view().cells().Encode(); }

std::string ExpectedCells() {
  ManualClock clock(kNewYear + absl::Hours(24 * 30));
  World world(1);
  Fill(world);
  auto pipeline = *Pipeline::Create(PartsOf(world, nullptr, clock));
  EXPECT_TRUE(pipeline->RestoreAll().ok());
  EXPECT_TRUE(pipeline->Drain(1000));
  const std::shared_ptr<const Snapshot> snapshot = pipeline->CurrentSnapshot();
  EXPECT_EQ(ValueOf(snapshot, "deals"), kDeals);
  EXPECT_EQ(ValueOf(snapshot, "amount"), 2 * kDeals * (kDeals - 1) / 2);
  EXPECT_EQ(ValueOf(snapshot, "customers"), 11);
  return CellsOf(*pipeline);
}

struct ShapeCase {
  std::string name;
  int partitions = 1;
  Shape shape;
};
void PrintTo(const ShapeCase& c, std::ostream* out) { *out << c.name; }

class ShapeTest : public PipelineTest, public ::testing::WithParamInterface<ShapeCase> {};

TEST_P(ShapeTest, EveryShapeGivesTheSameCells) {
  World world(GetParam().partitions);
  Fill(world);
  const auto pipeline = Make(world, GetParam().shape);
  ASSERT_TRUE(pipeline->Drain(10000));
  EXPECT_EQ(CellsOf(*pipeline), ExpectedCells());
  EXPECT_EQ(pipeline->Audit(), 0u);
  EXPECT_FALSE(pipeline->Audit([] { return false; }).has_value()) << "broken off";
  const EngineStatus status = pipeline->Status();
  uint64_t admitted = 0;
  for (const PartitionStatus& at : status.partitions) admitted += at.changes_admitted;
  EXPECT_EQ(admitted, status.changes_applied + status.duplicates + status.refused_full);
  EXPECT_EQ(status.audit_divergent_cells, 0u);
}

TEST_P(ShapeTest, ARestartAtAnyStepGivesTheSameCells) {
  const std::string expected = ExpectedCells();
  for (int steps = 0; steps < 12; ++steps) {
    disk_ = std::make_shared<MemoryDisk>();
    World world(GetParam().partitions);
    Fill(world);
    {
      const auto first = Make(world, GetParam().shape);
      for (int i = 0; i < steps; ++i) {
        first->StepReader(0, absl::ZeroDuration());
        if (i % 2 == 0) first->StepWorker(0);
      }
    }  // the crash
    // Another number of workers than before owns the entities.
    Shape shape = GetParam().shape;
    shape.workers = 4 - shape.workers;
    const auto second = Make(world, shape);
    ASSERT_TRUE(second->Drain(10000));
    ASSERT_EQ(CellsOf(*second), expected) << steps;
  }
}

INSTANTIATE_TEST_SUITE_P(All, ShapeTest,
                         ::testing::Values(ShapeCase{"OnePartitionOneWorker", 1, {1, 1000}},
                                           ShapeCase{"FourPartitionsOneWorker", 4, {1, 1000}},
                                           ShapeCase{"OnePartitionThreeWorkers", 1, {3, 1000}},
                                           ShapeCase{
                                               "FourPartitionsThreeWorkersOneByOne", 4, {3, 1}},
                                           ShapeCase{"OneByOne", 1, {1, 1}}),
                         [](const auto& info) { return info.param.name; });

TEST_F(PipelineTest, ReadingAllAgainFromAnEmptyJournalGivesTheSameCells) {
  World world(2);
  Fill(world);
  Make(world)->Drain(1000);
  disk_ = std::make_shared<MemoryDisk>();
  const auto again = Make(world);
  again->Drain(1000);
  EXPECT_EQ(CellsOf(*again), ExpectedCells());
}

TEST_F(PipelineTest, NowIsUndefinedUntilEveryPartitionHasSpoken) {
  World world(2);
  world.is_idle = false;
  world.Put(0, "deal D1 60 record");
  const auto pipeline = Make(world);
  pipeline->Drain(3);
  EXPECT_EQ(pipeline->CurrentSnapshot(), nullptr);
  EXPECT_EQ(pipeline->Status().now.reason, NowReason::kNotSpoken);
  EXPECT_EQ(pipeline->Status().now.holder_partition, 1);
  world.Put(1, "deal D2 50 record");
  pipeline->Drain(3);
  ASSERT_NE(pipeline->CurrentSnapshot(), nullptr);
  // The lower of both, less the minute that events may come out of order.
  EXPECT_EQ(pipeline->CurrentSnapshot()->now, EventTime::From(kNewYear + absl::Minutes(49)));
  EXPECT_EQ(pipeline->Status().now.reason, NowReason::kBehind);
  EXPECT_EQ(pipeline->Status().now.holder_source, "crm");
}

TEST_F(PipelineTest, NowFollowsTheWallClockWhereTheSourceIsIdleByProof) {
  World world(1);
  world.Put(0, "deal D1 60 record");
  const auto pipeline = Make(world);
  ASSERT_TRUE(pipeline->Drain(10));
  EXPECT_EQ(pipeline->CurrentSnapshot()->now, EventTime::From(clock_.Now()));
  EXPECT_EQ(pipeline->Status().now.reason, NowReason::kWallClock);
}

TEST_F(PipelineTest, NowNeverRunsAheadOfTheCells) {
  World world(1);
  world.is_idle = false;
  world.Put(0, "deal D1 60 record");
  const auto pipeline = Make(world);
  pipeline->StepReader(0, absl::ZeroDuration());
  pipeline->StepView();
  pipeline->EvaluateView();
  EXPECT_EQ(pipeline->CurrentSnapshot(), nullptr) << "the batch is not applied yet";
  pipeline->StepWorker(0);
  pipeline->StepView();
  pipeline->EvaluateView();
  EXPECT_EQ(pipeline->CurrentSnapshot(), nullptr) << "the cells are not published yet";
  pipeline->PublishWorker(0);
  pipeline->StepView();
  pipeline->EvaluateView();
  ASSERT_NE(pipeline->CurrentSnapshot(), nullptr);
}

TEST_F(PipelineTest, ASnapshotTellsTheRecordsThatItReflectsOrNothing) {
  World world(1);
  world.Put(0, "deal D1 60 record");
  world.Put(0, "bad");
  const auto pipeline = Make(world);
  ASSERT_TRUE(pipeline->Drain(10));
  const auto drained = pipeline->CurrentSnapshot();
  ASSERT_EQ(drained->read.size(), 1u);
  EXPECT_EQ(drained->read[0].source, "crm");
  EXPECT_EQ(drained->read[0].next_offset, 2);
  // Read and reported, but its change is not in the cells yet: the old position goes on to hold.
  world.Put(0, "deal D2 61 record");
  pipeline->StepReader(0, absl::ZeroDuration());
  pipeline->StepView();
  pipeline->EvaluateView();
  ASSERT_EQ(pipeline->CurrentSnapshot()->read.size(), 1u);
  EXPECT_EQ(pipeline->CurrentSnapshot()->read[0].next_offset, 2);
  ASSERT_TRUE(pipeline->Drain(10));
  EXPECT_EQ(pipeline->CurrentSnapshot()->read[0].next_offset, 3);
}

TEST_F(PipelineTest, WhatWasKnownIsServedAgainWhileTheSourcesStayAway) {
  World world(1);
  Fill(world);
  {
    const auto first = Make(world);
    ASSERT_TRUE(first->Drain(1000));
    world.Put(0, "deal D1 1 record");
    ASSERT_TRUE(first->Drain(1000)) << "its block carries now";
  }
  world.poll_status = absl::UnavailableError("no broker");
  world.is_idle = false;
  const absl::Time stopped = clock_.Now();
  const auto second = Make(world);
  second->StepReader(0, absl::ZeroDuration());
  second->EvaluateView();
  EXPECT_EQ(second->CurrentSnapshot(), nullptr) << "the sources may still say";
  clock_.Advance(absl::Seconds(6));
  second->EvaluateView();
  ASSERT_NE(second->CurrentSnapshot(), nullptr);
  EXPECT_EQ(second->CurrentSnapshot()->now, EventTime::From(stopped));
  EXPECT_EQ(ValueOf(second->CurrentSnapshot(), "deals"), kDeals);
}

TEST_F(PipelineTest, ASnapshotCanBeAskedForAtAnyMoment) {
  World world(1);
  Fill(world);
  const auto pipeline = Make(world);
  ASSERT_TRUE(pipeline->Drain(1000));
  const auto at = [&](int minute) {
    return ValueOf(pipeline->SnapshotAt(EventTime::From(kNewYear + absl::Minutes(minute))),
                   "deals");
  };
  EXPECT_EQ(at(0), 1);
  EXPECT_EQ(at(9), 10);
  EXPECT_EQ(at(59), kDeals);
}

TEST_F(PipelineTest, AFieldThatIsNoMoreIsDroppedAtTheReplayAndCounted) {
  World world(1);
  Fill(world);
  Make(world)->Drain(1000);
  EngineParts parts = PartsOf(world, disk_, clock_);
  auto narrower = std::make_shared<Definition>(*parts.definition);
  narrower->objects[0].fields[3].name = "value";
  narrower->objects[0].field_ids.erase("amount");
  narrower->objects[0].field_ids["value"] = 3;
  parts.definition = narrower;
  const auto pipeline = *Pipeline::Create(std::move(parts));
  ASSERT_TRUE(pipeline->RestoreAll().ok());
  EXPECT_EQ(pipeline->Status().journal.fields_dropped, 2u * kDeals);
  EXPECT_EQ(pipeline->Status().entities, kDeals + 13u);
}

TEST_F(PipelineTest, AStageThatIsNoMoreIsCountedAtTheReplay) {
  World world(1);
  Fill(world);
  Make(world)->Drain(1000);
  EngineParts parts = PartsOf(world, disk_, clock_);
  auto renamed = std::make_shared<Definition>(*parts.definition);
  renamed->objects[0].stages = {{.pipeline = "sales", .name = "signed"}};
  parts.definition = renamed;
  const auto pipeline = *Pipeline::Create(std::move(parts));
  ASSERT_TRUE(pipeline->RestoreAll().ok());
  EXPECT_EQ(pipeline->Status().journal.unknown_stages, kDeals);
  EXPECT_EQ(pipeline->Status().journal.unknown_stage, "won");
}

TEST_F(PipelineTest, ADamagedJournalIsAClearError) {
  World world(1);
  Fill(world);
  {
    const auto pipeline = Make(world, {.records_per_poll = 10});
    for (int i = 0; i < 8; ++i) {
      pipeline->StepReader(0, absl::ZeroDuration());
      ASSERT_TRUE(pipeline->SyncJournal().ok());
    }
  }
  auto [name, bytes] = *disk_->Files().begin();
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  disk_->Put(name, bytes);
  const auto pipeline = *Pipeline::Create(PartsOf(world, disk_, clock_));
  EXPECT_EQ(pipeline->RestoreAll().code(), absl::StatusCode::kDataLoss);
}

TEST_F(PipelineTest, TheReplayedChangesKeepTheLawOfConservation) {
  World world(1);
  Fill(world);
  Make(world)->Drain(1000);
  const auto pipeline = Make(world);
  const EngineStatus status = pipeline->Status();
  EXPECT_EQ(status.restore.changes_replayed, 4u * kDeals);
  EXPECT_EQ(status.restore.changes_replayed, status.changes_applied + status.duplicates);
  EXPECT_TRUE(status.restore.done);
  EXPECT_EQ(status.restore.progress, 1);
}

}  // namespace
}  // namespace takt
