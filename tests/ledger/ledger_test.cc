// Rules of histories, links and merges, one by one.
#include "engine/ledger/ledger.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/ledger/definition_builder.h"
#include "tests/ledger/fleet.h"

namespace takt {
namespace {

class LedgerTest : public ::testing::TestWithParam<int> {  // the number of workers
 protected:
  LedgerTest() {
    build.AddObject("lead", {{"status", FieldType::kText}});
    build.AddObject(
        "deal",
        {{"amount", FieldType::kMoney}, {"owner", FieldType::kText}, {"lead", FieldType::kText}});
    build.AddPipeline("deal", {.name = "sales", .open = {"new", "proposal"}});
    const LinkId link = build.AddLink("deal", "lead", "lead", {.moments = {"won"}});
    const MomentId customer = build.AddMoment("lead", "customer",
                                              {.source = Moment::Source::kLinked,
                                               .moments = {build.Moment("deal", "won")},
                                               .origin = build.Object("deal"),
                                               .origin_link = link});
    leads = build.AddTerm({.at = {build.Moment("lead", "created")}}, "lead");
    customers = build.AddTerm({.at = {customer}}, "lead");
    won = build.AddTerm({.at = {build.Moment("deal", "won")}}, "deal");
    booked = build.AddTerm({.measure = {MeasureKind::kField, build.Field("deal", "amount")},
                            .at = {build.Moment("deal", "won")}},
                           "deal");
    open = build.AddTerm(
        {.kind = TermKind::kLevel, .states = {{.state = build.State("deal", "open")}}}, "deal");
    build.definition().changes_per_entity_max = 20;
    build.Finish();
  }

  Fleet MakeFleet() { return Fleet(build.definition(), GetParam(), 5); }
  int64_t Count(const Fleet& fleet, TermId term) {
    return fleet.Sum(build.Row(term, 0), At("2025-01-01"), At("2027-01-01"));
  }
  Change Merge(const char* loser, const char* time, std::optional<std::string> survivor) {
    return build.Patch("lead", loser, time, {{"merged_into", survivor}});
  }

  DefinitionBuilder build;
  TermId leads, customers, won, booked, open;
};
INSTANTIATE_TEST_SUITE_P(Workers, LedgerTest, ::testing::Values(1, 2, 3));

TEST_P(LedgerTest, OneIdentityIsOneChangeAndTheSmallestContentStands) {
  Change small = build.Patch("deal", "D", "2026-01-05", {{"stage", "won"}, {"amount", "100"}});
  Change large = build.Patch("deal", "D", "2026-01-05", {{"stage", "won"}, {"amount", "300"}});
  small.identity = large.identity = 77;
  for (const bool small_first : {true, false}) {
    Fleet fleet = MakeFleet();
    EXPECT_EQ(fleet.Apply(small_first ? small : large), Applied::kApplied);
    EXPECT_EQ(fleet.Apply(small_first ? large : small), Applied::kDuplicate);
    EXPECT_EQ(Count(fleet, booked), 100);
    EXPECT_EQ(fleet.Counts().conflicts, 1);
    EXPECT_EQ(fleet.Counts().applied, 1);
    EXPECT_EQ(fleet.State().changes, 1);
  }
}

TEST_P(LedgerTest, WithoutIdentityEqualContentIsOneChange) {
  Fleet fleet = MakeFleet();
  const Change change = build.Patch("deal", "D", "2026-01-05", {{"stage", "won"}});
  EXPECT_EQ(fleet.Apply(change), Applied::kApplied);
  EXPECT_EQ(fleet.Apply(change), Applied::kDuplicate);
  Change identified = change;
  identified.identity = 4;
  EXPECT_EQ(fleet.Apply(identified), Applied::kApplied) << "an id is another identity";
  EXPECT_EQ(Count(fleet, won), 1);
}

TEST_P(LedgerTest, WithinOneMomentTheClosingStageComesLast) {
  for (const bool won_first : {true, false}) {
    Fleet fleet = MakeFleet();
    const Change opened = build.Patch("deal", "D", "2026-01-05", {{"stage", "proposal"}});
    const Change closed = build.Patch("deal", "D", "2026-01-05", {{"stage", "won"}});
    fleet.Apply({won_first ? closed : opened, won_first ? opened : closed});
    EXPECT_EQ(Count(fleet, won), 1);
    EXPECT_EQ(fleet.LevelAt(build.Row(open, 0), At("2026-01-06")), 0);
  }
}

TEST_P(LedgerTest, RecordClearsWhatItDoesNotName) {
  Fleet fleet = MakeFleet();
  fleet.Apply(build.Record("deal", "D", "2026-01-05", {{"stage", "won"}, {"amount", "100"}}));
  fleet.Apply(build.Patch("deal", "D", "2026-01-06", {{"owner", "r"}}));
  EXPECT_EQ(Count(fleet, booked), 100);
  fleet.Apply(build.Record("deal", "D", "2026-01-07", {{"stage", "won"}}));
  EXPECT_EQ(Count(fleet, won), 1);
  EXPECT_EQ(Count(fleet, booked), 0);
}

TEST_P(LedgerTest, DeleteHoldsUntilUndeleteOrRecordAndPatchDoesNotRevive) {
  Fleet fleet = MakeFleet();
  fleet.Apply(build.Record("deal", "D", "2026-01-05", {{"stage", "won"}}));
  fleet.Apply(build.Delete("deal", "D", "2026-01-06"));
  fleet.Apply(build.Patch("deal", "D", "2026-01-07", {{"amount", "5"}}));
  EXPECT_EQ(fleet.sums(), Sums{});
  fleet.Apply(build.Undelete("deal", "D", "2026-01-08"));
  EXPECT_EQ(Count(fleet, won), 1);
  fleet.Apply(build.Delete("deal", "D", "2026-01-09"));
  EXPECT_EQ(fleet.sums(), Sums{});
  fleet.Apply(build.Record("deal", "D", "2026-01-10", {{"stage", "won"}}));
  EXPECT_EQ(Count(fleet, won), 1);
}

TEST_P(LedgerTest, FullHistoryRefusesOthersButKnowsItsOwn) {
  Fleet fleet = MakeFleet();
  std::vector<Change> changes;
  for (int i = 0; i < 20; ++i) {
    changes.push_back(build.Patch("deal", "D", "2026-01-05", {{"amount", std::to_string(i)}}));
    EXPECT_EQ(fleet.Apply(changes.back()), Applied::kApplied);
  }
  EXPECT_EQ(fleet.Apply(build.Patch("deal", "D", "2026-01-05", {{"amount", "20"}})),
            Applied::kFull);
  EXPECT_EQ(fleet.Apply(changes[3]), Applied::kDuplicate);
  EXPECT_EQ(fleet.Counts().refused_full, 1);
  EXPECT_EQ(fleet.State().changes, 20);
}

TEST_P(LedgerTest, FullHistoryRefusesWhatComesAfterIt) {
  Fleet fleet = MakeFleet();
  fleet.Apply(build.Record("deal", "D", "2026-01-01", {{"stage", "new"}, {"amount", "5"}}));
  for (int day = 2; day <= 20; ++day) {
    const std::string time = absl::StrFormat("2026-01-%02d", day);
    EXPECT_EQ(fleet.Apply(build.Patch("deal", "D", time, {{"amount", "6"}})), Applied::kApplied);
  }
  EXPECT_EQ(fleet.Apply(build.Patch("deal", "D", "2026-01-21", {{"amount", "7"}})), Applied::kFull);
  EXPECT_EQ(fleet.State().changes, 20);
}

TEST_P(LedgerTest, RepointedLinkTakesItsMomentsAlong) {
  Fleet fleet = MakeFleet();
  fleet.Apply({build.Record("lead", "L1", "2026-01-01", {}),
               build.Record("lead", "L2", "2026-01-01", {}),
               build.Record("deal", "D", "2026-01-05", {{"stage", "won"}, {"lead", "L1"}})});
  EXPECT_EQ(Count(fleet, customers), 1);
  fleet.Apply(build.Patch("deal", "D", "2026-01-06", {{"lead", "L2"}}));
  EXPECT_EQ(Count(fleet, customers), 1);
  fleet.Apply(build.Delete("lead", "L2", "2026-01-07"));
  EXPECT_EQ(Count(fleet, customers), 0) << "it was L2's";
  fleet.Apply(build.Patch("deal", "D", "2026-01-08", {{"lead", std::nullopt}}));
  fleet.Apply(build.Undelete("lead", "L2", "2026-01-09"));
  EXPECT_EQ(Count(fleet, customers), 0);
  EXPECT_EQ(Count(fleet, leads), 2);
}

TEST_P(LedgerTest, EntityKnownByALinkAloneCountsOnceItIsKnown) {
  Fleet fleet = MakeFleet();
  fleet.Apply(build.Record("deal", "D", "2026-01-05", {{"stage", "won"}, {"lead", "L1"}}));
  EXPECT_EQ(Count(fleet, customers), 0);
  EXPECT_EQ(fleet.State().entities, 1);
  fleet.Apply(build.Record("lead", "L1", "2026-01-01", {}));
  EXPECT_EQ(Count(fleet, customers), 1);
}

TEST_P(LedgerTest, WhatPointsAtALoserPointsAtTheSurvivor) {
  Fleet fleet = MakeFleet();
  fleet.Apply({build.Record("lead", "L1", "2026-01-01", {}),
               build.Record("lead", "L2", "2026-01-02", {}),
               build.Record("lead", "L3", "2026-01-03", {}),
               build.Record("deal", "D", "2026-01-05", {{"stage", "won"}, {"lead", "L3"}})});
  fleet.Apply(Merge("L3", "2026-01-06", "L2"));
  EXPECT_EQ(Count(fleet, leads), 2);
  EXPECT_EQ(Count(fleet, customers), 1);
  fleet.Apply(Merge("L2", "2026-01-07", "L1"));
  EXPECT_EQ(Count(fleet, leads), 1) << "a chain";
  EXPECT_EQ(Count(fleet, customers), 1);
  fleet.Apply(Merge("L2", "2026-01-08", std::nullopt));
  EXPECT_EQ(Count(fleet, leads), 2) << "un-merged";
  EXPECT_EQ(Count(fleet, customers), 1);
  fleet.Apply(build.Delete("deal", "D", "2026-01-09"));
  EXPECT_EQ(Count(fleet, customers), 0);
}

TEST_P(LedgerTest, InACircleTheSmallestIdSurvives) {
  Fleet fleet = MakeFleet();
  fleet.Apply({build.Record("lead", "L2", "2026-01-02", {}),
               build.Record("lead", "L1", "2026-01-01", {}),
               build.Record("lead", "L3", "2026-01-03", {}), Merge("L2", "2026-01-05", "L3"),
               Merge("L3", "2026-01-05", "L1"), Merge("L1", "2026-01-05", "L2")});
  EXPECT_EQ(Count(fleet, leads), 1);
  EXPECT_EQ(fleet.Sum(build.Row(leads, 0), At("2026-01-01"), At("2026-01-02")), 1);
  fleet.Apply(build.Delete("lead", "L1", "2026-01-06"));
  EXPECT_EQ(fleet.sums(), Sums{}) << "L1 survived, and it is deleted";
  fleet.Apply(Merge("L3", "2026-01-07", std::nullopt));
  EXPECT_EQ(Count(fleet, leads), 1) << "L1 leads to L2, L2 to L3";
}

TEST_P(LedgerTest, MergedIntoItselfIsNotMerged) {
  Fleet fleet = MakeFleet();
  fleet.Apply({build.Record("lead", "L1", "2026-01-01", {}), Merge("L1", "2026-01-02", "L1")});
  EXPECT_EQ(Count(fleet, leads), 1);
}

TEST_P(LedgerTest, DeletedLoserDoesNotDeleteItsSurvivor) {
  Fleet fleet = MakeFleet();
  fleet.Apply({build.Record("lead", "L1", "2026-01-02", {}),
               build.Record("lead", "L2", "2026-01-01", {}), Merge("L2", "2026-01-05", "L1"),
               build.Delete("lead", "L2", "2026-01-05")});
  EXPECT_EQ(Count(fleet, leads), 1);
  EXPECT_EQ(fleet.Sum(build.Row(leads, 0), At("2026-01-01"), At("2026-01-02")), 1)
      << "the earliest creation stands";
}

TEST_P(LedgerTest, ExtremeValuesNeitherOverflowNorCrash) {
  Fleet fleet = MakeFleet();
  const std::string least = std::to_string(INT64_MIN);
  const std::string most = std::to_string(INT64_MAX);
  fleet.Apply({build.Record("deal", "D", "2026-01-05", {{"stage", "won"}, {"amount", most}}),
               build.Record("deal", "E", "2026-01-05", {{"stage", "won"}, {"amount", least}}),
               build.Patch("deal", "D", "2026-01-06", {{"amount", least}, {"created_at", least}}),
               build.Patch("deal", "E", "2026-01-06", {{"amount", most}, {"created_at", most}})});
  EXPECT_EQ(Count(fleet, booked), 0);
  EXPECT_EQ(Count(fleet, won), 2);
}

TEST_P(LedgerTest, NothingIsDerivedWhereNoTermAsks) {
  DefinitionBuilder plain;
  plain.AddObject("note", {{"text", FieldType::kText}});
  Fleet fleet(plain.Finish(), GetParam());
  fleet.Apply(plain.Record("note", "N", "2026-01-01", {{"text", "hello"}}));
  fleet.Apply(plain.Patch("note", "M", "2026-01-01", {{"text", "hello"}}));
  EXPECT_TRUE(fleet.sums().empty());
  EXPECT_EQ(fleet.State().entities, 2);
  EXPECT_EQ(fleet.State().incomplete, 1);
  EXPECT_EQ(fleet.Histories().size(), 2);
}

// A note carries nothing to its account, and a call its team: both at one time.
TEST(LinkedMoments, AreCreditedByWhatTheirOwnLinkCarries) {
  DefinitionBuilder build;
  build.AddObject("note", {{"account", FieldType::kText}});
  build.AddObject("call", {{"account", FieldType::kText}, {"team", FieldType::kText}});
  build.AddObject("account", {});
  build.AddList("team", {"north", "south"});
  Term term{.credit = Credit::kOrigin};
  for (const char* origin : {"note", "call"}) {
    const LinkId link = build.AddLink(origin, "account", "account", {{"created"}, {}});
    term.at.push_back(build.AddMoment("account", absl::StrCat("told by ", origin),
                                      {.source = Moment::Source::kLinked,
                                       .pick = Pick::kEvery,
                                       .moments = {build.Moment(origin, "created")},
                                       .origin = build.Object(origin),
                                       .origin_link = link}));
  }
  const TermId id = build.AddTerm(term, "account", {{"team"}});
  build.Finish();
  Fleet fleet(build.definition());
  fleet.Apply(build.Record("account", "A", "2026-01-01", {}));
  fleet.Apply(build.Record("note", "1", "2026-01-05", {{"account", "A"}}));
  fleet.Apply(build.Record("call", "2", "2026-01-05", {{"account", "A"}, {"team", "south"}}));
  EXPECT_EQ(fleet.LevelAt(build.Row(id, 0, {"south"}), At("2026-02-01")), 1);
}

}  // namespace
}  // namespace takt
