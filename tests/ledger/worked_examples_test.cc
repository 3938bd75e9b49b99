// The worked examples 2, 3, 5, 6, 12 and 14 of the KPI reference, at the level of facts.
#include <gtest/gtest.h>

#include "tests/ledger/definition_builder.h"
#include "tests/ledger/fleet.h"

namespace takt {
namespace {

constexpr int64_t kDay = 86'400'000'000;

const std::vector<std::pair<std::string, FieldType>> kDealFields = {
    {"amount", FieldType::kMoney},
    {"owner", FieldType::kText},
    {"source_lead", FieldType::kText},
    {"account", FieldType::kText},
};

// Applies the changes one by one and stops after those dated on or before `until`.
class Timeline {
 public:
  Timeline(const Definition& definition, std::vector<Change> changes)
      : fleet_(definition), changes_(std::move(changes)) {}

  Fleet& Until(absl::string_view time) {
    for (; next_ < changes_.size() && changes_[next_].time <= At(time); ++next_) {
      fleet_.Apply(changes_[next_]);
    }
    return fleet_;
  }

 private:
  Fleet fleet_;
  std::vector<Change> changes_;
  size_t next_ = 0;
};

TEST(WorkedExample2, ReopenedDealLeavesTheMonthItWasWonIn) {
  DefinitionBuilder build;
  build.AddObject("deal", kDealFields);
  build.AddPipeline("deal", {.name = "sales", .open = {"new", "proposal"}});
  const auto moment = [&](const char* name) { return build.Moment("deal", name); };
  const MomentId wins = build.AddMoment(
      "deal", "wins", {.source = Moment::Source::kStage, .pick = Pick::kEvery, .stage = 2});
  const MomentId losses = build.AddMoment(
      "deal", "losses", {.source = Moment::Source::kStage, .pick = Pick::kEvery, .stage = 3});
  const TermId won = build.AddTerm({.at = {moment("won")}}, "deal");
  const TermId closed = build.AddTerm({.at = {moment("won"), moment("lost")}}, "deal");
  const TermId booked = build.AddTerm(
      {.measure = {MeasureKind::kField, build.Field("deal", "amount")}, .at = {moment("won")}},
      "deal");
  const TermId open = build.AddTerm(
      {.kind = TermKind::kLevel, .states = {{.state = build.State("deal", "open")}}}, "deal");
  const TermId every_win = build.AddTerm({.at = {wins}}, "deal");
  const TermId every_loss = build.AddTerm({.at = {losses}}, "deal");
  const TermId reopens = build.AddTerm({.rows = RowSource::kVisit,
                                        .where = {{.field = kExitField, .texts = {"reopened"}}},
                                        .at = {kLeftMoment}},
                                       "deal");
  const TermId cycle = build.AddTerm(
      {.kind = TermKind::kDurations, .at = {moment("lost")}, .from = moment("created")}, "deal");
  const Definition& definition = build.Finish();

  Timeline timeline(definition, {build.Record("deal", "D", "2026-01-02",
                                              {{"stage", "new"}, {"amount", "1000000"}}),
                                 build.Record("deal", "E", "2026-01-03", {{"stage", "new"}}),
                                 build.Patch("deal", "D", "2026-01-10", {{"stage", "won"}}),
                                 build.Patch("deal", "E", "2026-01-12", {{"stage", "lost"}}),
                                 build.Patch("deal", "D", "2026-01-15", {{"stage", "proposal"}}),
                                 build.Patch("deal", "D", "2026-01-22", {{"stage", "lost"}})});
  struct Case {
    const char* now;
    int64_t won, closed, booked, open;
  };
  for (const Case& c : {Case{"2026-01-11", 1, 1, 1000000, 1}, Case{"2026-01-13", 1, 2, 1000000, 0},
                        Case{"2026-01-16", 0, 1, 0, 1}, Case{"2026-01-23", 0, 2, 0, 0}}) {
    SCOPED_TRACE(c.now);
    const Fleet& fleet = timeline.Until(c.now);
    const auto january = [&](TermId term) {
      return fleet.Sum(build.Row(term, 0), At("2026-01-01"), At("2026-02-01"));
    };
    EXPECT_EQ(january(won), c.won);
    EXPECT_EQ(january(closed), c.closed);
    EXPECT_EQ(january(booked), c.booked);
    EXPECT_EQ(fleet.LevelAt(build.Row(open, 0), At(c.now)), c.open);
  }
  const Fleet& fleet = timeline.Until("2026-02-01");
  const auto all = [&](TermId term) {
    return fleet.Sum(build.Row(term, 0), At("2026-01-01"), At("2026-02-01"));
  };
  EXPECT_EQ(all(every_win), 1);
  EXPECT_EQ(all(every_loss), 2);
  EXPECT_EQ(all(reopens), 1);
  const auto cycle_of_d =
      std::tuple(build.Row(cycle, 0), MinuteOf(At("2026-01-22").micros), 20 * kDay);
  EXPECT_EQ(fleet.sums().durations.at(cycle_of_d), 1) << "20 days, 1,728,000 s";
}

class WorkedExample3 : public ::testing::Test {
 protected:
  WorkedExample3() {
    build.AddObject("deal", kDealFields);
    build.AddPipeline("deal", {.name = "sales", .open = {"S1", "S2", "S3"}});
    build.AddStageDimension("deal");
  }
  TermId AddReaches(std::vector<Condition> where) {
    return build.AddTerm(
        {.rows = RowSource::kReach, .where = std::move(where), .at = {kEnteredMoment}}, "deal",
        {{"deal_stage"}});
  }
  void Apply(Fleet& fleet) {
    const auto day = [](int d) {
      return d < 9 ? "2026-01-0" + std::to_string(d + 1) : "2026-01-" + std::to_string(d + 1);
    };
    const auto moves = [&](const char* id, std::vector<std::pair<int, const char*>> stages) {
      for (const auto& [d, stage] : stages) {
        fleet.Apply(d == 0 ? build.Record("deal", id, day(d), {{"stage", stage}})
                           : build.Patch("deal", id, day(d), {{"stage", stage}}));
      }
    };
    moves("A", {{0, "S1"}, {2, "S2"}, {5, "S3"}, {9, "won"}});
    moves("B", {{0, "S1"}, {4, "S3"}, {10, "lost"}});
    moves("C", {{0, "S1"}, {1, "S2"}, {3, "S3"}, {6, "S2"}, {8, "S3"}});
    moves("D", {{0, "S1"}});
  }
  int64_t Count(const Fleet& fleet, TermId term, const char* stage) {
    return fleet.Sum(build.Row(term, 0, {stage}), At("2026-01-01"), At("2026-02-01"));
  }
  DefinitionBuilder build;
};

TEST_F(WorkedExample3, FurthestAndStrictConversion) {
  const Condition visited{.field = kVisitedField, .type = FieldType::kBool, .integers = {1}};
  const Condition skipped{.field = kVisitedField, .type = FieldType::kBool, .integers = {0}};
  const Condition next{.field = kNextVisitedField, .type = FieldType::kBool, .integers = {1}};
  const TermId reached = AddReaches({});
  const TermId strict_of = AddReaches({visited});
  const TermId strict_to = AddReaches({visited, next});
  const TermId skips = AddReaches({skipped});
  const TermId backward = build.AddTerm({.rows = RowSource::kVisit,
                                         .where = {{.field = kExitField, .texts = {"backward"}}},
                                         .at = {kLeftMoment}},
                                        "deal", {{"deal_stage"}});
  Fleet fleet(build.Finish());
  Apply(fleet);
  EXPECT_EQ(Count(fleet, reached, "S1"), 4);
  EXPECT_EQ(Count(fleet, reached, "S2"), 3);
  EXPECT_EQ(Count(fleet, reached, "S3"), 3);
  EXPECT_EQ(Count(fleet, reached, "won"), 1);
  EXPECT_EQ(Count(fleet, reached, "lost"), 0);
  EXPECT_EQ(Count(fleet, strict_of, "S1"), 4);
  EXPECT_EQ(Count(fleet, strict_to, "S1"), 2);
  EXPECT_EQ(Count(fleet, strict_of, "S2"), 2);
  EXPECT_EQ(Count(fleet, strict_to, "S2"), 2);
  EXPECT_EQ(Count(fleet, skips, "S2"), 1);
  EXPECT_EQ(Count(fleet, backward, "S3"), 1);
}

TEST_F(WorkedExample3, DwellPerVisitAndWhatIsStillInside) {
  const TermId dwell = build.AddTerm({.kind = TermKind::kDurations,
                                      .rows = RowSource::kVisit,
                                      .at = {kLeftMoment},
                                      .from = kEnteredMoment},
                                     "deal", {{"deal_stage"}});
  const TermId inside = build.AddTerm({.kind = TermKind::kLevel,
                                       .rows = RowSource::kVisit,
                                       .states = {{.state = build.State("deal", "exists")}}},
                                      "deal", {{"deal_stage"}});
  const TermId since = build.AddTerm({.kind = TermKind::kLevel,
                                      .rows = RowSource::kVisit,
                                      .measure = {MeasureKind::kStart},
                                      .states = {{.state = build.State("deal", "exists")}}},
                                     "deal", {{"deal_stage"}});
  Fleet fleet(build.Finish());
  Apply(fleet);
  struct Case {
    const char* stage;
    int64_t count, days, inside, age_days;
  };
  for (const Case& c : {Case{"S1", 3, 7, 1, 10}, Case{"S2", 3, 7, 0, 0}, Case{"S3", 3, 13, 1, 2}}) {
    SCOPED_TRACE(c.stage);
    EXPECT_EQ(fleet.DurationCount(build.Row(dwell, 0, {c.stage})), c.count);
    EXPECT_EQ(fleet.DurationSum(build.Row(dwell, 0, {c.stage})), c.days * kDay);
    const EventTime now = At("2026-01-11");
    EXPECT_EQ(fleet.LevelAt(build.Row(inside, 0, {c.stage}), now), c.inside);
    const int64_t age = c.inside * now.micros - fleet.LevelAt(build.Row(since, 0, {c.stage}), now);
    EXPECT_EQ(age, c.age_days * kDay);
  }
}

TEST(WorkedExample5, PastResultsStayWhenPeopleMoveAndTheOpenBookMoves) {
  DefinitionBuilder build;
  build.AddObject("deal", kDealFields);
  build.AddPipeline("deal", {.name = "sales", .open = {"new"}});
  build.AddTable("team", "owner",
                 {{"R1", "", "North"},
                  {"R1", "2026-02-01", "South"},
                  {"R2", "", "North"},
                  {"R3", "", "South"}});
  const Measure amount{MeasureKind::kField, build.Field("deal", "amount")};
  const MomentId won = build.Moment("deal", "won");
  const std::vector<std::vector<std::string>> levels = {{}, {"team"}};
  const TermId booked = build.AddTerm({.measure = amount, .at = {won}}, "deal", levels);
  const TermId booked_today =
      build.AddTerm({.measure = amount, .credit = Credit::kCurrent, .at = {won}}, "deal", levels);
  const TermId open = build.AddTerm({.kind = TermKind::kLevel,
                                     .measure = amount,
                                     .states = {{.state = build.State("deal", "open")}}},
                                    "deal", levels);
  Fleet fleet(build.Finish());
  fleet.Apply({build.Record("deal", "X", "2026-01-02",
                            {{"stage", "new"}, {"owner", "R1"}, {"amount", "8000"}}),
               build.Record("deal", "Y", "2026-01-02",
                            {{"stage", "new"}, {"owner", "R1"}, {"amount", "20000"}}),
               build.Record("deal", "Z", "2026-01-02",
                            {{"stage", "new"}, {"owner", "R2"}, {"amount", "5000"}}),
               build.Patch("deal", "Z", "2026-01-20", {{"owner", "R3"}}),
               build.Patch("deal", "X", "2026-01-25", {{"stage", "won"}}),
               build.Patch("deal", "Z", "2026-02-03", {{"stage", "won"}})});
  struct Case {
    const char* now;
    int64_t booked_north, booked_south, open_north, open_south, open_company;
  };
  for (const Case& c : {Case{"2026-02-04", 8000, 5000, 0, 20000, 20000},
                        Case{"2026-01-31", 8000, 0, 20000, 5000, 25000}}) {
    SCOPED_TRACE(c.now);
    const auto booked_by = [&](const char* team) {
      return fleet.Sum(build.Row(booked, 1, {team}), At("2026-01-01"), At(c.now));
    };
    EXPECT_EQ(booked_by("North"), c.booked_north);
    EXPECT_EQ(booked_by("South"), c.booked_south);
    EXPECT_EQ(fleet.LevelAt(build.Row(open, 1, {"North"}), At(c.now)), c.open_north);
    EXPECT_EQ(fleet.LevelAt(build.Row(open, 1, {"South"}), At(c.now)), c.open_south);
    EXPECT_EQ(fleet.LevelAt(build.Row(open, 0), At(c.now)), c.open_company);
  }
  const auto today_by = [&](size_t set, std::vector<std::string> team) {
    return fleet.Sum(build.Row(booked_today, set, team), At("2026-01-01"), At("2026-02-04"));
  };
  EXPECT_EQ(today_by(1, {"North"}), 0);
  EXPECT_EQ(today_by(1, {"South"}), 13000);
  EXPECT_EQ(today_by(0, {}), 13000);
}

TEST(WorkedExample6, DisorderCorrectsTheHourItBelongsTo) {
  DefinitionBuilder build;
  build.AddObject("deal", kDealFields);
  build.AddPipeline("deal", {.name = "sales", .open = {"new", "proposal"}});
  build.AddStageDimension("deal");
  const MomentId won = build.Moment("deal", "won");
  const TermId wins = build.AddTerm({.at = {won}}, "deal");
  const TermId closed = build.AddTerm({.at = {build.Moment("deal", "closed")}}, "deal");
  const TermId cycle = build.AddTerm(
      {.kind = TermKind::kDurations, .at = {won}, .from = build.Moment("deal", "created")}, "deal");
  const TermId dwell = build.AddTerm({.kind = TermKind::kDurations,
                                      .rows = RowSource::kVisit,
                                      .at = {kLeftMoment},
                                      .from = kEnteredMoment},
                                     "deal", {{"deal_stage"}});
  Fleet fleet(build.Finish());
  const auto hours = [&](TermId term) {
    return std::pair(fleet.Sum(build.Row(term, 0), At("2026-01-05 09:00"), At("2026-01-05 10:00")),
                     fleet.Sum(build.Row(term, 0), At("2026-01-05 10:00"), At("2026-01-05 11:00")));
  };
  const Change e2 = build.Patch("deal", "D1", "2026-01-05 10:00", {{"stage", "won"}});
  fleet.Apply(build.Record("deal", "D1", "2026-01-05 09:00", {{"stage", "new"}}));
  fleet.Apply(e2);
  EXPECT_EQ(fleet.Apply(e2), Applied::kDuplicate);
  fleet.Apply(build.Patch("deal", "D2", "2026-01-05 10:30", {{"stage", "lost"}}));
  EXPECT_EQ(hours(wins), std::pair(int64_t{0}, int64_t{1})) << "after e4";
  EXPECT_EQ(hours(closed), std::pair(int64_t{0}, int64_t{2})) << "after e4";
  fleet.Apply(build.Patch("deal", "D3", "2026-01-05 09:50", {{"stage", "won"}}));
  EXPECT_EQ(hours(wins), std::pair(int64_t{1}, int64_t{1})) << "after e5";
  EXPECT_EQ(hours(closed), std::pair(int64_t{1}, int64_t{2})) << "after e5";
  fleet.Apply(build.Patch("deal", "D1", "2026-01-05 09:30", {{"stage", "proposal"}}));
  EXPECT_EQ(hours(wins), std::pair(int64_t{1}, int64_t{1})) << "after e6";
  EXPECT_EQ(fleet.DurationSum(build.Row(dwell, 0, {"proposal"})), 1'800'000'000);
  EXPECT_EQ(fleet.DurationCount(build.Row(cycle, 0)), 1) << "D3's creation was never seen";
  EXPECT_EQ(fleet.Counts().duplicates, 1);
  EXPECT_EQ(fleet.Counts().corrections, 1) << "e6 alone is older than its own entity's latest";
  EXPECT_EQ(fleet.State().incomplete, 2);
}

TEST(WorkedExample12, MergedLeadsCountOnceAndDeletedDealsNotAtAll) {
  DefinitionBuilder build;
  build.AddObject("lead", {{"status", FieldType::kText}});
  build.AddObject("deal", kDealFields);
  build.AddPipeline("deal", {.name = "sales", .open = {"new"}});
  const MomentId qualified =
      build.AddMoment("lead", "qualified",
                      {.source = Moment::Source::kField,
                       .field = build.Field("lead", "status"),
                       .conditions = {build.Is("lead", "status", {"MQL", "SQL"})}});
  const TermId leads = build.AddTerm({.at = {build.Moment("lead", "created")}}, "lead");
  const TermId qualifieds = build.AddTerm({.at = {qualified}}, "lead");
  const MomentId won = build.Moment("deal", "won");
  const TermId wins = build.AddTerm({.at = {won}}, "deal");
  const TermId booked = build.AddTerm(
      {.measure = {MeasureKind::kField, build.Field("deal", "amount")}, .at = {won}}, "deal");
  const Definition& definition = build.Finish();
  Timeline timeline(
      definition,
      {build.Record("lead", "L1", "2026-01-03", {{"status", "new"}}),
       build.Record("lead", "L2", "2026-01-04", {{"status", "new"}}),
       build.Patch("lead", "L1", "2026-01-05", {{"status", "MQL"}}),
       build.Patch("lead", "L2", "2026-01-06", {{"status", "SQL"}}),
       build.Record("deal", "D", "2026-01-07", {{"stage", "won"}, {"amount", "4000"}}),
       build.Patch("lead", "L2", "2026-01-09", {{"merged_into", "L1"}}),
       build.Delete("deal", "D", "2026-01-20"), build.Undelete("deal", "D", "2026-01-21")});
  struct Case {
    const char* now;
    int64_t leads, qualified, wins, booked;
  };
  for (const Case& c : {Case{"2026-01-08", 2, 2, 1, 4000}, Case{"2026-01-09", 1, 1, 1, 4000},
                        Case{"2026-01-20", 1, 1, 0, 0}, Case{"2026-01-21", 1, 1, 1, 4000}}) {
    SCOPED_TRACE(c.now);
    const Fleet& fleet = timeline.Until(c.now);
    const auto january = [&](TermId term) {
      return fleet.Sum(build.Row(term, 0), At("2026-01-01"), At("2026-02-01"));
    };
    EXPECT_EQ(january(leads), c.leads);
    EXPECT_EQ(january(qualifieds), c.qualified);
    EXPECT_EQ(january(wins), c.wins);
    EXPECT_EQ(january(booked), c.booked);
  }
}

TEST(WorkedExample14, FromLeadToPayingCustomerOverLinks) {
  DefinitionBuilder build;
  build.AddObject("lead", {});
  build.AddObject("customer", {});
  build.AddObject("deal", kDealFields);
  build.AddPipeline("deal", {.name = "sales", .open = {"new"}});
  const LinkId to_lead = build.AddLink("deal", "source_lead", "lead", {.moments = {"won"}});
  const LinkId to_customer = build.AddLink("deal", "account", "customer", {.moments = {"won"}});
  const auto first_won = [&](LinkId link) {
    return Moment{.source = Moment::Source::kLinked,
                  .moments = {build.Moment("deal", "won")},
                  .origin = build.Object("deal"),
                  .origin_link = link};
  };
  const MomentId customer = build.AddMoment("lead", "customer", first_won(to_lead));
  const MomentId joined = build.AddMoment("customer", "joined", first_won(to_customer));
  const MomentId created = build.Moment("lead", "created");
  const TermId leads = build.AddTerm({.at = {created}}, "lead");
  const TermId converted = build.AddTerm({.at = {customer}, .dated = created}, "lead");
  const TermId cycle =
      build.AddTerm({.kind = TermKind::kDurations, .at = {customer}, .from = created}, "lead");
  const TermId new_customers = build.AddTerm({.at = {joined}}, "customer");
  const Definition& definition = build.Finish();
  Timeline timeline(
      definition,
      {build.Record("customer", "C1", "2026-01-01", {}),
       build.Record("customer", "C2", "2026-01-01", {}),
       build.Record("lead", "L1", "2026-01-02", {}), build.Record("lead", "L2", "2026-01-03", {}),
       build.Record("deal", "D1", "2026-01-05",
                    {{"stage", "new"}, {"source_lead", "L1"}, {"account", "C1"}}),
       build.Record("deal", "D2", "2026-01-06", {{"stage", "new"}, {"account", "C1"}}),
       build.Record("lead", "L3", "2026-01-10", {}), build.Record("lead", "L4", "2026-01-11", {}),
       build.Patch("deal", "D2", "2026-01-12", {{"stage", "won"}}),
       build.Patch("deal", "D1", "2026-01-15", {{"stage", "won"}}),
       build.Patch("deal", "D2", "2026-01-20", {{"source_lead", "L2"}}),
       build.Record("deal", "D4", "2026-01-25",
                    {{"stage", "won"}, {"source_lead", "L4"}, {"account", "C2"}}),
       build.Delete("deal", "D4", "2026-01-28"),
       build.Patch("deal", "D2", "2026-01-30", {{"stage", "new"}})});
  struct Case {
    const char* now;
    int64_t leads, converted, customers, cycle_days;
  };
  for (const Case& c : {Case{"2026-01-13", 4, 0, 1, 0}, Case{"2026-01-16", 4, 1, 1, 13},
                        Case{"2026-01-21", 4, 2, 1, 22}, Case{"2026-01-26", 4, 3, 2, 36},
                        Case{"2026-01-29", 4, 2, 1, 22}, Case{"2026-01-31", 4, 1, 1, 13}}) {
    SCOPED_TRACE(c.now);
    const Fleet& fleet = timeline.Until(c.now);
    const auto january = [&](TermId term) {
      return fleet.Sum(build.Row(term, 0), At("2026-01-01"), At("2026-02-01"));
    };
    EXPECT_EQ(january(leads), c.leads);
    EXPECT_EQ(january(converted), c.converted);
    EXPECT_EQ(january(new_customers), c.customers);
    EXPECT_EQ(fleet.DurationSum(build.Row(cycle, 0)), c.cycle_days * kDay);
  }
  const Fleet& fleet = timeline.Until("2026-02-01");
  EXPECT_EQ(fleet.Sum(build.Row(new_customers, 0), At("2026-01-15"), At("2026-01-16")), 1)
      << "C1 is now dated by D1";
}

}  // namespace
}  // namespace takt
