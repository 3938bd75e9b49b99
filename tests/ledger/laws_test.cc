// Laws of the ledger over random histories: every number is a function of the set of changes.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/ledger/fleet.h"
#include "tests/ledger/sales_world.h"

namespace takt {
namespace {

constexpr int kSeeds = 60;
constexpr int kChanges = 90;

TEST(LedgerLaws, AnyOrderAnyDuplicationAnySplitGiveTheSame) {
  SalesWorld world;
  for (uint32_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::vector<Change> changes = world.RandomChanges(seed, kChanges);
    Fleet one(world.definition());
    one.Apply(changes);
    ASSERT_FALSE(one.sums().empty());
    std::mt19937 random(seed);
    for (const int workers : {1, 2, 3}) {
      SCOPED_TRACE(testing::Message() << workers << " workers");
      std::shuffle(changes.begin(), changes.end(), random);
      Fleet other(world.definition(), workers, seed);
      for (const Change& change : changes) {
        other.ApplyOnly(change);
        if (random() % 4 == 0) other.ApplyOnly(changes[random() % changes.size()]);
        other.DeliverSome(static_cast<int>(random() % 3));
      }
      other.DeliverAll();
      ASSERT_EQ(other.Histories(), one.Histories());
      ASSERT_EQ(other.sums(), one.sums());
      EXPECT_EQ(other.State().entities, one.State().entities);
      EXPECT_EQ(other.State().changes, one.State().changes);
      EXPECT_EQ(other.State().incomplete, one.State().incomplete);
      EXPECT_EQ(other.State().negative_durations, one.State().negative_durations);
      EXPECT_EQ(other.Counts().applied, one.Counts().applied);
    }
  }
}

TEST(LedgerLaws, DeltasSumToWhatFoldingAgainGives) {
  SalesWorld world;
  for (uint32_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Fleet fleet(world.definition(), 1 + static_cast<int>(seed % 3), seed);
    int count = 0;
    for (const Change& change : world.RandomChanges(seed, kChanges)) {
      fleet.Apply(change);
      if (++count % 15 == 0) {
        ASSERT_EQ(fleet.sums(), fleet.FoldAgain());
      }
    }
    ASSERT_EQ(fleet.sums(), fleet.FoldAgain());
  }
}

TEST(LedgerLaws, DeletingEverythingLeavesNothing) {
  SalesWorld world;
  for (uint32_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Fleet fleet(world.definition(), 1 + static_cast<int>(seed % 3), seed);
    fleet.Apply(world.RandomChanges(seed, kChanges));
    for (const char* object : {"lead", "customer", "deal", "activity"}) {
      for (const char* id : {"1", "2", "3", "4", "5"}) {
        fleet.Apply(world.build().Delete(object, id, "2026-03-01"));
      }
    }
    ASSERT_EQ(fleet.sums(), Sums{});
  }
}

TEST(LedgerLaws, EveryChangeVisitedRebuildsTheSameLedger) {
  SalesWorld world;
  for (uint32_t seed = 1; seed <= 10; ++seed) {
    Fleet first(world.definition());
    first.Apply(world.RandomChanges(seed, kChanges));
    Fleet second(world.definition());
    first.ledger(0).ForEachChange(
        [&](const Change& change) { EXPECT_EQ(second.Apply(change), Applied::kApplied); });
    EXPECT_EQ(second.ledger(0).EncodeHistories(), first.ledger(0).EncodeHistories());
    EXPECT_EQ(second.sums(), first.sums());
  }
}

}  // namespace
}  // namespace takt
