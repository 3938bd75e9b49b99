// Laws of the ledger over random histories: every number is a function of the set of changes.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "engine/model/change_codec.h"
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

struct Applications {
  Sums sums;
  std::vector<HandOver> outbox;
};

void ExpectTheSame(const Ledger& a, const Applications& of_a, const Ledger& b,
                   const Applications& of_b) {
  ASSERT_EQ(a.EncodeHistories(), b.EncodeHistories());
  ASSERT_EQ(of_a.sums, of_b.sums);
  ASSERT_EQ(of_a.outbox.size(), of_b.outbox.size());
  EXPECT_EQ(a.counts().applied, b.counts().applied);
  EXPECT_EQ(a.counts().duplicates, b.counts().duplicates);
  EXPECT_EQ(a.counts().conflicts, b.counts().conflicts);
  EXPECT_EQ(a.counts().corrections, b.counts().corrections);
  EXPECT_EQ(a.State().incomplete, b.State().incomplete);
}

// Encoded changes, all at once, do what they do one by one; what follows one that is none is left out.
TEST(LedgerLaws, ApplyAllIsApplyOneByOne) {
  SalesWorld world;
  for (uint32_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const std::vector<Change> changes = world.RandomChanges(seed, kChanges);
    Ledger one(world.definition(), 0, 1);
    Ledger all(world.definition(), 0, 1);
    Applications of_one;
    Applications of_all;
    const auto apply_all = [&](absl::string_view bytes) {
      DeltaBatch deltas;
      all.ApplyAll(bytes, deltas, of_all.outbox);
      of_all.sums.Add(deltas);
    };
    const size_t known = changes.size() - 1 - seed % 40;
    std::string bytes;
    for (size_t i = 0; i < known; ++i) {
      DeltaBatch deltas;
      one.Apply(changes[i], deltas, of_one.outbox);
      of_one.sums.Add(deltas);
      EncodeChange(changes[i], &bytes);
    }
    Change other = changes[known];
    other.object = static_cast<ObjectId>(world.definition().objects.size());
    std::string unknown;
    EncodeChange(seed % 2 == 0 ? other : changes[known], &unknown);
    if (seed % 2 == 1) unknown.resize(unknown.size() - 1);
    apply_all(bytes + unknown + (seed % 2 == 0 ? bytes : ""));
    apply_all(unknown);
    apply_all("");
    ExpectTheSame(one, of_one, all, of_all);
  }
}

}  // namespace
}  // namespace takt
