// What of the KPIs is exported: windows, levels and splits, the parts of shares beside them, and from
// that the rows which every term needs, through shares and formulas.
//
// Threads: one. Errors: reported.
#pragma once

#include "engine/settings/kpi_compiler.h"

namespace takt {

// The last step of the compiler. Ends with NumberRows.
void ExportKpis(KpiCompilation& kpis);

// Names of the series families of a KPI at one level, as kpi/evaluate.h lays down.
std::vector<std::string> FamilyNames(const Kpi& kpi, const Level& level);

// Series that a definition exports: groups times windows times families.
uint64_t CountSeries(const Definition& definition);

}  // namespace takt
