// The dashboard for who runs Takt. It needs nothing of the configuration.
//
// Threads: pure.
#pragma once

#include "connectors/grafana/dashboards.h"

namespace takt {

DashboardFile Operations();

}  // namespace takt
