// The shipped catalogue and the demo's configuration: each file loads by itself, without a word, and
// every KPI explains itself.
#include <algorithm>
#include <filesystem>

#include "engine/settings/files.h"
#include "engine/settings/kpi_export.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/settings/config_folder.h"

namespace takt {
namespace {

std::vector<std::string> CatalogueFiles() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator("config/catalogue")) {
    files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> Texts(const std::vector<Problem>& problems) {
  std::vector<std::string> texts;
  for (const Problem& problem : problems) texts.push_back(ProblemText(problem));
  return texts;
}

const char* const kLevels =
    "dimensions: {team: {values: [red]}, region: {values: [north]}}\n"
    "kpis: {deals_ever: {count: deal, over: all}}\n";

TEST(Catalogue, EveryFileLoadsByItself) {
  const ConfigFolder folder;
  folder.Write("levels.yaml", kLevels);
  ASSERT_GE(CatalogueFiles().size(), 6u);
  for (const std::string& file : CatalogueFiles()) {
    const LoadResult result =
        LoadSettings({folder.path() + "/levels.yaml", file}, {"config/catalogue"});
    EXPECT_THAT(Texts(result.problems), ::testing::IsEmpty()) << file;
  }
}

TEST(Catalogue, EveryKpiHasHelp) {
  for (const std::string& file : CatalogueFiles()) {
    Problems problems;
    const Node root = ReadConfiguration({file}, {"config/catalogue"}, problems);
    const Node* kpis = root.Get("kpis");
    if (kpis == nullptr) continue;
    for (const Node& kpi : kpis->items) EXPECT_TRUE(kpi.Has("help")) << file << " " << kpi.key;
  }
}

TEST(Catalogue, TheSixThatEveryTeamNamesAreInTheDemo) {
  const LoadResult result = LoadSettings({"config/demo/takt.yaml"}, {"config/catalogue"});
  ASSERT_THAT(Texts(result.problems), ::testing::IsEmpty());
  for (const char* name : {"qualified_leads",
                           "lead_conversion",
                           "win_ratio",
                           "cac",
                           "ltv",
                           "cycle",
                           "customer_retention_90d",
                           "nrr_year",
                           "pipeline_velocity",
                           "created_deals",
                           "won",
                           "lost",
                           "closed",
                           "booked",
                           "average_won",
                           "open_deals",
                           "open_pipeline",
                           "weighted_pipeline",
                           "stage_conversion",
                           "stage_time",
                           "contacted_leads",
                           "response_sla",
                           "stalled_share"}) {
    EXPECT_TRUE(KpiNamed(result, name).exported) << name;
  }
}

TEST(Catalogue, EveryAlertHasItsPageForWhomItTells) {
  const LoadResult result = LoadSettings({"config/demo/takt.yaml"}, {"config/catalogue"});
  ASSERT_TRUE(result.ok());
  ASSERT_GE(result.settings.definition->alerts.size(), 7u);
  for (const Alert& alert : result.settings.definition->alerts) {
    EXPECT_TRUE(std::filesystem::exists("deploy/runbooks/" + RuleName(alert) + ".md"))
        << alert.name;
  }
}

TEST(Catalogue, UnitsFollowFromTheDefinitions) {
  const LoadResult result = LoadSettings({"config/demo/takt.yaml"}, {"config/catalogue"});
  const auto unit = [&](const char* name) { return UnitText(KpiNamed(result, name).unit); };
  EXPECT_EQ(unit("pipeline_velocity"), "money/seconds");
  EXPECT_EQ(unit("cac"), "money/customer");
  EXPECT_EQ(unit("ltv"), "money/customer");
  EXPECT_EQ(unit("ltv_per_cac"), "ratio");
  EXPECT_EQ(unit("average_won"), "money/deal");
  EXPECT_EQ(unit("nrr_year"), "ratio");
  EXPECT_EQ(unit("stage_time"), "seconds");
}

TEST(Demo, HasFourRegionsTwentyTeamsAndTwoHundredPeople) {
  const LoadResult result = LoadSettings({"config/demo/takt.yaml"}, {"config/catalogue"});
  ASSERT_TRUE(result.ok());
  const std::vector<Dimension>& dimensions = result.settings.definition->dimensions;
  ASSERT_GE(dimensions.size(), 2u);
  EXPECT_EQ(dimensions[0].name, "team");
  EXPECT_EQ(dimensions[0].values.size(), 21u);
  EXPECT_EQ(dimensions[0].table.size(), 200u);
  EXPECT_THAT(dimensions[1].values,
              ::testing::ElementsAre("north", "south", "east", "west", "unassigned"));
  EXPECT_EQ(dimensions[1].of_dimension, std::optional<DimensionId>(0));
  EXPECT_LT(CountSeries(*result.settings.definition), result.settings.engine.series_max);
}

}  // namespace
}  // namespace takt
