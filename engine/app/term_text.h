// Terms as text by names, so that those of two configurations can be compared whatever their numbers.
//
// Threads: pure.
#pragma once

#include <set>
#include <string>

#include "engine/definition/definition.h"

namespace takt {

// Everything that decides a term's facts and rows, beside what moments, states and dimensions are.
std::string TermText(const Definition& definition, const Term& term);

// The texts of all terms that a KPI is computed from, through shares and formulas.
std::set<std::string> TermTextsOf(const Definition& definition, KpiId kpi);

}  // namespace takt
