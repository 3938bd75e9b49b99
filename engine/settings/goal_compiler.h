// Goals: from `goals:` to definition.goals.
//
// Threads: one. Errors: reported.
#pragma once

#include "engine/settings/kpi_compiler.h"
#include "engine/settings/row_demand.h"

namespace takt {

// Needs the KPIs. Asks `demand` for the rows that goals read.
void CompileGoals(KpiCompilation& kpis, RowDemand& demand);

}  // namespace takt
