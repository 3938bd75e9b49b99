// The snapshot as JSON text, for the HTTP API:
//
//   {"now":"2026-01-31T23:59:59Z",
//    "read":[{"source":"crm","topic":"sales","partition":0,"next_offset":17}],"kpis":[{"kpi":"win_ratio","level":"region","part":"lower",
//    "unit":"ratio","series":"sales_region_win_ratio_lower",
//    "labels":{"window":"28d","sales_region":"north"},"value":0.2}],"alerts":[...],"goals":[...]}
//
// Alerts and goals are described in watch_json.h.
//
// `read` says of which records the values are a function, where that can be told (snapshot.h).
// One element per sample, in the order of the snapshot; `part` is "" for the value itself. Values that
// JSON has no number for (NaN, infinite) are null. Money is in whole units of the reporting currency.
// Equal snapshots give equal bytes.
//
// Threads: any. Cost: about 1 us per sample.
#pragma once

#include <string>

#include "engine/definition/definition.h"
#include "engine/kpi/snapshot.h"

namespace takt {

std::string RenderJson(const Definition& definition, const Snapshot& snapshot);

}  // namespace takt
