// Panels of the configured alerts and goals.
//
// Threads: pure.
#pragma once

#include "connectors/grafana/dashboard.h"
#include "connectors/grafana/kpi_series.h"
#include "engine/definition/alert.h"
#include "engine/definition/goal.h"

namespace takt {

// A row for each group that the alert watches: whether it is active, the value, what is usual, n.
Panel AlertPanel(const KpiSeries& series, const Alert& alert);

// The value and the line that it should be on, for each group.
Panel GoalPanel(const KpiSeries& series, const Goal& goal);

}  // namespace takt
