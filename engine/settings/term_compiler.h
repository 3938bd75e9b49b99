// The verbs that add up facts: count, sum, durations and level.
//
// Threads: one. Errors: reported.
#pragma once

#include "engine/settings/kpi_compiler.h"

namespace takt {

// Fills the KPI from its verb's entry; false when something in it is wrong.
bool CompileTerm(KpiCompilation& kpis, KpiId id, const Node& verb);

}  // namespace takt
