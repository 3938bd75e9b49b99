// The `/kpis` page: a snapshot in the Prometheus text format 0.0.4, or OpenMetrics 1.0.
//
// Equal snapshots give equal bytes. Label values are escaped; HELP and TYPE precede each family; all
// are gauges. Beside the families of KPIs: those of goals and alerts (watch_series.h), takt_kpi_info{kpi, unit, currency, definition} and
// takt_data_as_of_timestamp_seconds (the snapshot's now).
//
// Threads: any. Cost: 100,000 series in at most 50 ms of one core.
#pragma once

#include <string>

#include "engine/definition/definition.h"
#include "engine/kpi/snapshot.h"

namespace takt {

enum class PageFormat : uint8_t { kPrometheusText, kOpenMetrics };

std::string RenderPage(const Definition& definition, const Snapshot& snapshot, PageFormat format);

}  // namespace takt
