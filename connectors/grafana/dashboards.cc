#include "connectors/grafana/dashboards.h"

#include "connectors/grafana/kpi_series.h"
#include "connectors/grafana/operations.h"
#include "connectors/grafana/sales.h"
#include "connectors/grafana/screen.h"

namespace takt {

std::vector<DashboardFile> Dashboards(const Definition& definition,
                                      const DashboardOptions& options) {
  const KpiSeries series(definition);
  std::vector<DashboardFile> files;
  for (const LevelId level : series.Levels()) {
    if (series.IsOfPeople(level) && !options.people) continue;
    files.push_back(Screen(series, level));
  }
  files.push_back(Sales(series, options));
  files.push_back(Operations());
  return files;
}

}  // namespace takt
