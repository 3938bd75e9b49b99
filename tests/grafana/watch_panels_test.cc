#include "connectors/grafana/watch_panels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/kpi/small_definition.h"

namespace takt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class WatchPanelsTest : public testing::Test {
 protected:
  WatchPanelsTest() {
    small_.AddKpi("won", KpiKind::kCount, {"28d"});
    Kpi& ratio = small_.AddKpi("ratio", KpiKind::kShare, {"28d"});
    ratio.numerator = small_.Id("won");
    ratio.denominator = small_.Id("won");
    alert_.name = "ratio_fell";
    alert_.kpi = small_.Id("ratio");
    alert_.per = {kCompanyLevel, kRegionLevel};
    alert_.window = Window{.label = "28d"};
    alert_.receiver = "managers";
  }

  std::vector<std::string> Columns() {
    const KpiSeries series(small_.definition);
    std::vector<std::string> columns;
    for (const PanelQuery& query : AlertPanel(series, alert_).queries) {
      columns.push_back(query.legend);
    }
    return columns;
  }

  SmallDefinition small_;
  Alert alert_;
};

TEST_F(WatchPanelsTest, ColumnsGoWithTheKindOfAlert) {
  EXPECT_THAT(Columns(), ElementsAre("state", "value", "held against", "n"));
  alert_.kind = AlertKind::kCusum;
  alert_.baseline = Window{.label = "90d"};
  EXPECT_THAT(Columns(), ElementsAre("state", "value", "usual", "score", "alerts from score", "n"));
  alert_.kind = AlertKind::kPoisson;
  alert_.kpi = small_.Id("won");
  EXPECT_THAT(Columns(), ElementsAre("state", "value", "usual", "held against"));
}

TEST_F(WatchPanelsTest, GroupsOfAllLevelsAreOneColumn) {
  const KpiSeries series(small_.definition);
  const Panel panel = AlertPanel(series, alert_);
  EXPECT_EQ(panel.joined_by, "group");
  EXPECT_EQ(panel.queries[0].expr,
            "max by (group) (label_replace(label_join(max without (instance, pod) "
            "(sales_alert_active{job=~\"$job\",alert=\"ratio_fell\"}), \"group\", \" \", "
            "\"sales_region\"), \"group\", \"company\", \"group\", \" *\"))");
  EXPECT_THAT(panel.description, HasSubstr("Ratio over 28d, for managers"));
}

TEST_F(WatchPanelsTest, GoalOfALevelNamesItsGroups) {
  const KpiSeries series(small_.definition);
  Goal goal{.name = "winning_more", .kpi = small_.Id("ratio"), .level = kRegionLevel};
  goal.by = absl::CivilDay(2026, 12, 31);
  const Panel panel = GoalPanel(series, goal);
  EXPECT_EQ(panel.unit, "percentunit");
  EXPECT_EQ(panel.queries[0].legend, "{{sales_region}}: is");
  EXPECT_THAT(panel.queries[1].expr,
              HasSubstr("sales_goal_target{job=~\"$job\",goal=\"winning_more\"}"));
  EXPECT_THAT(panel.description, HasSubstr("by 2026-12-31"));
  goal.level = kCompanyLevel;
  EXPECT_EQ(GoalPanel(series, goal).queries[0].legend, "is");
}

}  // namespace
}  // namespace takt
