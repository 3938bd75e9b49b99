#include "engine/kpi/json_view.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "tests/kpi/small_definition.h"

namespace takt {
namespace {

TEST(JsonViewTest, IsThis) {
  SmallDefinition small;
  small.AddKpi("cycle", KpiKind::kDurations, {"28d"}).unit = {{{"seconds", 1}}};
  const Snapshot snapshot{
      .now = At("2026-01-20T12:00:00.250Z"),
      .families = {
          {.name = "sales_region_cycle_p50_seconds",
           .kpi = 0,
           .level = kRegionLevel,
           .part = "p50",
           .samples = {{.labels = {{"window", "28d"}, {"sales_region", "north"}}, .value = 1.5},
                       {.labels = {{"window", "28d"}, {"sales_region", "south"}}, .value = NAN}}},
          {.name = "sales_company_cycle_outcomes",
           .kpi = 0,
           .level = kCompanyLevel,
           .part = "outcomes",
           .samples = {{.labels = {}, .value = std::numeric_limits<double>::infinity()}}}}};
  EXPECT_EQ(
      RenderJson(small.definition, snapshot),
      R"({"now":"2026-01-20T12:00:00.25Z","read":[],"kpis":[)"
      R"({"kpi":"cycle","level":"region","part":"p50","unit":"seconds",)"
      R"("series":"sales_region_cycle_p50_seconds",)"
      R"("labels":{"window":"28d","sales_region":"north"},"value":1.5},)"
      R"({"kpi":"cycle","level":"region","part":"p50","unit":"seconds",)"
      R"("series":"sales_region_cycle_p50_seconds",)"
      R"("labels":{"window":"28d","sales_region":"south"},"value":null},)"
      R"({"kpi":"cycle","level":"company","part":"outcomes","unit":"outcome",)"
      R"("series":"sales_company_cycle_outcomes","labels":{},"value":null}],"alerts":[],"goals":[]})");
}

TEST(JsonViewTest, EscapesTexts) {
  SmallDefinition small;
  small.AddKpi("won", KpiKind::kCount, {});
  const Snapshot snapshot{
      .now = At("2026-01-20T12:00:00Z"),
      .families = {{.name = "sales_company_won",
                    .samples = {{.labels = {{"sales_region", "a\"\\\n\x1f é"}}, .value = 1}}}}};
  const std::string json = RenderJson(small.definition, snapshot);
  EXPECT_NE(json.find("{\"sales_region\":\"a\\\"\\\\\\u000a\\u001f é\"}"), std::string::npos)
      << json;
  EXPECT_NE(json.find("\"now\":\"2026-01-20T12:00:00Z\""), std::string::npos);
}

TEST(JsonViewTest, PositionsReadAreTold) {
  const std::string json = RenderJson(SmallDefinition().definition,
                                      {.now = At("2026-01-20T12:00:00Z"),
                                       .read = {{"crm", "sales", 0, 17}, {"crm", "sales", 1, 4}}});
  EXPECT_NE(json.find(R"("read":[{"source":"crm","topic":"sales","partition":0,"next_offset":17},)"
                      R"({"source":"crm","topic":"sales","partition":1,"next_offset":4}],)"),
            std::string::npos)
      << json;
}

TEST(JsonViewTest, NothingIsAnEmptyList) {
  EXPECT_EQ(RenderJson(SmallDefinition().definition, {.now = At("2026-01-20T12:00:00Z")}),
            R"({"now":"2026-01-20T12:00:00Z","read":[],"kpis":[],"alerts":[],"goals":[]})");
}

}  // namespace
}  // namespace takt
