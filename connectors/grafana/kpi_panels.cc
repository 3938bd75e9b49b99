#include "connectors/grafana/kpi_panels.h"

#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/kpi/labels.h"

namespace takt {
namespace {

constexpr char kOrdered[] = "stage";
constexpr int kLeaders = 10;
constexpr size_t kLeaderColumns = 10;

// How a number of outcomes is shown: plain, and too few in words.
FieldOverride OutcomesOverride(const std::string& query) {
  return {query,
          {{"unit", "\"none\""},
           {"decimals", "0"},
           {"displayName", "\"n\""},
           {"mappings",
            absl::StrCat("[{\"type\":\"range\",\"options\":{\"from\":0,\"to\":", kFewOutcomes - 1,
                         ",\"result\":{\"index\":0,\"text\":\"too few\",\"color\":\"orange\"}}},"
                         "{\"type\":\"special\",\"options\":{\"match\":\"null+nan\",\"result\":"
                         "{\"index\":1,\"text\":\"–\"}}}]")}}};
}

// Dotted, on an axis of its own.
FieldOverride OutcomesLine(const std::string& query) {
  return {query,
          {{"unit", "\"none\""},
           {"custom.axisPlacement", "\"right\""},
           {"custom.lineWidth", "1"},
           {"custom.lineStyle", "{\"fill\":\"dot\",\"dash\":[0,6]}"}}};
}

FieldOverride Line(const std::string& query, const std::string& name, std::string colour,
                   std::vector<FieldProperty> more = {}) {
  FieldOverride line{
      query,
      {{"displayName", JsonText(name)},
       {"color", absl::StrCat("{\"mode\":\"fixed\",\"fixedColor\":", JsonText(colour), "}")}}};
  for (FieldProperty& property : more) line.properties.push_back(std::move(property));
  return line;
}

std::string RefOf(const Panel& panel) {
  return std::string(1, static_cast<char>('A' + panel.queries.size() - 1));
}

// Adds a query and how its line is drawn; nothing where there is no such series.
void AddLine(Panel& panel, const std::string& query, const std::string& name, std::string colour,
             std::vector<FieldProperty> more = {}) {
  if (query.empty()) return;
  panel.queries.push_back({.expr = query, .legend = name});
  panel.overrides.push_back(Line(RefOf(panel), name, std::move(colour), std::move(more)));
}

std::string Described(const Kpi& kpi, const std::string& more) {
  return absl::StrCat(kpi.help.empty() ? kpi.name : kpi.help, " ", more);
}

std::optional<int> DecimalsOf(const std::string& unit) {
  if (unit == "percentunit" || unit == "s") return 1;
  return std::nullopt;
}

// Stages in their order, which their names do not have: "1 new", "2 qualified" ...
std::string InOrder(const KpiSeries& series, const Kpi& kpi,
                    const std::function<std::string(const std::string&)>& query) {
  const Dimension& dimension = series.definition().dimensions[kpi.split.front()];
  std::string joined;
  int number = 0;
  for (const Stage& stage : series.definition().objects[dimension.object].stages) {
    if (stage.kind != StageKind::kOpen) continue;
    const std::string matcher =
        absl::StrCat(",", dimension.label, "=\"", EscapedLabelValue(stage.name), "\"");
    absl::StrAppend(&joined, joined.empty() ? "" : " or ", "label_replace(", query(matcher), ", \"",
                    kOrdered, "\", \"", ++number, " ", EscapedLabelValue(stage.name),
                    "\", \"\", \"\")");
  }
  return absl::StrCat("max by (", kOrdered, ") (", joined, ")");
}

}  // namespace

Panel StatPanel(const KpiSeries& series, const Kpi& kpi, LevelId level,
                const std::string& matchers) {
  Panel panel;
  panel.kind = PanelKind::kStat;
  panel.title = series.TitleOf(kpi);
  panel.description = Described(kpi, "A dash: not defined.");
  panel.unit = series.UnitOf(kpi);
  panel.decimals = DecimalsOf(panel.unit);
  panel.width = 6;
  panel.height = 5;
  panel.queries.push_back({.expr = series.Query(kpi, level, KpiSeries::MainPart(kpi), matchers),
                           .legend = kpi.kind == KpiKind::kDurations ? "median" : "value"});
  const std::string outcomes = series.OutcomesQuery(kpi, level, matchers);
  if (!outcomes.empty()) {
    panel.queries.push_back({.expr = outcomes, .legend = "n"});
    panel.overrides.push_back(OutcomesOverride("B"));
  }
  return panel;
}

Panel CoursePanel(const KpiSeries& series, const Kpi& kpi, LevelId level) {
  Panel panel;
  panel.title = series.TitleOf(kpi);
  panel.description = Described(kpi,
                                "As known at the time; later corrections do not change the graph. "
                                "Usual: the mean of the shown range.");
  panel.unit = series.UnitOf(kpi);
  panel.decimals = DecimalsOf(panel.unit);
  panel.width = 8;
  panel.height = 8;
  const std::string value = series.Query(kpi, level, KpiSeries::MainPart(kpi));
  AddLine(panel, value, kpi.kind == KpiKind::kDurations ? "median" : "value", "blue",
          {{"custom.lineWidth", "3"}});
  if (kpi.kind == KpiKind::kShare) {
    AddLine(panel, series.Query(kpi, level, "lower"), "lower bound", "super-light-blue",
            {{"custom.lineWidth", "1"}});
    AddLine(panel, series.Query(kpi, level, "upper"), "upper bound", "super-light-blue",
            {{"custom.lineWidth", "1"},
             {"custom.fillBelowTo", "\"lower bound\""},
             {"custom.fillOpacity", "15"}});
  }
  if (kpi.kind == KpiKind::kDurations) {
    AddLine(panel, series.Query(kpi, level, "mean"), "mean", "green");
    AddLine(panel, series.Query(kpi, level, "p90"), "90 % within", "orange");
  }
  AddLine(panel, absl::StrCat("avg_over_time((", value, ")[$__range:])"), "usual", "text",
          {{"custom.lineStyle", "{\"fill\":\"dash\",\"dash\":[10,10]}"}});
  const std::string outcomes = series.OutcomesQuery(kpi, level);
  if (!outcomes.empty()) {
    panel.queries.push_back({.expr = outcomes, .legend = "n"});
    panel.overrides.push_back(OutcomesLine(RefOf(panel)));
  }
  return panel;
}

Panel GroupsPanel(const KpiSeries& series, const Kpi& kpi, LevelId level) {
  const std::string label = series.LabelOf(level);
  const std::string matchers = absl::StrCat(",", label, "=~\"$", label, "\"");
  Panel panel;
  panel.title = absl::StrCat(series.TitleOf(kpi), " by ", series.definition().levels[level].name);
  panel.description = Described(kpi, "As known at the time. Dotted, on the right: n.");
  panel.unit = series.UnitOf(kpi);
  panel.decimals = DecimalsOf(panel.unit);
  panel.width = 12;
  panel.height = 9;
  panel.queries.push_back({.expr = series.Query(kpi, level, KpiSeries::MainPart(kpi), matchers),
                           .legend = absl::StrCat("{{", label, "}}")});
  const std::string outcomes = series.OutcomesQuery(kpi, level, matchers);
  if (!outcomes.empty()) {
    panel.queries.push_back({.expr = outcomes, .legend = absl::StrCat("{{", label, "}}: n")});
    panel.overrides.push_back(OutcomesLine("B"));
  }
  return panel;
}

Panel SplitPanel(const KpiSeries& series, const Kpi& kpi, LevelId level) {
  const Dimension& dimension = series.definition().dimensions[kpi.split.front()];
  const bool by_stage = dimension.kind == Dimension::Kind::kStage;
  Panel panel;
  panel.kind = PanelKind::kTable;
  panel.title = series.TitleOf(kpi);
  panel.description = Described(kpi, "");
  panel.unit = "none";
  panel.width = 8;
  panel.height = 8;
  panel.joined_by = by_stage ? kOrdered : dimension.label;
  panel.sorted_by = panel.joined_by;
  panel.ascending = true;
  const auto add = [&](const std::function<std::string(const std::string&)>& query,
                       const std::string& name, std::vector<FieldProperty> properties) {
    if (query("").empty()) return;
    panel.queries.push_back(
        {.expr = by_stage ? InOrder(series, kpi, query)
                          : absl::StrCat("max by (", dimension.label, ") (", query(""), ")"),
         .legend = name,
         .table = true});
    panel.overrides.push_back({RefOf(panel), std::move(properties)});
  };
  const std::string unit = series.UnitOf(kpi);
  add([&](const std::string& m) { return series.Query(kpi, level, KpiSeries::MainPart(kpi), m); },
      kpi.kind == KpiKind::kDurations ? "median" : "value",
      {{"unit", JsonText(unit)},
       {"decimals", "1"},
       {"min", "0"},
       {"custom.cellOptions", "{\"type\":\"gauge\",\"mode\":\"basic\"}"},
       {"color", "{\"mode\":\"fixed\",\"fixedColor\":\"blue\"}"}});
  if (kpi.kind == KpiKind::kDurations) {
    add([&](const std::string& m) { return series.Query(kpi, level, "p90", m); }, "90 % within",
        {{"unit", JsonText(unit)}, {"decimals", "1"}});
  }
  add([&](const std::string& m) { return series.OutcomesQuery(kpi, level, m); }, "n",
      {{"unit", "\"none\""}, {"decimals", "0"}});
  return panel;
}

Panel LeaderPanel(const KpiSeries& series, LevelId level) {
  const std::string label = series.LabelOf(level);
  const std::string matchers = absl::StrCat(",", label, "=~\"$", label, "\"");
  Panel panel;
  panel.kind = PanelKind::kTable;
  panel.title = absl::StrCat(KpiSeries::Title(series.definition().levels[level].name), "s");
  panel.unit = "none";
  panel.width = 24;
  panel.height = 10;
  panel.joined_by = label;
  panel.rows_max = kLeaders;
  const auto add = [&](const std::string& query, const std::string& name, const std::string& unit) {
    panel.queries.push_back({.expr = absl::StrCat("max by (", label, ") (", query, ")"),
                             .legend = name,
                             .table = true});
    panel.overrides.push_back({RefOf(panel), {{"unit", JsonText(unit)}}});
  };
  for (const Kpi* kpi : series.Headlines(level)) {
    if (panel.queries.size() >= kLeaderColumns) break;
    add(series.Query(*kpi, level, KpiSeries::MainPart(*kpi), matchers), series.TitleOf(*kpi),
        series.UnitOf(*kpi));
    if (panel.sorted_by.empty() && kpi->kind == KpiKind::kSum)
      panel.sorted_by = series.TitleOf(*kpi);
    const std::string outcomes = series.OutcomesQuery(*kpi, level, matchers);
    if (!outcomes.empty()) add(outcomes, absl::StrCat(series.TitleOf(*kpi), ": n"), "none");
  }
  panel.description =
      absl::StrCat("The first ", kLeaders, panel.sorted_by.empty() ? "" : " by ", panel.sorted_by,
                   "; n beside every share. Differences between few outcomes are chance.");
  return panel;
}

Panel AsOfPanel() {
  Panel panel;
  panel.kind = PanelKind::kStat;
  panel.title = "Data as of";
  panel.description =
      absl::StrCat("The moment that all KPIs are as of, and how long ago it is; red from ",
                   kOldSeconds, " s on, when nothing here is to be trusted as the present.");
  panel.unit = "s";
  panel.decimals = 0;
  panel.width = 6;
  panel.height = 5;
  panel.coloured_background = true;
  panel.thresholds = {{std::nullopt, "transparent"}, {kOldSeconds, "red"}};
  const std::string as_of =
      "max without (instance, pod) (takt_data_as_of_timestamp_seconds{job=~\"$job\"})";
  panel.queries.push_back(
      {.expr = absl::StrCat(as_of, " * 1000"), .legend = "as of", .instant = true});
  panel.queries.push_back(
      {.expr = absl::StrCat("time() - ", as_of), .legend = "ago", .instant = true});
  panel.overrides.push_back({"A",
                             {{"unit", "\"dateTimeAsLocal\""},
                              {"thresholds",
                               "{\"mode\":\"absolute\",\"steps\":[{\"color\":\"transparent\","
                               "\"value\":null}]}"}}});
  return panel;
}

DashboardVariable JobVariable() {
  return {.name = "job",
          .label = "Job",
          .query = "label_values(takt_data_as_of_timestamp_seconds, job)",
          .current = "takt-kpis",
          .hidden = true};
}

DashboardVariable WindowVariable(const KpiSeries& series, bool hidden) {
  return {.name = "window", .label = "Window", .options = series.Windows(), .hidden = hidden};
}

DashboardVariable GroupVariable(const KpiSeries& series, LevelId level, bool several) {
  const std::string label = series.LabelOf(level);
  const Level& named = series.definition().levels[level];
  return {.name = label,
          .label = KpiSeries::Title(named.name),
          .query =
              absl::StrCat("label_values(", series.AnyName(level), "{job=~\"$job\"}, ", label, ")"),
          .current = series.definition().dimensions[*named.dimension].values.front(),
          .several = several,
          .hidden = !several};
}

}  // namespace takt
