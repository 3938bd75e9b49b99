// One panel in Grafana's JSON model: type, queries, field settings and options, without id and place.
//
// Threads: pure.
#pragma once

#include "connectors/grafana/dashboard.h"
#include "engine/kpi/json_writer.h"

namespace takt {

// Members of the panel's object.
void WritePanel(const Panel& panel, JsonWriter& json);

}  // namespace takt
