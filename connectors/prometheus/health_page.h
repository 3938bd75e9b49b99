// The `/metrics` page: the engine's own health, as series named takt_<subsystem>_<noun>_<unit>, in
// the Prometheus text format, by prometheus-cpp's core. KPIs are not here; they are on `/kpis`.
//
// Every label set is bounded: sources and topics by configuration, partitions by the topics,
// reasons and states by their lists, each exported from the start with zero.
//
// Threads: any. Cost: some hundred series, about a millisecond.
#pragma once

#include <string>

#include "engine/pipeline/status.h"

namespace takt {

std::string RenderHealthPage(const EngineStatus& status, const std::string& version);

}  // namespace takt
