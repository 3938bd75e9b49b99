// Goals and alerts of a snapshot for the HTTP API, as two members of its object (json_view.h):
//
//   "alerts":[{"alert":"win_ratio_fell","severity":"page","receiver":"managers","kpi":"win_ratio",
//     "level":"region","window":"28d","group":{"sales_region":"north"},"active":true,"value":0.1,
//     "baseline":0.25,"successes":6,"outcomes":60,"score":null,"threshold":0.25,"text":"..."}],
//   "goals":[{"goal":"winning_more","kpi":"win_ratio","level":"company","window":"90d","group":{},
//     "target":0.26,"value":0.24,"met":false}]
//
// Threads: any. Cost: linear in the states.
#pragma once

#include <string>

#include "engine/definition/definition.h"
#include "engine/kpi/snapshot.h"

namespace takt {

std::string WatchMembers(const Definition& definition, const Snapshot& snapshot);

}  // namespace takt
