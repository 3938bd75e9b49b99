// The language as a whole: one configuration with everything in it, and what it means.
#include <algorithm>
#include <fstream>
#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/settings/config_folder.h"

namespace takt {
namespace {

using ::testing::ElementsAre;

// What an operator writes, in full (the office clock apart); lies beside this test.
std::string Whole() {
  std::ifstream stream("tests/settings/whole/takt.yaml", std::ios::binary);
  std::ostringstream content;
  content << stream.rdbuf();
  return content.str();
}

class LanguageTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const ConfigFolder folder;
    folder.Write("takt.yaml", Whole());
    folder.Write("teams.csv", "owner,since,team\nr1,2026-01-01,red\nr1,2026-03-01,blue\nr2,,red\n");
    folder.Write("regions.csv", "team,region\nred,north\nblue,south\n");
    for (const char* name :
         {"holidays/fr.csv", "rates.csv", "secret", "mappings/salesforce-cdc.yaml",
          "mappings/export.yaml", "export-2025.csv"}) {
      folder.Write(name, "");
    }
    folder_name_ = new std::string(folder.path());
    loaded_ = new LoadResult(folder.Load({"takt.yaml"}));
    texts_ = new std::vector<std::string>(folder.Texts(*loaded_));
  }

  static const Definition& definition() { return *loaded_->settings.definition; }

  static LoadResult* loaded_;
  static std::string* folder_name_;
  static std::vector<std::string>* texts_;
};

LoadResult* LanguageTest::loaded_ = nullptr;
std::string* LanguageTest::folder_name_ = nullptr;
std::vector<std::string>* LanguageTest::texts_ = nullptr;

TEST_F(LanguageTest, OnlyWhatComesLaterIsWarnedOf) {
  const std::string later = "checked, not evaluated by this version";
  EXPECT_THAT(*texts_,
              ElementsAre("warning: takt.yaml:2:60: calendar.office_hours: " + later,
                          "warning: takt.yaml:2:95: calendar.holidays: " + later,
                          "warning: takt.yaml:3:25: money.rates: " + later,
                          "warning: takt.yaml:34:11: objects.spend.accrue: " + later,
                          "warning: takt.yaml:47:57: kpis.lead_conversion.cohorts: " + later));
}

TEST_F(LanguageTest, GoalsAndAlertsAreCompiled) {
  const Definition& definition = *loaded_->settings.definition;
  ASSERT_EQ(definition.goals.size(), 1u);
  const Goal& goal = definition.goals[0];
  EXPECT_EQ(goal.from, 0.24);
  EXPECT_EQ(goal.to, 0.29);
  // The fiscal year begins in February.
  EXPECT_EQ(goal.since, absl::CivilDay(2026, 2, 1));
  EXPECT_EQ(goal.by, absl::CivilDay(2026, 12, 31));
  EXPECT_TRUE(goal.higher_is_better);
  ASSERT_EQ(definition.alerts.size(), 1u);
  const Alert& alert = definition.alerts[0];
  EXPECT_EQ(RuleName(alert), "SalesWinRatioFell");
  EXPECT_EQ(alert.kind, AlertKind::kCusum);
  EXPECT_EQ(alert.window->label, "30d");
  EXPECT_EQ(alert.baseline->label, "90d");
  EXPECT_EQ(alert.short_window->label, "8d");
  EXPECT_EQ(alert.outcomes_min, 30);
  EXPECT_EQ(alert.baseline_outcomes_min, 90);
  EXPECT_DOUBLE_EQ(alert.false_pages_per_day, 4 / 365.25);
  EXPECT_EQ(alert.severity, Severity::kPage);
  EXPECT_EQ(alert.receiver, "managers");
}

TEST_F(LanguageTest, SourcesAreReadWithPathsFromTheFile) {
  const std::vector<SourceSettings>& sources = loaded_->settings.sources;
  ASSERT_EQ(sources.size(), 2u);
  ASSERT_TRUE(sources[0].kafka.has_value());
  EXPECT_EQ(sources[0].kafka->brokers, "kafka:9092");
  EXPECT_THAT(sources[0].kafka->topics, ElementsAre("crm.opportunity", "crm.lead", "crm.task"));
  EXPECT_EQ(sources[0].kafka->properties.at("sasl.password_file"), *folder_name_ + "/secret");
  EXPECT_EQ(sources[0].mapping, *folder_name_ + "/mappings/salesforce-cdc.yaml");
  EXPECT_EQ(sources[1].file, *folder_name_ + "/export-2025.csv");
  EXPECT_EQ(sources[1].format, RecordFormat::kCsv);
}

TEST_F(LanguageTest, CalendarAndMoney) {
  EXPECT_EQ(definition().organisation, "acme");
  EXPECT_EQ(definition().calendar.zone_name(), "Europe/Paris");
  EXPECT_EQ(definition().currency.code, "EUR");
  EXPECT_EQ(definition().currency.decimals, 2);
}

TEST_F(LanguageTest, DatedTablesBecomeRowsByRoot) {
  const Dimension& team = definition().dimensions[0];
  EXPECT_EQ(team.label, "sales_team");
  EXPECT_THAT(team.values, ElementsAre("red", "blue", "unassigned"));
  const std::vector<Dimension::Row>& rows = team.table.at("r1");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].value, 1);
  // 2026-03-01 in Paris.
  EXPECT_EQ(rows[1].since.micros, int64_t{1772319600} * 1'000'000);
  EXPECT_LT(team.table.at("r2")[0].since, kEventTimeMin);
  EXPECT_EQ(definition().dimensions[1].of_dimension, std::optional<DimensionId>(0));
}

TEST_F(LanguageTest, OriginsStandBeforeTheTargetsOfTheirLinks) {
  const auto id = [&](const char* name) { return definition().object_ids.at(name); };
  EXPECT_LT(id("deal"), id("lead"));
  EXPECT_LT(id("activity"), id("lead"));
  EXPECT_LT(id("deal"), id("customer"));
}

TEST_F(LanguageTest, LinkedMomentsHandOnWhatTheyNeed) {
  const Object& lead = ObjectNamed(*loaded_, "lead");
  const Object& deal = ObjectNamed(*loaded_, "deal");
  const Moment& customer = MomentNamed(lead, "customer");
  EXPECT_EQ(customer.source, Moment::Source::kLinked);
  EXPECT_EQ(customer.pick, Pick::kFirst);
  EXPECT_THAT(customer.moments, ElementsAre(MomentIdOf(deal, "won")));
  const Link& link = deal.links[customer.origin_link];
  EXPECT_EQ(link.name, "lead");
  EXPECT_THAT(link.moments, ElementsAre(MomentIdOf(deal, "won")));
  EXPECT_THAT(link.fields, ElementsAre(kPipelineField));
  const Moment& contacted = MomentNamed(lead, "contacted");
  EXPECT_EQ(contacted.pick, Pick::kEvery);
  ASSERT_EQ(contacted.conditions.size(), 2u);
  EXPECT_EQ(contacted.conditions[1].type, FieldType::kBool);
  EXPECT_THAT(contacted.conditions[1].integers, ElementsAre(0));
}

TEST_F(LanguageTest, CreditToTheActivityHandsOnTheRootsOfDimensions) {
  const Object& activity = ObjectNamed(*loaded_, "activity");
  EXPECT_EQ(TermOf(*loaded_, "contacted_leads").credit, Credit::kOrigin);
  EXPECT_THAT(activity.links[0].fields, ::testing::Contains(activity.field_ids.at("owner")));
}

TEST_F(LanguageTest, MomentsAreFoundAfterWhatTheyNeed) {
  const Object& lead = ObjectNamed(*loaded_, "lead");
  ASSERT_EQ(lead.evaluation_order.size(), lead.moments.size());
  const auto place = [&](const char* name) {
    return std::find(lead.evaluation_order.begin(), lead.evaluation_order.end(),
                     MomentIdOf(lead, name));
  };
  EXPECT_LT(place("contacted"), place("answered"));
  EXPECT_LT(place("answered"), place("judged"));
  EXPECT_LT(place("due"), place("judged"));
}

TEST_F(LanguageTest, StagesHaveRanksAndProbabilities) {
  const std::vector<Stage>& stages = ObjectNamed(*loaded_, "deal").stages;
  ASSERT_EQ(stages.size(), 9u);
  EXPECT_EQ(stages[1].name, "proposal");
  EXPECT_EQ(stages[1].rank, 1);
  EXPECT_EQ(stages[1].probability_millionths, 400'000);
  EXPECT_EQ(stages[3].kind, StageKind::kWon);
  EXPECT_EQ(stages[3].rank, 3);
  EXPECT_EQ(stages[3].probability_millionths, 1'000'000);
  EXPECT_EQ(stages[5].kind, StageKind::kOmitted);
  EXPECT_EQ(stages[5].rank, -1);
  EXPECT_EQ(stages[6].pipeline, "renewal");
  EXPECT_EQ(stages[6].rank, 0);
}

TEST_F(LanguageTest, TheRatiosPartsAreExportedWithIt) {
  const Kpi& ratio = KpiNamed(*loaded_, "win_ratio");
  const Kpi& won = KpiNamed(*loaded_, "won");
  ASSERT_TRUE(ratio.outcomes_term.has_value());
  const Term& outcomes = definition().terms[*ratio.outcomes_term];
  const Object& deal = ObjectNamed(*loaded_, "deal");
  EXPECT_EQ(outcomes.kind, TermKind::kOutcomes);
  EXPECT_THAT(outcomes.at, ElementsAre(MomentIdOf(deal, "won"), MomentIdOf(deal, "lost")));
  EXPECT_THAT(outcomes.success, ElementsAre(MomentIdOf(deal, "won")));
  EXPECT_TRUE(won.exported);
  EXPECT_EQ(won.per.size(), 3u);
  EXPECT_EQ(won.over.size(), 4u);
  EXPECT_EQ(won.outcomes_term, ratio.outcomes_term);
  EXPECT_TRUE(won.counts_successes);
  EXPECT_FALSE(KpiNamed(*loaded_, "closed").counts_successes);
}

TEST_F(LanguageTest, TermsGetRowsForEveryLevelThatReadsThem) {
  // win_ratio asks for company, region and team; the formulas for nothing else.
  EXPECT_EQ(TermOf(*loaded_, "won").group_sets.size(), 3u);
  EXPECT_EQ(TermOf(*loaded_, "weighted_pipeline").measure.kind, MeasureKind::kWeighted);
  EXPECT_GT(definition().row_count, 0u);
  RowId next = 0;
  for (const Term& term : definition().terms) {
    for (const TermRows& rows : term.group_sets) {
      EXPECT_EQ(rows.first_row, next);
      next += definition().group_sets[rows.group_set].size;
    }
  }
  EXPECT_EQ(next, definition().row_count);
}

TEST_F(LanguageTest, LaterEntriesOverrideTheCatalogueWhole) {
  const Kpi& weighted = KpiNamed(*loaded_, "weighted_pipeline");
  EXPECT_EQ(weighted.help, "Now: deal.amount * deal.probability while open.");
  EXPECT_EQ(KpiNamed(*loaded_, "average_won").help, "Amount of a won deal on average.");
  EXPECT_THAT(ObjectNamed(*loaded_, "deal").pipelines, ElementsAre("new_business", "renewal"));
}

TEST_F(LanguageTest, StatesMayHaveToHoldEarlierToo) {
  const Term& kept = TermOf(*loaded_, "kept_mrr");
  ASSERT_EQ(kept.states.size(), 2u);
  EXPECT_FALSE(kept.states[0].ago.has_value());
  EXPECT_EQ(kept.states[1].ago, (CivilSpan{365, CivilSpan::Unit::kDays}));
  EXPECT_FALSE(KpiNamed(*loaded_, "nrr").windowed);
}

}  // namespace
}  // namespace takt
