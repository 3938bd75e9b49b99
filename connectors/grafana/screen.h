// The dashboard for a wall: at most eight values of one level, and nothing to operate.
//
// Threads: pure.
#pragma once

#include "connectors/grafana/dashboards.h"
#include "connectors/grafana/kpi_series.h"

namespace takt {

DashboardFile Screen(const KpiSeries& series, LevelId level);

}  // namespace takt
