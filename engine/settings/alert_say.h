// What an alert says: texts with placeholders such as {region} and {value}.
//
// Threads: one. Errors: reported at the node that is wrong.
#pragma once

#include "engine/settings/kpi_compiler.h"

namespace takt {

// Fills `alert.say` from `say` of `node`, or with words of its own. All else of the alert must be set.
// False, reported, where a placeholder has no value for this alert.
bool CompileSay(KpiCompilation& kpis, const Node& node, Alert& alert);

}  // namespace takt
