// The pages of a running engine over HTTP.
//
//   first listener    /kpis  /metrics  /livez  /readyz  /startupz
//   second listener   / (the board)  /api/v1/kpis  /api/v1/status  /api/v1/definition  /api/v1/trend
//                     /api/v1/explain (explain_question.h)  /api/v1/tap (tap_page.h)
//                     /runbooks/<alert>.md (runbook.h)
//
// `/kpis` and `/api/v1/kpis` take ?at=<RFC 3339 time or seconds since 1970>: the KPIs as of that moment
// by today's knowledge; `/api/v1/kpis` and `/api/v1/trend` also ?level= ?group= ?window=. Before `now`
// is defined the KPIs are absent: the page is empty but valid. Probes never ask a broker, and are
// answered without credentials.
//
// Threads: the routes are called from the servers' threads. What the options
// and `served` refer to must outlive the servers.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "connectors/http/server.h"
#include "engine/app/explain_places.h"
#include "engine/pipeline/engine.h"
#include "engine/pipeline/process_status.h"

namespace takt {

inline constexpr char kVersion[] = "0.1.0";

struct Servers {
  std::unique_ptr<HttpServer> pages;
  std::unique_ptr<HttpServer> api;  // null when there is no second listener
};

struct ServeOptions {
  std::string listen;
  std::string listen_api;                   // empty: no second listener
  std::shared_ptr<const WebAccess> access;  // null: plain HTTP for everybody
  int connections_max = 512;                // of each listener
  PlaceSources places;                      // where changes were read, for explanations
  // Adds what the process knows beside the engine, for /metrics. May be empty.
  std::function<void(ProcessStatus&)> add_process;
  // Whether the process is alive, where that is more than the served engine. May be empty.
  std::function<bool()> alive;
};

// `served` gives the engine of the moment; a request keeps what it was given.
absl::StatusOr<Servers> Serve(const ServeOptions& options, const Clock& clock,
                              const std::function<std::shared_ptr<Engine>()>& served);

}  // namespace takt
