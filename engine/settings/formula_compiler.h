// From the syntax of a formula to its compiled form: names found, units combined and checked.
//
// Threads: one. Errors: reported, at the column of the formula where it is written letter by letter.
#pragma once

#include "engine/settings/kpi_compiler.h"

namespace takt {

// Fills the KPI from the text of `formula`; false when something in it is wrong.
bool CompileFormula(KpiCompilation& kpis, KpiId id, const Node& formula);

}  // namespace takt
