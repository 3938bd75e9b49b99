// The condition of an alert: below, above, falls_below, rises_above or behind, and what goes with each.
//
// Threads: one. Errors: reported at the node that is wrong.
#pragma once

#include "engine/settings/kpi_compiler.h"

namespace takt {

// Fills what the alert looks at and when it is active: everything but `per`, `severity`, `receiver` and
// `say`; with `behind` also `per`. False, reported, when something is wrong.
bool CompileCondition(KpiCompilation& kpis, const Node& node, Alert& alert);

}  // namespace takt
