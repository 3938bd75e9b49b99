#include "connectors/grafana/screen.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "connectors/grafana/kpi_panels.h"

namespace takt {
namespace {

constexpr size_t kValues = 7;  // and "data as of": eight at most are read in passing
// Two lines of four fill 1080 pixels in kiosk mode.
constexpr int kHeight = 13;
constexpr int kValuePixels = 90;

Panel Large(Panel panel) {
  panel.height = kHeight;
  panel.value_pixels = kValuePixels;
  return panel;
}

}  // namespace

DashboardFile Screen(const KpiSeries& series, LevelId level) {
  const std::string& name = series.definition().levels[level].name;
  const std::string label = series.LabelOf(level);
  const std::string set = label.empty() ? "" : absl::StrCat(" and var-", label, "=");
  DashboardHead head{
      .uid = absl::StrCat("takt-screen-", name),
      .title = absl::StrCat("Takt screen: ", name),
      .description = absl::StrCat("For a wall: open it with ?kiosk&theme=dark; var-window=", set,
                                  " in the address choose what is shown."),
      .from = "now-28d",
      .refresh = "30s",
      .time_zone = series.definition().calendar.zone_name(),
      .dark = true,
      .variables = {JobVariable(), WindowVariable(series, /*hidden=*/true)}};
  if (!label.empty()) head.variables.push_back(GroupVariable(series, level, /*several=*/false));
  const std::string matchers = label.empty() ? "" : absl::StrCat(",", label, "=\"$", label, "\"");
  Dashboard dashboard(std::move(head));
  size_t shown = 0;
  for (const Kpi* kpi : series.Headlines(level)) {
    if (kpi->kind == KpiKind::kCount || shown == kValues) continue;
    dashboard.Add(Large(StatPanel(series, *kpi, level, matchers)));
    ++shown;
  }
  Panel as_of = Large(AsOfPanel());
  if (!label.empty()) as_of.title = absl::StrCat("$", label, ": data as of");
  dashboard.Add(as_of);
  return {absl::StrCat("takt_screen_", name, ".json"), std::move(dashboard).Finish()};
}

}  // namespace takt
