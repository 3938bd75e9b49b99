#include "engine/app/serve.h"

#include <atomic>
#include <utility>

#include "absl/strings/str_cat.h"
#include "connectors/http/board.h"
#include "connectors/prometheus/health_page.h"
#include "engine/app/definition_json.h"
#include "engine/app/explain_page.h"
#include "engine/app/moment_text.h"
#include "engine/app/runbook.h"
#include "engine/app/status_json.h"
#include "engine/app/tap_page.h"
#include "engine/app/trend.h"
#include "engine/base/status_macros.h"
#include "engine/kpi/json_view.h"
#include "engine/kpi/page.h"
#include "engine/kpi/select.h"

namespace takt {
namespace {

constexpr char kPrometheusText[] = "text/plain; version=0.0.4; charset=utf-8";
constexpr char kOpenMetricsText[] = "application/openmetrics-text; version=1.0.0; charset=utf-8";

HttpResponse OfStatus(const absl::Status& status) {
  int code = 500;
  if (absl::IsInvalidArgument(status)) code = 400;
  if (absl::IsUnavailable(status) || absl::IsResourceExhausted(status)) code = 503;
  return HttpResponse::Text(code, absl::StrCat(std::string(status.message()), "\n"));
}

// Null when now is not defined yet.
absl::StatusOr<std::shared_ptr<const Snapshot>> Asked(Engine& engine, const HttpRequest& request) {
  const auto at = request.query.find("at");
  if (at == request.query.end()) return engine.CurrentSnapshot();
  TAKT_ASSIGN_OR_RETURN(const EventTime time, ParseMoment("at", at->second));
  return engine.SnapshotAt(time);
}

HttpResponse KpiPage(Engine& engine, const HttpRequest& request) {
  const auto snapshot = Asked(engine, request);
  if (!snapshot.ok()) return OfStatus(snapshot.status());
  const bool open = request.accept.find("application/openmetrics-text") != std::string::npos;
  const PageFormat format = open ? PageFormat::kOpenMetrics : PageFormat::kPrometheusText;
  std::string page;
  if (*snapshot != nullptr) {
    page = RenderPage(engine.definition(), **snapshot, format);
  } else if (open) {
    page = "# EOF\n";
  }
  return {200, open ? kOpenMetricsText : kPrometheusText,
          std::make_shared<const std::string>(std::move(page))};
}

HttpResponse Probe(bool good, const char* what) {
  return good ? HttpResponse::Text(200, "ok\n") : HttpResponse::Text(503, absl::StrCat(what, "\n"));
}

// The servers, known to the handlers of the first. It ends before the second does.
struct Listeners {
  std::atomic<const HttpServer*> pages{nullptr};
  std::atomic<const HttpServer*> api{nullptr};

  void AddTo(ProcessStatus& status) const {
    for (const auto& [name, server] : {std::pair("pages", pages.load()), {"api", api.load()}}) {
      if (server == nullptr) continue;
      const HttpCounts counts = server->Counts();
      status.listeners.push_back({name, counts.connections.open, counts.connections.opened,
                                  counts.connections.overdue, counts.connections.evicted,
                                  counts.refused});
    }
  }
};

HttpResponse HealthPage(Engine& engine, const ServeOptions& options, const Listeners& listeners) {
  EngineStatus status = engine.Status();
  listeners.AddTo(status.process);
  if (options.add_process) options.add_process(status.process);
  return {200, kPrometheusText,
          std::make_shared<const std::string>(RenderHealthPage(status, kVersion))};
}

HttpResponse StatusPage(Engine& engine, const ServeOptions& options) {
  EngineStatus status = engine.Status();
  if (options.add_process) options.add_process(status.process);
  return HttpResponse::Json(200, RenderStatus(status, kVersion));
}

HttpResponse AliveProbe(bool alive) { return Probe(alive, "a loop has not turned for 30 s"); }

HttpResponse Pages(Engine& engine, const HttpRequest& request) {
  if (request.path == "/kpis") return KpiPage(engine, request);
  if (request.path == "/livez") return AliveProbe(engine.Alive());
  if (request.path == "/readyz") return Probe(engine.Ready(), "the journal is being replayed");
  if (request.path == "/startupz") return Probe(engine.Started(), "the journal is being replayed");
  return HttpResponse::Text(404,
                            "no such page; there are /kpis /metrics /livez /readyz /startupz\n");
}

HttpResponse KpiJson(Engine& engine, const HttpRequest& request) {
  const auto selection = ParseSelection(engine.definition(), request.query);
  if (!selection.ok()) return OfStatus(selection.status());
  const auto snapshot = Asked(engine, request);
  if (!snapshot.ok()) return OfStatus(snapshot.status());
  if (*snapshot == nullptr) {
    return HttpResponse::Json(200, "{\"now\":null,\"read\":[],\"kpis\":[]}\n");
  }
  if (selection->IsAll()) {
    return HttpResponse::Json(200, RenderJson(engine.definition(), **snapshot));
  }
  return HttpResponse::Json(
      200, RenderJson(engine.definition(), Select(engine.definition(), **snapshot, *selection)));
}

HttpResponse TrendJson(Engine& engine, Trend& trend, const HttpRequest& request) {
  const auto selection = ParseSelection(engine.definition(), request.query);
  if (!selection.ok()) return OfStatus(selection.status());
  return HttpResponse::Json(
      200, trend.Render(engine.definition(), engine.CurrentSnapshot(), *selection));
}

HttpResponse Api(Engine& engine, Trend& trend, const ServeOptions& options,
                 const HttpRequest& request) {
  if (request.path == "/api/v1/kpis") return KpiJson(engine, request);
  if (request.path == "/api/v1/status") return StatusPage(engine, options);
  if (request.path == "/api/v1/definition") {
    return HttpResponse::Json(200, RenderDefinition(engine.definition()));
  }
  if (request.path == "/api/v1/tap") return TapRecords(engine, request);
  if (request.path == "/api/v1/explain") return ExplainPage(engine, options.places, request);
  if (request.path == "/api/v1/trend") return TrendJson(engine, trend, request);
  if (const auto page = RunbookOfPath(engine.definition(), request.path); page.has_value()) {
    return HttpResponse::Text(200, *page);
  }
  if (auto board = BoardFile(request.path); board.has_value()) return *std::move(board);
  return HttpResponse::Text(
      404,
      "no such page; there are / (the board) and /api/v1/kpis "
      "/api/v1/status /api/v1/definition /api/v1/trend /api/v1/explain /api/v1/tap "
      "/runbooks/<alert>.md\n");
}

}  // namespace

absl::StatusOr<Servers> Serve(const ServeOptions& options, const Clock& clock,
                              const std::function<std::shared_ptr<Engine>()>& served) {
  Servers servers;
  const auto listeners = std::make_shared<Listeners>();
  HttpOptions http;
  http.listen = options.listen;
  http.access = options.access;
  http.open_paths = {"/livez", "/readyz", "/startupz"};
  http.connections_max = options.connections_max;
  http.connections_per_address_max = options.connections_max * 4 / 5;
  TAKT_ASSIGN_OR_RETURN(servers.pages,
                        HttpServer::Start(http, clock, [served, options, listeners](const auto& r) {
                          const std::shared_ptr<Engine> engine = served();
                          if (r.path == "/metrics") return HealthPage(*engine, options, *listeners);
                          if (r.path == "/livez" && options.alive)
                            return AliveProbe(options.alive());
                          return Pages(*engine, r);
                        }));
  listeners->pages = servers.pages.get();
  if (options.listen_api.empty()) return servers;
  http.listen = options.listen_api;
  http.open_paths.clear();
  const auto trend =
      std::make_shared<Trend>([served](EventTime at) { return served()->SnapshotAt(at); }, clock);
  TAKT_ASSIGN_OR_RETURN(servers.api,
                        HttpServer::Start(http, clock, [served, trend, options](const auto& r) {
                          return Api(*served(), *trend, options, r);
                        }));
  listeners->api = servers.api.get();
  return servers;
}

}  // namespace takt
