#include "connectors/grafana/sales.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "connectors/grafana/kpi_panels.h"
#include "connectors/grafana/watch_panels.h"

namespace takt {
namespace {

constexpr LevelId kCompany = 0;
constexpr size_t kStats = 11;  // with "data as of" three lines of four
constexpr size_t kCourses = 30;
constexpr size_t kGroupCourses = 2;

std::vector<const Kpi*> OfKind(std::vector<const Kpi*> kpis, bool durations) {
  kpis.erase(std::remove_if(
                 kpis.begin(), kpis.end(),
                 [&](const Kpi* kpi) { return (kpi->kind == KpiKind::kDurations) != durations; }),
             kpis.end());
  return kpis;
}

void AddCompany(const KpiSeries& series, Dashboard& dashboard) {
  const std::vector<const Kpi*> headlines = series.Headlines(kCompany);
  dashboard.Row("Where we stand");
  dashboard.Add(AsOfPanel());
  for (size_t i = 0; i < std::min(headlines.size(), kStats); ++i) {
    dashboard.Add(StatPanel(series, *headlines[i], kCompany));
  }
  dashboard.Row("How we came there");
  size_t drawn = 0;
  for (const Kpi* kpi : OfKind(headlines, /*durations=*/false)) {
    if (drawn++ < kCourses) dashboard.Add(CoursePanel(series, *kpi, kCompany));
  }
  const std::vector<const Kpi*> durations = OfKind(headlines, /*durations=*/true);
  if (durations.empty()) return;
  dashboard.Row("How long it takes");
  for (const Kpi* kpi : durations) dashboard.Add(CoursePanel(series, *kpi, kCompany));
}

void AddWatched(const KpiSeries& series, Dashboard& dashboard) {
  const Definition& definition = series.definition();
  if (!definition.goals.empty()) dashboard.Row("Goals");
  for (const Goal& goal : definition.goals) dashboard.Add(GoalPanel(series, goal));
  if (!definition.alerts.empty()) dashboard.Row("Alerts");
  for (const Alert& alert : definition.alerts) dashboard.Add(AlertPanel(series, alert));
}

void AddSplits(const KpiSeries& series, Dashboard& dashboard) {
  const std::vector<Dimension>& dimensions = series.definition().dimensions;
  for (size_t dimension = 0; dimension < dimensions.size(); ++dimension) {
    const std::vector<const Kpi*> split =
        series.SplitBy(static_cast<DimensionId>(dimension), kCompany);
    // A KPI that another one is a part of is seen there as n.
    std::vector<const Kpi*> shown;
    for (const Kpi* kpi : split) {
      if (kpi->kind != KpiKind::kCount) shown.push_back(kpi);
    }
    if (shown.empty()) continue;
    const bool by_stage = dimensions[dimension].kind == Dimension::Kind::kStage;
    dashboard.Row(by_stage ? "Funnel by stage"
                           : absl::StrCat("By ", KpiSeries::Title(dimensions[dimension].name)));
    for (const Kpi* kpi : shown) dashboard.Add(SplitPanel(series, *kpi, kCompany));
  }
}

void AddGroups(const KpiSeries& series, LevelId level, Dashboard& dashboard) {
  dashboard.Row(absl::StrCat(KpiSeries::Title(series.definition().levels[level].name), "s"));
  dashboard.Add(LeaderPanel(series, level));
  const std::vector<const Kpi*> headlines = series.Headlines(level);
  size_t drawn = 0;
  for (const KpiKind kind : {KpiKind::kShare, KpiKind::kSum}) {
    const auto first = std::find_if(headlines.begin(), headlines.end(),
                                    [&](const Kpi* kpi) { return kpi->kind == kind; });
    if (first != headlines.end() && drawn++ < kGroupCourses) {
      dashboard.Add(GroupsPanel(series, **first, level));
    }
  }
}

}  // namespace

DashboardFile Sales(const KpiSeries& series, const DashboardOptions& options) {
  std::vector<LevelId> levels;
  for (const LevelId level : series.Levels()) {
    if (series.LabelOf(level).empty() || (series.IsOfPeople(level) && !options.people)) continue;
    levels.push_back(level);
  }
  DashboardHead head{
      .uid = "takt-sales",
      .title = "Takt: sales",
      .description = "The KPIs with bounds and n, what is usual, and who stands where.",
      .from = "now-28d",
      .refresh = "1m",
      .time_zone = series.definition().calendar.zone_name(),
      .variables = {JobVariable(), WindowVariable(series, /*hidden=*/false)}};
  for (const LevelId level : levels) {
    head.variables.push_back(GroupVariable(series, level, /*several=*/true));
  }
  Dashboard dashboard(std::move(head));
  AddCompany(series, dashboard);
  AddWatched(series, dashboard);
  AddSplits(series, dashboard);
  for (const LevelId level : levels) AddGroups(series, level, dashboard);
  return {"takt_sales.json", std::move(dashboard).Finish()};
}

}  // namespace takt
