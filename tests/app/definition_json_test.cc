#include "engine/app/definition_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace takt {
namespace {

using testing::HasSubstr;

Definition Small() {
  Definition definition;
  definition.organisation = "acme \"north\"";
  definition.dimensions = {
      {.name = "region", .label = "sales_region", .values = {"north", "south", "unassigned"}}};
  definition.levels = {{.name = "company"}, {.name = "region", .dimension = 0}};
  definition.objects.push_back({.name = "deal"});
  definition.objects[0].stages = {{"sales", "new", StageKind::kOpen, 0, 100000},
                                  {"sales", "won", StageKind::kWon, 1, 1000000}};
  const Window window{.label = "28d"};
  definition.kpis = {{.name = "won", .help = "Won.", .unit = {{{"deal", 1}}}},
                     {.name = "win_ratio",
                      .help = "Share.",
                      .kind = KpiKind::kShare,
                      .exported = true,
                      .over = {window},
                      .per = {0, 1},
                      .split = {0},
                      .numerator = 0,
                      .denominator = 0},
                     {.name = "open",
                      .kind = KpiKind::kLevel,
                      .exported = true,
                      .windowed = false,
                      .over = {window}},
                     {.name = "double", .kind = KpiKind::kFormula, .exported = true}};
  definition.kpis[3].formula = {{.kind = FormulaNode::Kind::kKpi, .kpi = 0},
                                {.kind = FormulaNode::Kind::kNumber, .number = 2},
                                {.kind = FormulaNode::Kind::kMultiply, .left = 0, .right = 1}};
  return definition;
}

TEST(DefinitionJsonTest, TellsTheOrganisationAndItsGroups) {
  const std::string json = RenderDefinition(Small());
  EXPECT_THAT(json, HasSubstr(R"({"organisation":"acme \"north\"","time_zone":"UTC",)"
                              R"("fiscal_year_month":1,"currency":{"code":"EUR","decimals":2},)"));
  EXPECT_THAT(json, HasSubstr(R"("levels":[{"name":"company","label":null,"groups":[]},)"
                              R"({"name":"region","label":"sales_region",)"
                              R"("groups":["north","south","unassigned"]}])"));
  EXPECT_THAT(json, HasSubstr(R"("stages":[{"object":"deal","pipeline":"sales","name":"new",)"
                              R"("kind":"open"},)"));
}

TEST(DefinitionJsonTest, TellsWhatAShareIsOf) {
  EXPECT_THAT(RenderDefinition(Small()),
              HasSubstr(R"({"name":"win_ratio","help":"Share.","kind":"share","unit":"ratio",)"
                        R"("windows":["28d"],"levels":["company","region"],)"
                        R"("split":["sales_region"],"numerator":"won","denominator":"won"})"));
}

TEST(DefinitionJsonTest, LevelsHaveNoWindowAndFormulasTellWhatTheyRead) {
  const std::string json = RenderDefinition(Small());
  EXPECT_THAT(json, HasSubstr(R"({"name":"open","help":"","kind":"level","unit":"ratio",)"
                              R"("windows":[],)"));
  EXPECT_THAT(json, HasSubstr(R"("reads":["won"])"));
}

TEST(DefinitionJsonTest, LeavesOutWhatIsNotExported) {
  EXPECT_THAT(RenderDefinition(Small()), testing::Not(HasSubstr(R"("name":"won","help")")));
}

}  // namespace
}  // namespace takt
