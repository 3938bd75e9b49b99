// Targets that very many entities point at: the same facts as from all of what they hold.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/ledger/definition_builder.h"
#include "tests/ledger/fleet.h"

namespace takt {
namespace {

class HotTargetTest : public ::testing::Test {
 protected:
  HotTargetTest() {
    build_.AddObject("partner", {{"owner", FieldType::kText}});
    build_.AddObject("customer", {{"owner", FieldType::kText}, {"partner", FieldType::kText}});
    build_.AddObject("deal", {{"owner", FieldType::kText},
                              {"amount", FieldType::kMoney},
                              {"account", FieldType::kText}});
    build_.AddPipeline("deal", {.name = "sales", .open = {"new", "proposal"}});
    build_.AddObject("activity", {{"who", FieldType::kText}, {"owner", FieldType::kText}});
    build_.AddList("owner", {"r1", "r2", "r3"});
    AddMoments();
    AddTerms();
    build_.Finish();
  }

  void AddLinked(const char* name, Pick pick, LinkId link, const char* origin, const char* moment) {
    build_.AddMoment("customer", name,
                     {.source = Moment::Source::kLinked,
                      .pick = pick,
                      .moments = {build_.Moment(origin, moment)},
                      .origin = build_.Object(origin),
                      .origin_link = link});
  }

  void AddMoments() {
    const LinkId account =
        build_.AddLink("deal", "account", "customer", {{"won", "created"}, {"amount", "owner"}});
    const LinkId who = build_.AddLink("activity", "who", "customer", {{"created"}, {"owner"}});
    AddLinked("joined", Pick::kFirst, account, "deal", "won");
    AddLinked("renewed", Pick::kLatest, account, "deal", "won");
    AddLinked("bought", Pick::kEvery, account, "deal", "won");
    AddLinked("asked", Pick::kEvery, account, "deal", "created");
    AddLinked("contacted", Pick::kEvery, who, "activity", "created");
    build_.AddMoment(
        "customer", "large",
        {.source = Moment::Source::kLinked,
         .moments = {build_.Moment("deal", "won")},
         .origin = build_.Object("deal"),
         .origin_link = account,
         .conditions = {build_.Compares("deal", "amount", Condition::Comparison::kGreater, 700)}});
    build_.AddMoment("customer", "first_asked",
                     {.source = Moment::Source::kOwn, .moments = {Of("asked"), Of("contacted")}});
    build_.AddMoment("customer", "due",
                     {.source = Moment::Source::kAfter,
                      .pick = Pick::kEvery,
                      .moments = {Of("bought")},
                      .add = absl::Hours(30)});
    build_.AddMoment(
        "customer", "last_due",
        {.source = Moment::Source::kOwn, .pick = Pick::kLatest, .moments = {Of("due")}});
    const LinkId partner = build_.AddLink("customer", "partner", "partner", {{"joined"}});
    build_.AddMoment("partner", "started",
                     {.source = Moment::Source::kLinked,
                      .moments = {Of("joined")},
                      .origin = build_.Object("customer"),
                      .origin_link = partner});
  }

  void AddTerms() {
    const std::vector<std::vector<std::string>> groups = {{}, {"owner"}};
    for (const char* name : {"joined", "renewed", "bought", "large", "first_asked", "last_due"}) {
      for (const Credit credit : {Credit::kAtMoment, Credit::kCurrent, Credit::kOrigin}) {
        build_.AddTerm({.credit = credit, .at = {Of(name)}}, "customer", groups);
      }
    }
    build_.AddTerm({.at = {Of("due")}, .dated = Of("created")}, "customer", groups);
    build_.AddTerm({.kind = TermKind::kDurations, .at = {Of("bought")}, .from = Of("joined")},
                   "customer", groups);
    build_.AddTerm({.kind = TermKind::kDurations, .at = {Of("renewed")}, .from = Of("joined")},
                   "customer", groups);
    build_.AddTerm(
        {.kind = TermKind::kOutcomes, .at = {Of("bought"), Of("asked")}, .success = {Of("bought")}},
        "customer", groups);
    build_.AddTerm({.at = {Of("asked")}, .before = Of("large")}, "customer", groups);
    build_.AddTerm({.at = {Of("contacted")}, .once_per = Period::kWeek}, "customer", groups);
    build_.AddTerm({.kind = TermKind::kLevel,
                    .credit = Credit::kOrigin,
                    .at = {Of("contacted")},
                    .recent = Window{.kind = Window::Kind::kDays, .count = 3}},
                   "customer", groups);
    build_.AddTerm({.at = {build_.Moment("partner", "started")}}, "partner");
  }

  MomentId Of(const char* moment) { return build_.Moment("customer", moment); }

  std::string RandomTime() {
    return absl::StrFormat("2026-01-%02d %02d:00", 1 + random_() % 28, random_() % 3 * 9);
  }
  std::string RandomOf(std::vector<std::string> texts) { return texts[random_() % texts.size()]; }

  Change RandomDeal() {
    const std::string id = absl::StrCat("D", random_() % 500);
    if (random_() % 12 == 0) return build_.Delete("deal", id, RandomTime());
    DefinitionBuilder::Fields fields = {{"account", RandomOf({"hot", "hot", "hot", "warm"})},
                                        {"stage", RandomOf({"new", "won", "won", "lost"})},
                                        {"amount", RandomOf({"100", "800", "900"})},
                                        {"owner", RandomOf({"r1", "r2", "r3", "stranger"})}};
    return build_.Record("deal", id, RandomTime(), fields);
  }

  Change RandomChange() {
    switch (random_() % 12) {
      case 0:
      case 1:
        return build_.Record("activity", absl::StrCat("A", random_() % 200), RandomTime(),
                             {{"who", "hot"}, {"owner", RandomOf({"r1", "r2"})}});
      case 2:
        if (random_() % 8 != 0) return RandomDeal();
        return build_.Patch("customer", RandomOf({"hot", "warm"}), RandomTime(),
                            {{"owner", RandomOf({"r1", "r3"})}, {"partner", RandomOf({"P", "Q"})}});
      case 3:
        if (random_() % 40 != 0) return RandomDeal();
        return build_.Patch("customer", RandomOf({"hot", "warm"}), RandomTime(),
                            {{"merged_into", RandomOf({"hot", "warm", ""})}});
      default:
        return RandomDeal();
    }
  }

  std::vector<Change> RandomChanges(uint32_t seed, int count) {
    random_.seed(seed);
    std::vector<Change> changes = {
        build_.Record("customer", "hot", "2025-12-20", {{"owner", "r1"}, {"partner", "P"}}),
        build_.Record("customer", "warm", "2025-12-21", {{"owner", "r2"}}),
        build_.Record("partner", "P", "2025-12-01", {}),
        build_.Record("partner", "Q", "2025-12-02", {})};
    for (int i = 0; i < count; ++i) changes.push_back(RandomChange());
    return changes;
  }

  DefinitionBuilder build_;
  std::mt19937 random_;
};

TEST_F(HotTargetTest, DeltasSumToWhatFoldingAgainGives) {
  for (uint32_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Fleet fleet(build_.definition(), 1 + static_cast<int>(seed % 3), seed);
    int count = 0;
    for (const Change& change : RandomChanges(seed, 1500)) {
      fleet.Apply(change);
      if (++count % 100 == 0) {
        ASSERT_EQ(fleet.sums(), fleet.FoldAgain()) << "after " << count;
      }
    }
    ASSERT_EQ(fleet.sums(), fleet.FoldAgain());
  }
}

TEST_F(HotTargetTest, AnyOrderGivesTheSame) {
  for (uint32_t seed = 11; seed <= 14; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::vector<Change> changes = RandomChanges(seed, 1200);
    Fleet one(build_.definition());
    one.Apply(changes);
    std::shuffle(changes.begin(), changes.end(), random_);
    Fleet other(build_.definition(), 3, seed);
    other.Apply(changes);
    ASSERT_EQ(other.sums(), one.sums());
    EXPECT_EQ(other.State().negative_durations, one.State().negative_durations);
  }
}

TEST_F(HotTargetTest, DeletingAllThatPointAtItLeavesNothing) {
  Fleet fleet(build_.definition());
  fleet.Apply(RandomChanges(21, 1500));
  for (int i = 0; i < 500; ++i) {
    fleet.Apply(build_.Delete("deal", absl::StrCat("D", i), "2026-03-01"));
    fleet.Apply(build_.Delete("activity", absl::StrCat("A", i), "2026-03-01"));
  }
  EXPECT_EQ(fleet.sums(), Sums{});
}

// With a cost that grows with what is held this would take minutes, and end at the time limit.
TEST_F(HotTargetTest, VeryManyMayPointAtOne) {
  constexpr int kDeals = 30'000;
  Fleet fleet(build_.definition());
  fleet.Apply(build_.Record("customer", "hot", "2025-12-20", {{"owner", "r1"}}));
  for (int i = 0; i < kDeals; ++i) {
    const std::string time = absl::FormatTime(
        "%Y-%m-%d %H:%M", At("2026-01-01").ToTime() + absl::Minutes(i), absl::UTCTimeZone());
    fleet.Apply(build_.Record("deal", absl::StrCat("D", i), time,
                              {{"account", "hot"}, {"stage", "won"}, {"amount", "100"}}));
  }
  EXPECT_GE(fleet.sums().outcomes.size(), kDeals);
}

// Likewise, of what counts once in a window or a period.
TEST_F(HotTargetTest, VeryManyMayContactOne) {
  constexpr int kContacts = 20'000;
  Fleet fleet(build_.definition());
  fleet.Apply(build_.Record("customer", "hot", "2025-12-20", {{"owner", "r1"}}));
  for (int i = 0; i < kContacts; ++i) {
    const std::string time = absl::FormatTime(
        "%Y-%m-%d %H:%M", At("2026-01-01").ToTime() + absl::Minutes(i * 7919 % kContacts),
        absl::UTCTimeZone());
    const char* who = i % 100 == 0 ? "nobody" : "hot";
    fleet.Apply(build_.Record("activity", absl::StrCat("A", i), time,
                              {{"who", who}, {"owner", i % 3 == 0 ? "r1" : "r2"}}));
  }
  EXPECT_EQ(fleet.sums(), fleet.FoldAgain());
}

class MergedIntoOneTest : public HotTargetTest {
 protected:
  static constexpr int kLosers = 2500;
  static std::string Loser(int i) { return absl::StrFormat("L%05d", i); }

  std::vector<Change> Losers() {
    std::vector<Change> changes = {build_.Record("customer", "S", "2025-12-20", {{"owner", "r1"}})};
    for (int i = 0; i < kLosers; ++i) {
      const std::string day = absl::StrCat("2026-01-", 1 + i % 28);
      changes.push_back(build_.Record("customer", Loser(i), day, {{"owner", "r2"}}));
      changes.push_back(Merge(i, "S"));
      if (i % 5 != 0) continue;
      changes.push_back(build_.Record("activity", absl::StrCat("A", i), day,
                                      {{"who", Loser(i)}, {"owner", "r1"}}));
    }
    return changes;
  }
  Change Merge(int loser, const char* into) {
    return build_.Patch("customer", Loser(loser), "2026-02-01", {{"merged_into", into}});
  }
};

TEST_F(MergedIntoOneTest, AThousandCountWhateverTheOrder) {
  constexpr uint64_t kBeyond = kLosers - 1000;
  std::vector<Change> changes = Losers();
  Fleet one(build_.definition());
  one.Apply(changes);
  EXPECT_EQ(one.State().merged_beyond, kBeyond);
  EXPECT_EQ(one.sums(), one.FoldAgain());
  random_.seed(31);
  std::shuffle(changes.begin(), changes.end(), random_);
  Fleet other(build_.definition(), 3, 31);
  other.Apply(changes);
  EXPECT_EQ(other.State().merged_beyond, kBeyond);
  EXPECT_EQ(other.sums(), one.sums());
}

TEST_F(MergedIntoOneTest, OneThatLeavesMakesRoomForTheNext) {
  Fleet fleet(build_.definition());
  fleet.Apply(Losers());
  for (int i = 0; i < kLosers; ++i) {
    fleet.Apply(build_.Patch("customer", Loser(i), "2026-03-01", {{"merged_into", ""}}));
    if (i % 500 == 0) {
      EXPECT_EQ(fleet.sums(), fleet.FoldAgain()) << i;
    }
  }
  EXPECT_EQ(fleet.State().merged_beyond, 0U);
  EXPECT_EQ(fleet.sums(), fleet.FoldAgain());
}

TEST_F(MergedIntoOneTest, ASurvivorMayBeMergedWithAllItHas) {
  Fleet fleet(build_.definition());
  fleet.Apply(Losers());
  fleet.Apply(build_.Record("customer", "T", "2025-12-01", {{"owner", "r3"}}));
  fleet.Apply(build_.Patch("customer", "S", "2026-03-01", {{"merged_into", "T"}}));
  EXPECT_EQ(fleet.State().merged_beyond, kLosers + 1 - 1000U);
  EXPECT_EQ(fleet.sums(), fleet.FoldAgain());
}

}  // namespace
}  // namespace takt
