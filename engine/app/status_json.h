// What the engine tells of itself, as JSON: /api/v1/status, which the board and `curl` read. The same
// facts as /metrics, for one look instead of a graph:
//
//   version, config_hash, uptime_seconds, alive, stuck, ready, restore {done, progress, ...}
//   now, now_reason, data_age_seconds, now_holder {source, topic, partition} or null
//   steps      the way of the events in counts since the process started: polled, dead_lettered,
//              filtered, admitted (records); changes_admitted, changes_replayed, applied, duplicate,
//              refused, conflicts, corrections (changes)
//   sources    state, why reading waits, the standing error
//   partitions counts of records, offsets, lag in records and in seconds, watermark
//   dead_letters  by source and reason, without the reasons that did not occur
//   journal, entities, memory, audit
//   configuration, web  {successful, error}: whether the files that were read again last are in use;
//              null when nothing reads them again. restart_needed, folding
//
// Times are RFC 3339 in UTC; what is not known is null. `lag_seconds` is how far the partition's
// watermark is behind the clock.
//
// Threads: any. Bounded by the number of partitions.
#pragma once

#include <string>

#include "engine/pipeline/status.h"

namespace takt {

std::string RenderStatus(const EngineStatus& status, const std::string& version);

}  // namespace takt
