// /api/v1/explain: a value taken apart, as JSON or, with format=text, as a table for the terminal.
//
//   200  explain_json.h          404  unknown KPI, level, group or window, with the nearest one
//   400  a parameter is wrong    503  now is undefined, the restore is under way, or somebody else asks
//
// Errors are JSON too: {"error": "..."}.
//
// Threads: any of the server's; one question at a time, so that it holds one of its threads at most.
#pragma once

#include "connectors/http/server.h"
#include "engine/app/explain_places.h"
#include "engine/pipeline/engine.h"

namespace takt {

HttpResponse ExplainPage(Engine& engine, const PlaceSources& sources, const HttpRequest& request);

// {"error": "..."} with 400, 404 or 503 by the status' code.
HttpResponse JsonError(const absl::Status& status);

}  // namespace takt
