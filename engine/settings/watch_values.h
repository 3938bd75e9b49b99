// What goals and alerts have in common: the KPI and window that they speak of, and values in the KPI's
// unit.
//
// Threads: one. Errors: reported at the node that is wrong.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/settings/kpi_compiler.h"

namespace takt {

// The KPI that `node` names under `kpi`; nothing, reported, where there is none or it is wrong.
std::optional<KpiId> FindWatchedKpi(KpiCompilation& kpis, const Node& node);

// Reads `over` of a goal or an alert on `kpi`. False, reported, where it is missing or does not go with
// the KPI. Levels have no window.
bool ReadWatchedWindow(KpiCompilation& kpis, KpiId kpi, const Node& node,
                       std::optional<Window>& window);

// "24%", "0.24", "1500000", "60d": in the units of the page. InvalidArgument says what goes with the KPI.
absl::StatusOr<double> ParseAmountOf(const Kpi& kpi, absl::string_view text);
// The same of an entry, reported; nothing where it is absent or wrong.
std::optional<double> ReadAmount(KpiCompilation& kpis, KpiId kpi, const Node& node,
                                 absl::string_view key);

// "24%" or "0.24", any positive number.
std::optional<double> ParseFactor(absl::string_view text);

}  // namespace takt
