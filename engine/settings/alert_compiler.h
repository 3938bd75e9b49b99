// Alerts: from `alerts:` to definition.alerts.
//
// Threads: one. Errors: reported.
#pragma once

#include "engine/settings/kpi_compiler.h"
#include "engine/settings/row_demand.h"

namespace takt {

// Needs the KPIs and the goals. Asks `demand` for the rows that alerts read.
void CompileAlerts(KpiCompilation& kpis, RowDemand& demand);

}  // namespace takt
