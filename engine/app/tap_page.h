// /api/v1/tap: records as they come, the changes they become, and what these do to facts.
//
//   after    `next` of the answer before; 0 or nothing: what is kept
//   object   records with a change of this object alone; id: and of this entity
//   limit    records of one answer, 1 to 200; 100 where it is not said
//
//   {"records": [{"number", "source", "topic", "partition", "offset", "value", "cut", "filtered",
//     "dead_letter": {"reason", "detail"} or null, "changes": [{..., "applied", "facts": [{"kpis", "group",
//     "date", "amount"}]}], "text"}], "next", "left_out"}
//
// `text` is the record as `takt tap` prints it. Facts are those of the term's coarsest level. 400 and 404
// as at /api/v1/explain.
//
// Threads: any of the server's.
#pragma once

#include "connectors/http/server.h"
#include "engine/pipeline/engine.h"

namespace takt {

HttpResponse TapRecords(Engine& engine, const HttpRequest& request);

}  // namespace takt
