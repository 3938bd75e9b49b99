// The dashboard for who leads sales.
//
// Threads: pure.
#pragma once

#include "connectors/grafana/dashboards.h"
#include "connectors/grafana/kpi_series.h"

namespace takt {

DashboardFile Sales(const KpiSeries& series, const DashboardOptions& options);

}  // namespace takt
