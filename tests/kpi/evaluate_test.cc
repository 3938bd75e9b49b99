#include "engine/kpi/evaluate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "tests/kpi/small_definition.h"

namespace takt {
namespace {

using Node = FormulaNode::Kind;

class EvaluateTest : public testing::Test {
 protected:
  // The value of the only sample with these labels; a plain NaN stands for "not there" in no test.
  double Value(const std::string& series, const Labels& labels, const std::string& now) {
    const auto snapshot = Evaluate(small_.definition, facts_.cells, At(now));
    const Sample* sample = Find(*snapshot, series, labels);
    EXPECT_NE(sample, nullptr) << series << labels.text();
    return sample == nullptr ? -12345 : sample->value;
  }
  bool Exists(const std::string& series, const Labels& labels, const std::string& now) {
    return Find(*Evaluate(small_.definition, facts_.cells, At(now)), series, labels) != nullptr;
  }

  Kpi& Add(const std::string& name, KpiKind kind, TermId term,
           const std::vector<std::string>& windows) {
    Kpi& kpi = small_.AddKpi(name, kind, windows);
    kpi.term = term;
    return kpi;
  }
  Kpi& AddFormula(const std::string& name, const std::vector<std::string>& windows,
                  std::vector<FormulaNode> nodes) {
    Kpi& kpi = small_.AddKpi(name, KpiKind::kFormula, windows);
    kpi.formula = std::move(nodes);
    return kpi;
  }
  Kpi& AddWinRatio(const std::vector<std::string>& windows) {
    Add("won", KpiKind::kCount, kWonTerm, windows);
    Add("closed", KpiKind::kCount, kClosedTerm, windows);
    Kpi& kpi = small_.AddKpi("win_ratio", KpiKind::kShare, windows);
    kpi.numerator = small_.Id("won");
    kpi.denominator = small_.Id("closed");
    return kpi;
  }
  void Win(const std::string& time, FactGroup group = {}) {
    facts_.Sum(kWonTerm, At(time), 1, group);
    facts_.Sum(kClosedTerm, At(time), 1, group);
    facts_.Outcome(At(time), true, group);
  }
  void Lose(const std::string& time, FactGroup group = {}) {
    facts_.Sum(kClosedTerm, At(time), 1, group);
    facts_.Outcome(At(time), false, group);
  }

  SmallDefinition small_;
  Facts facts_{small_.definition};
};

TEST_F(EvaluateTest, WinRatioOfTheFirstWorkedExample) {
  AddWinRatio({"month", "previous month"});
  Win("2026-01-20T12:00:00Z");
  Lose("2026-01-25T12:00:00Z");
  Win("2026-01-30T12:00:00Z");
  const Labels month = {{"window", "month"}};
  EXPECT_DOUBLE_EQ(Value("sales_company_win_ratio", month, "2026-01-31T23:59:00Z"), 2.0 / 3);
  EXPECT_NEAR(Value("sales_company_win_ratio_lower", month, "2026-01-31T23:59:00Z"), .207660, 5e-7);
  EXPECT_NEAR(Value("sales_company_win_ratio_upper", month, "2026-01-31T23:59:00Z"), .938508, 5e-7);
  EXPECT_EQ(Value("sales_company_won", month, "2026-01-31T23:59:00Z"), 2);
  EXPECT_TRUE(std::isnan(Value("sales_company_win_ratio", month, "2026-02-01T00:00:00Z")));
  EXPECT_TRUE(std::isnan(Value("sales_company_win_ratio_lower", month, "2026-02-01T00:00:00Z")));
  EXPECT_EQ(Value("sales_company_closed", month, "2026-02-01T00:00:00Z"), 0);
  EXPECT_DOUBLE_EQ(
      Value("sales_company_win_ratio", {{"window", "previous month"}}, "2026-02-01T00:00:00Z"),
      2.0 / 3);
}

TEST_F(EvaluateTest, RegionsAddUpToTheCompany) {
  Add("won", KpiKind::kCount, kWonTerm, {"7d"});
  Win("2026-01-20T12:00:00Z", {.region = 0});
  Win("2026-01-20T12:00:00Z", {.region = 1});
  Win("2026-01-20T13:00:00Z", {.region = 1});
  const std::string now = "2026-01-21T00:00:00Z";
  EXPECT_EQ(Value("sales_company_won", {{"window", "7d"}}, now), 3);
  EXPECT_EQ(Value("sales_region_won", {{"window", "7d"}, {"sales_region", "north"}}, now), 1);
  EXPECT_EQ(Value("sales_region_won", {{"window", "7d"}, {"sales_region", "south"}}, now), 2);
}

TEST_F(EvaluateTest, KnownGroupsAreThereFromTheStartAndStrangersWhenTheyHoldSomething) {
  Add("won", KpiKind::kCount, kWonTerm, {"1d", "28d"});
  AddWinRatio({"28d"});
  const std::string now = "2026-01-21T00:00:00Z";
  EXPECT_EQ(Value("sales_region_won", {{"sales_region", "south"}, {"window", "1d"}}, now), 0);
  EXPECT_TRUE(std::isnan(Value("sales_region_win_ratio", {{"sales_region", "south"}}, now)));
  EXPECT_FALSE(Exists("sales_region_won", {{"sales_region", "unassigned"}}, now));
  EXPECT_FALSE(Exists("sales_region_win_ratio", {{"sales_region", "unassigned"}}, now));
  Win("2026-01-10T12:00:00Z", {.region = 2});
  EXPECT_EQ(Value("sales_region_won", {{"sales_region", "unassigned"}, {"window", "28d"}}, now), 1);
  EXPECT_EQ(Value("sales_region_won", {{"sales_region", "unassigned"}, {"window", "1d"}}, now), 0);
  EXPECT_EQ(Value("sales_region_win_ratio", {{"sales_region", "unassigned"}}, now), 1);
}

TEST_F(EvaluateTest, SplitsAreLabelsBehindTheLevels) {
  Add("won", KpiKind::kCount, kWonTerm, {"7d"}).split = {kLeadSource};
  Win("2026-01-20T12:00:00Z", {.region = 1, .source = 1});
  Win("2026-01-20T12:00:00Z", {.region = 0, .source = 1});
  const std::string now = "2026-01-21T00:00:00Z";
  EXPECT_EQ(Value("sales_company_won", {{"window", "7d"}, {"lead_source", "event"}}, now), 2);
  const auto snapshot = Evaluate(small_.definition, facts_.cells, At(now));
  const Sample* sample =
      Find(*snapshot, "sales_region_won", {{"lead_source", "event"}, {"sales_region", "south"}});
  ASSERT_NE(sample, nullptr);
  EXPECT_EQ(sample->value, 1);
  EXPECT_EQ(sample->labels.text(), R"({window="7d",sales_region="south",lead_source="event"})");
}

TEST_F(EvaluateTest, MoneyIsInWholeUnitsAndNumbersInTheirOwn) {
  Add("booked", KpiKind::kSum, kBookedTerm, {"7d"}).unit = {{{"money", 1}}};
  Add("score", KpiKind::kSum, kScoreTerm, {"7d"});
  facts_.Sum(kBookedTerm, At("2026-01-20T12:00:00Z"), 1234567);
  facts_.Sum(kScoreTerm, At("2026-01-20T12:00:00Z"), 1'500'000);
  EXPECT_EQ(Value("sales_company_booked", {}, "2026-01-20T12:00:00Z"), 12345.67);
  EXPECT_EQ(Value("sales_company_score", {}, "2026-01-20T12:00:00Z"), 1.5);
  small_.definition.currency = {.code = "JPY", .decimals = 0};
  EXPECT_EQ(Value("sales_company_booked", {}, "2026-01-20T12:00:00Z"), 1234567);
}

TEST_F(EvaluateTest, LevelsHaveNoWindow) {
  Add("open_deals", KpiKind::kLevel, kOpenTerm, {});
  facts_.Sum(kOpenTerm, At("2020-01-20T12:00:00Z"), 1);
  facts_.Sum(kOpenTerm, At("2026-01-20T12:00:00Z"), 1);
  facts_.Sum(kOpenTerm, At("2026-01-21T12:00:00Z"), -1);
  const auto snapshot = Evaluate(small_.definition, facts_.cells, At("2026-01-20T12:00:00Z"));
  const Sample* sample = Find(*snapshot, "sales_company_open_deals", {});
  ASSERT_NE(sample, nullptr);
  EXPECT_TRUE(sample->labels.empty());
  EXPECT_EQ(sample->value, 2);
  EXPECT_EQ(Value("sales_company_open_deals", {}, "2026-01-20T11:59:59Z"), 1);
  EXPECT_EQ(Value("sales_company_open_deals", {}, "2026-01-21T12:00:00Z"), 1);
}

TEST_F(EvaluateTest, AgesAreSummedUpToNow) {
  Add("age", KpiKind::kAge, kOpenTerm, {}).start_term = kStartsTerm;
  AddFormula("mean_age", {}, {small_.Of("age", Statistic::kMean)});
  for (const char* start : {"2026-01-20T12:00:00Z", "2026-01-20T12:30:00Z"}) {
    facts_.Sum(kOpenTerm, At(start), 1);
    facts_.Sum(kStartsTerm, At(start), At(start).micros);
  }
  EXPECT_EQ(Value("sales_company_age", {}, "2026-01-20T13:00:00.500Z"), 3601 + 1800);
  EXPECT_EQ(Value("sales_company_mean_age", {}, "2026-01-20T13:00:00.500Z"), 5401 / 2.0);
  EXPECT_EQ(Value("sales_company_age", {}, "2026-01-19T13:00:00Z"), 0);
  EXPECT_TRUE(std::isnan(Value("sales_company_mean_age", {}, "2026-01-19T13:00:00Z")));
}

TEST_F(EvaluateTest, DurationsHaveMeanMedianAndCount) {
  Add("cycle", KpiKind::kDurations, kCycleTerm, {"28d"});
  const int64_t day = 86'400'000'000;
  for (const int64_t days : {10, 20, 60}) facts_.Duration(At("2026-01-20T12:00:00Z"), days * day);
  const std::string now = "2026-01-21T00:00:00Z";
  EXPECT_EQ(Value("sales_company_cycle_mean_seconds", {}, now), 30 * 86400);
  EXPECT_NEAR(Value("sales_company_cycle_p50_seconds", {}, now), 20 * 86400, 17280);
  EXPECT_NEAR(Value("sales_company_cycle_p90_seconds", {}, now), 60 * 86400, 51840);
  EXPECT_EQ(Value("sales_company_cycle_outcomes", {}, now), 3);
  EXPECT_TRUE(
      std::isnan(Value("sales_region_cycle_p50_seconds", {{"sales_region", "south"}}, now)));
  EXPECT_TRUE(std::isnan(Value("sales_company_cycle_mean_seconds", {}, "2026-03-21T00:00:00Z")));
  EXPECT_EQ(Value("sales_company_cycle_outcomes", {}, "2026-03-21T00:00:00Z"), 0);
}

TEST_F(EvaluateTest, VelocityOfTheSeventhWorkedExample) {
  AddWinRatio({"28d"});
  Add("booked", KpiKind::kSum, kBookedTerm, {"28d"});
  Add("open_deals", KpiKind::kLevel, kOpenTerm, {});
  Add("cycle", KpiKind::kDurations, kCycleTerm, {"28d"});
  AddFormula(
      "pipeline_velocity", {"28d"},
      {small_.Of("open_deals"), small_.Of("win_ratio"),
       SmallDefinition::Binary(Node::kMultiply, 0, 1), small_.Of("booked"), small_.Of("won"),
       SmallDefinition::Binary(Node::kDivide, 3, 4), SmallDefinition::Binary(Node::kMultiply, 2, 5),
       small_.Of("cycle", Statistic::kMean), SmallDefinition::Binary(Node::kDivide, 6, 7)})
      .unit = {{{"money", 1}, {"seconds", -1}}};
  facts_.Sum(kOpenTerm, At("2025-06-01T00:00:00Z"), 40);
  for (int i = 0; i < 10; ++i) {
    Win("2026-01-20T12:00:00Z");
    facts_.Sum(kBookedTerm, At("2026-01-20T12:00:00Z"), 12'000'00);
    facts_.Duration(At("2026-01-20T12:00:00Z"), int64_t{50} * 86'400'000'000);
  }
  for (int i = 0; i < 30; ++i) Lose("2026-01-21T12:00:00Z");
  const std::string now = "2026-01-22T00:00:00Z";
  EXPECT_DOUBLE_EQ(Value("sales_company_pipeline_velocity_per_second", {}, now) * 86400, 2400);
  // Strangers and regions without wins: no cycle, no velocity.
  EXPECT_TRUE(std::isnan(
      Value("sales_region_pipeline_velocity_per_second", {{"sales_region", "south"}}, now)));
  EXPECT_FALSE(
      Exists("sales_region_pipeline_velocity_per_second", {{"sales_region", "unassigned"}}, now));
}

TEST_F(EvaluateTest, BracketsMoveTheWindowAndItsEnds) {
  Add("won", KpiKind::kCount, kWonTerm, {"7d"});
  FormulaNode wide = small_.Of("won");
  wide.window = ParseWindow("90d").value();
  FormulaNode earlier = small_.Of("won");
  earlier.ago = CivilSpan{1, CivilSpan::Unit::kMonths};
  AddFormula("wide", {"7d"}, {wide});
  AddFormula("earlier", {"7d", "month"}, {earlier});
  // A shift inside a shifted formula: two months in all.
  FormulaNode again = small_.Of("earlier");
  again.ago = CivilSpan{1, CivilSpan::Unit::kMonths};
  AddFormula("much_earlier", {"month"}, {again});
  Win("2026-03-30T12:00:00Z");
  for (int i = 0; i < 2; ++i) Win("2026-02-27T10:00:00Z");
  for (int i = 0; i < 4; ++i) Win("2026-02-28T13:00:00Z");
  for (int i = 0; i < 8; ++i) Win("2026-01-15T13:00:00Z");
  const std::string now = "2026-03-31T12:00:00Z";
  EXPECT_EQ(Value("sales_company_won", {}, now), 1);
  EXPECT_EQ(Value("sales_company_wide", {}, now), 15);
  // [March 25, March 31 12:01) goes to [February 25, February 28 12:01).
  EXPECT_EQ(Value("sales_company_earlier", {{"window", "7d"}}, now), 2);
  EXPECT_EQ(Value("sales_company_earlier", {{"window", "month"}}, now), 2);
  EXPECT_EQ(Value("sales_company_much_earlier", {}, now), 8);
}

TEST_F(EvaluateTest, LevelsMoveToTheEndOfTheWindow) {
  Add("mrr", KpiKind::kLevel, kOpenTerm, {});
  FormulaNode year_ago = small_.Of("mrr");
  year_ago.ago = CivilSpan{365, CivilSpan::Unit::kDays};
  AddFormula("nrr", {}, {small_.Of("mrr"), year_ago, SmallDefinition::Binary(Node::kDivide, 0, 1)});
  AddFormula("mrr_at_end", {"month", "previous month"}, {small_.Of("mrr")});
  facts_.Sum(kOpenTerm, At("2025-01-05T12:00:00Z"), 4);
  facts_.Sum(kOpenTerm, At("2026-01-05T12:00:00Z"), 2);
  facts_.Sum(kOpenTerm, At("2026-02-05T12:00:00Z"), 1);
  EXPECT_DOUBLE_EQ(Value("sales_company_nrr", {}, "2026-02-10T12:00:00Z"), 7.0 / 4);
  EXPECT_TRUE(std::isnan(Value("sales_company_nrr", {}, "2025-02-10T12:00:00Z")));
  EXPECT_EQ(Value("sales_company_mrr_at_end", {{"window", "month"}}, "2026-02-10T12:00:00Z"), 7);
  EXPECT_EQ(
      Value("sales_company_mrr_at_end", {{"window", "previous month"}}, "2026-02-10T12:00:00Z"), 6);
}

TEST_F(EvaluateTest, CompanysValueInsideAGroup) {
  Add("won", KpiKind::kCount, kWonTerm, {"7d"});
  FormulaNode company = small_.Of("won");
  company.level = kCompanyLevel;
  AddFormula("part_of_all", {"7d"},
             {small_.Of("won"), company, SmallDefinition::Binary(Node::kDivide, 0, 1)});
  AddFormula("part_of_source", {"7d"},
             {small_.Of("won"), company, SmallDefinition::Binary(Node::kDivide, 0, 1)})
      .split = {kLeadSource};
  for (int i = 0; i < 3; ++i) Win("2026-01-20T12:00:00Z", {.region = 1, .source = 0});
  Win("2026-01-20T12:00:00Z", {.region = 0, .source = 0});
  Win("2026-01-20T12:00:00Z", {.region = 0, .source = 1});
  const std::string now = "2026-01-21T00:00:00Z";
  EXPECT_DOUBLE_EQ(Value("sales_region_part_of_all", {{"sales_region", "south"}}, now), 0.6);
  EXPECT_DOUBLE_EQ(Value("sales_company_part_of_all", {}, now), 1);
  // The split stays: three of the four wins from the web.
  EXPECT_DOUBLE_EQ(Value("sales_region_part_of_source",
                         {{"sales_region", "south"}, {"lead_source", "web"}}, now),
                   0.75);
}

TEST_F(EvaluateTest, LastOutcomesAreExactAndTheirPartsAgree) {
  Kpi& ratio = AddWinRatio({"last 4"});
  ratio.outcomes_term = kOutcomesTerm;
  Kpi& won = small_.definition.kpis[small_.Id("won")];
  won.outcomes_term = kOutcomesTerm;
  won.counts_successes = true;
  small_.definition.kpis[small_.Id("closed")].outcomes_term = kOutcomesTerm;
  for (const char* time : {"2026-01-20T12:00:00Z", "2026-01-20T13:00:00Z"}) Win(time);
  for (const char* time :
       {"2026-01-20T14:00:00Z", "2026-01-20T15:00:00Z", "2026-01-20T16:00:00Z"}) {
    Lose(time);
  }
  EXPECT_DOUBLE_EQ(Value("sales_company_win_ratio", {}, "2026-01-20T20:00:00Z"), 0.25);
  EXPECT_EQ(Value("sales_company_won", {}, "2026-01-20T20:00:00Z"), 1);
  EXPECT_EQ(Value("sales_company_closed", {}, "2026-01-20T20:00:00Z"), 4);
  EXPECT_DOUBLE_EQ(Value("sales_company_win_ratio", {}, "2026-01-20T14:00:00Z"), 2.0 / 3);
  EXPECT_NEAR(Value("sales_company_win_ratio_lower", {}, "2026-01-20T14:00:00Z"), .207660, 5e-7);
}

TEST_F(EvaluateTest, SumsHaveNoMeaningOverLastOutcomes) {
  Add("booked", KpiKind::kSum, kBookedTerm, {"last 4"});
  facts_.Sum(kBookedTerm, At("2026-01-20T12:00:00Z"), 100);
  EXPECT_TRUE(std::isnan(Value("sales_company_booked", {}, "2026-01-20T20:00:00Z")));
}

TEST_F(EvaluateTest, DistinctCountsHaveATermForEachWindow) {
  Kpi& contacted = Add("contacted", KpiKind::kCount, kWonTerm, {"7d", "previous month"});
  contacted.recent_terms = {{"7d", kRecentWeekTerm}, {"previous month", kRecentMonthTerm}};
  facts_.Sum(kRecentWeekTerm, At("2026-01-20T12:00:00Z"), 1);
  facts_.Sum(kRecentWeekTerm, At("2026-01-27T00:00:00Z"), -1);
  facts_.Sum(kRecentMonthTerm, At("2026-02-01T00:00:00Z"), 1);
  facts_.Sum(kRecentMonthTerm, At("2026-03-01T00:00:00Z"), -1);
  EXPECT_EQ(Value("sales_company_contacted", {{"window", "7d"}}, "2026-01-26T23:59:59Z"), 1);
  EXPECT_EQ(Value("sales_company_contacted", {{"window", "7d"}}, "2026-01-27T00:00:00Z"), 0);
  EXPECT_EQ(
      Value("sales_company_contacted", {{"window", "previous month"}}, "2026-02-10T00:00:00Z"), 1);
}

TEST_F(EvaluateTest, NanSpreadsThroughEveryOperator) {
  Add("won", KpiKind::kCount, kWonTerm, {"7d"});
  for (const Node kind :
       {Node::kAdd, Node::kSubtract, Node::kMultiply, Node::kDivide, Node::kMin, Node::kMax}) {
    const auto binary = SmallDefinition::Binary;
    const std::string name = "f" + std::to_string(static_cast<int>(kind));
    // 1 (op) (won / won)
    AddFormula(name, {"7d"},
               {SmallDefinition::Number(1), small_.Of("won"), small_.Of("won"),
                binary(Node::kDivide, 1, 2), binary(kind, 0, 3)});
    AddFormula(name + "_turned", {"7d"},
               {SmallDefinition::Number(1), small_.Of("won"), small_.Of("won"),
                binary(Node::kDivide, 1, 2), binary(kind, 3, 0)});
    const std::string now = "2026-01-20T20:00:00Z";
    EXPECT_TRUE(std::isnan(Value("sales_company_" + name, {}, now))) << name;
    EXPECT_TRUE(std::isnan(Value("sales_company_" + name + "_turned", {}, now))) << name;
  }
}

TEST_F(EvaluateTest, OperatorsCompute) {
  Add("won", KpiKind::kCount, kWonTerm, {"7d"});
  for (int i = 0; i < 3; ++i) Win("2026-01-20T12:00:00Z");
  struct Case {
    Node kind;
    double expected;
  };
  for (const Case& c : {Case{Node::kAdd, 5}, Case{Node::kSubtract, 1}, Case{Node::kMultiply, 6},
                        Case{Node::kDivide, 1.5}, Case{Node::kMin, 2}, Case{Node::kMax, 3}}) {
    const std::string name = "f" + std::to_string(static_cast<int>(c.kind));
    AddFormula(
        name, {"7d"},
        {small_.Of("won"), SmallDefinition::Number(2), SmallDefinition::Binary(c.kind, 0, 1)});
    EXPECT_DOUBLE_EQ(Value("sales_company_" + name, {}, "2026-01-20T20:00:00Z"), c.expected);
  }
  AddFormula("negated", {"7d"}, {small_.Of("won"), {.kind = Node::kNegate, .left = 0}});
  EXPECT_EQ(Value("sales_company_negated", {}, "2026-01-20T20:00:00Z"), -3);
}

TEST_F(EvaluateTest, KpisThatAreNotExportedAreNotThere) {
  AddWinRatio({"7d"});
  small_.definition.kpis[small_.Id("closed")].exported = false;
  EXPECT_FALSE(Exists("sales_company_closed", {}, "2026-01-20T20:00:00Z"));
  EXPECT_TRUE(Exists("sales_company_win_ratio", {}, "2026-01-20T20:00:00Z"));
}

TEST_F(EvaluateTest, FamiliesComeInTheOrderOfKpisThenLevelsThenParts) {
  AddWinRatio({"7d", "28d"});
  const auto snapshot = Evaluate(small_.definition, facts_.cells, At("2026-01-20T20:00:00Z"));
  std::vector<std::string> names;
  for (const Family& family : snapshot->families) names.push_back(family.name);
  EXPECT_EQ(names,
            (std::vector<std::string>{
                "sales_company_won", "sales_region_won", "sales_company_closed",
                "sales_region_closed", "sales_company_win_ratio", "sales_company_win_ratio_lower",
                "sales_company_win_ratio_upper", "sales_region_win_ratio",
                "sales_region_win_ratio_lower", "sales_region_win_ratio_upper"}));
  EXPECT_EQ(snapshot->families[5].part, "lower");
  EXPECT_EQ(snapshot->families[1].samples.size(), 4);  // two regions, two windows
  EXPECT_EQ(snapshot->now, At("2026-01-20T20:00:00Z"));
}

TEST_F(EvaluateTest, AnEvaluatorGivesTheSameAgain) {
  AddWinRatio({"7d", "28d"});
  Win("2026-01-20T12:00:00Z", {.region = 2});
  const Evaluator evaluator(small_.definition);
  for (const char* now : {"2026-01-20T20:00:00Z", "2026-01-20T20:00:00Z", "2026-03-20T20:00:00Z"}) {
    const auto prepared = evaluator.Evaluate(facts_.cells, At(now));
    const auto fresh = Evaluate(small_.definition, facts_.cells, At(now));
    ASSERT_EQ(prepared->families.size(), fresh->families.size());
    for (size_t i = 0; i < fresh->families.size(); ++i) {
      const std::vector<Sample>& a = prepared->families[i].samples;
      const std::vector<Sample>& b = fresh->families[i].samples;
      ASSERT_EQ(a.size(), b.size());
      for (size_t j = 0; j < a.size(); ++j) {
        EXPECT_EQ(a[j].labels, b[j].labels);
        EXPECT_TRUE(a[j].value == b[j].value || (std::isnan(a[j].value) && std::isnan(b[j].value)));
      }
    }
  }
}

TEST_F(EvaluateTest, MomentsOutsideTheCalendarAreItsEdges) {
  AddWinRatio({"90m", "7d", "previous fiscal_year", "all"});
  Win("2026-01-20T12:00:00Z");
  const Labels all = {{"window", "all"}};
  for (const auto& [micros, won] : {std::pair(std::numeric_limits<int64_t>::min(), 0.0),
                                    {int64_t{-1}, 0.0},
                                    {kEventTimeMax.micros, 1.0},
                                    {std::numeric_limits<int64_t>::max(), 1.0}}) {
    const auto snapshot = Evaluate(small_.definition, facts_.cells, EventTime{micros});
    EXPECT_EQ(Find(*snapshot, "sales_company_won", all)->value, won) << micros;
    EXPECT_EQ(snapshot->now.micros, micros);
  }
}

using EvaluateDeathTest = EvaluateTest;

TEST_F(EvaluateDeathTest, ATermWithoutRowsForItsLevelIsOurFault) {
  Add("won", KpiKind::kCount, kWonTerm, {"7d"}).split = {kLeadSource, kRegion};
  EXPECT_DEATH(Evaluator evaluator(small_.definition), "has none for company, lead_source, region");
}

}  // namespace
}  // namespace takt
