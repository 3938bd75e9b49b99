#include "connectors/grafana/watch_panels.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "connectors/grafana/kpi_panels.h"

namespace takt {
namespace {

constexpr char kGroup[] = "group";

// 1 and 0 in words with a mark, so that colour is not all that tells.
constexpr char kActiveMappings[] =
    R"([{"type":"value","options":{"0":{"index":0,"text":"✓ quiet","color":"green"},)"
    R"("1":{"index":1,"text":"▲ active","color":"red"}}},)"
    R"({"type":"special","options":{"match":"null+nan","result":{"index":2,"text":"–"}}}])";

std::vector<std::string> GroupLabels(const KpiSeries& series, const Alert& alert) {
  std::vector<std::string> labels;
  for (const LevelId level : alert.per) {
    if (!series.LabelOf(level).empty()) labels.push_back(series.LabelOf(level));
  }
  for (const DimensionId split : series.definition().kpis[alert.kpi].split) {
    labels.push_back(series.definition().dimensions[split].label);
  }
  return labels;
}

// One label in place of those of all levels; the company, which has none, by that name.
std::string ByGroup(const KpiSeries& series, const Alert& alert, const char* name) {
  std::string labels;
  for (const std::string& label : GroupLabels(series, alert)) {
    absl::StrAppend(&labels, ", \"", label, "\"");
  }
  return absl::StrCat("max by (", kGroup,
                      ") (label_replace(label_join(max without (instance, pod) (", name,
                      "{job=~\"$job\",alert=\"", alert.name, "\"}), \"", kGroup, "\", \" \"",
                      labels, "), \"", kGroup, "\", \"company\", \"", kGroup, "\", \" *\"))");
}

void AddColumn(Panel& panel, std::string expr, const std::string& name,
               std::vector<FieldProperty> properties) {
  panel.queries.push_back({.expr = std::move(expr), .legend = name, .table = true});
  panel.overrides.push_back(
      {std::string(1, static_cast<char>('A' + panel.queries.size() - 1)), std::move(properties)});
}

bool HasOutcomes(const Kpi& kpi) {
  return kpi.kind == KpiKind::kShare || kpi.kind == KpiKind::kDurations;
}

}  // namespace

Panel AlertPanel(const KpiSeries& series, const Alert& alert) {
  const Kpi& kpi = series.definition().kpis[alert.kpi];
  const std::vector<FieldProperty> as_kpi = {{"unit", JsonText(series.UnitOf(kpi))},
                                             {"decimals", "1"}};
  Panel panel;
  panel.kind = PanelKind::kTable;
  panel.title = KpiSeries::Title(alert.name);
  panel.description =
      absl::StrCat("Alert on ", KpiSeries::Title(kpi.name),
                   alert.window.has_value() ? absl::StrCat(" over ", alert.window->label) : "",
                   ", for ", alert.receiver, ". Usual: the same of the own past.");
  panel.unit = "none";
  panel.width = 12;
  panel.height = 8;
  panel.joined_by = kGroup;
  panel.sorted_by = "state";
  AddColumn(panel, ByGroup(series, alert, "sales_alert_active"), "state",
            {{"mappings", kActiveMappings}, {"custom.cellOptions", "{\"type\":\"color-text\"}"}});
  AddColumn(panel, ByGroup(series, alert, "sales_alert_value"), "value", as_kpi);
  if (alert.baseline.has_value()) {
    AddColumn(panel, ByGroup(series, alert, "sales_alert_baseline"), "usual", as_kpi);
  }
  if (alert.kind == AlertKind::kCusum) {
    AddColumn(panel, ByGroup(series, alert, "sales_alert_score"), "score", {{"decimals", "2"}});
    AddColumn(panel, ByGroup(series, alert, "sales_alert_threshold"), "alerts from score",
              {{"decimals", "2"}});
  } else {
    AddColumn(panel, ByGroup(series, alert, "sales_alert_threshold"), "held against", as_kpi);
  }
  if (HasOutcomes(kpi)) {
    AddColumn(panel, ByGroup(series, alert, "sales_alert_outcomes"), "n",
              {{"unit", "\"none\""}, {"decimals", "0"}});
  }
  return panel;
}

Panel GoalPanel(const KpiSeries& series, const Goal& goal) {
  const Kpi& kpi = series.definition().kpis[goal.kpi];
  const std::string label = series.LabelOf(goal.level);
  const std::string group = label.empty() ? "" : absl::StrCat("{{", label, "}}: ");
  const auto query = [&](const char* name) {
    return absl::StrCat("max without (instance, pod) (", name, "{job=~\"$job\",goal=\"", goal.name,
                        "\"})");
  };
  Panel panel;
  panel.title = KpiSeries::Title(goal.name);
  panel.description =
      absl::StrCat("Goal for ", KpiSeries::Title(kpi.name),
                   goal.window.has_value() ? absl::StrCat(" over ", goal.window->label) : "",
                   ", by ", absl::FormatCivilTime(goal.by),
                   ". Dashed: where the line to the goal is. n stands beside the KPI.");
  panel.unit = series.UnitOf(kpi);
  panel.decimals = 1;
  panel.width = 12;
  panel.queries.push_back({.expr = query("sales_goal_value"), .legend = absl::StrCat(group, "is")});
  panel.queries.push_back(
      {.expr = query("sales_goal_target"), .legend = absl::StrCat(group, "due by now")});
  panel.overrides.push_back(
      {"B",
       {{"custom.lineStyle", "{\"fill\":\"dash\",\"dash\":[10,10]}"}, {"custom.lineWidth", "1"}}});
  return panel;
}

}  // namespace takt
