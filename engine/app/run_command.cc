#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "engine/app/commands.h"
#include "engine/app/configuration.h"
#include "engine/app/log.h"
#include "engine/app/serve.h"
#include "engine/app/signals.h"
#include "engine/app/web_files.h"
#include "engine/app/wiring.h"
#include "engine/base/clock.h"
#include "engine/pipeline/engine.h"

namespace takt {
namespace {

int Fail(const absl::Status& status) {
  absl::FPrintF(stderr, "takt run: %s\n", std::string(status.message()));
  // At the start whatever is not away or broken is the operator's to put right.
  const bool failed =
      absl::IsUnavailable(status) || absl::IsDataLoss(status) || absl::IsResourceExhausted(status);
  return failed ? kExitFailed : kExitWrong;
}

void Apply(const RunOptions& options, EngineSettings& settings) {
  if (!options.listen.empty()) settings.listen = options.listen;
  if (options.listen_api_set) settings.listen_api = options.listen_api;
  if (!options.journal.empty()) settings.journal = options.journal;
  if (!options.web_config.empty()) settings.web_config = options.web_config;
}

// Open files are shared with the journal and the sources, which must not go without because of
// clients: three quarters of what the system allows may be connections of the two listeners.
int ConnectionsMax() {
  rlimit files = {};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return 64;
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 65536);
  if (setrlimit(RLIMIT_NOFILE, &files) != 0 && getrlimit(RLIMIT_NOFILE, &files) != 0) return 64;
  return static_cast<int>(std::clamp<rlim_t>(files.rlim_cur / 4, 16, 512));
}

// Where changes came from, for explanations.
PlaceSources PlacesOf(const Settings& settings) {
  PlaceSources places{.journal = settings.engine.journal};
  for (const SourceSettings& source : settings.sources) {
    if (!source.kafka.has_value()) places.file_sources.push_back(source.name);
  }
  return places;
}

// Tells of the replay of a large journal while it lasts; false when the process was asked to end.
bool AwaitRestore(Engine& engine, const LogFunction& log) {
  int percent_told = 0;
  while (!Signals::WaitForEnd(absl::Milliseconds(200))) {
    const RestoreStatus restore = engine.Status().restore;
    if (restore.done || !restore.error.empty()) return true;
    const int percent = static_cast<int>(restore.progress * 100);
    if (percent >= percent_told + 10) {
      percent_told = percent;
      log(LogLevel::kInfo, absl::StrFormat("journal: %d %% replayed, %d changes, %.1f s", percent,
                                           restore.changes_replayed, restore.seconds));
    }
  }
  return false;
}

}  // namespace

int Run(const RunOptions& options) {
  Signals::Install();
  std::optional<Settings> settings = LoadOrExplain("takt run", options.configs);
  if (!settings.has_value()) return kExitWrong;
  Apply(options, settings->engine);
  SystemClock clock;
  const LogFunction log = LogToStandardError(clock, options.log);
  std::vector<Problem> problems;
  const auto web = WebFiles::Open(settings->engine.web_config, clock, log, problems);
  Explain(problems);
  if (web == nullptr) return kExitWrong;
  auto parts = MakeParts(*settings, clock, log);
  if (!parts.ok()) return Fail(parts.status());
  auto engine = Engine::Create(*std::move(parts));
  if (!engine.ok()) return Fail(engine.status());
  const ServeOptions serving = {
      .listen = settings->engine.listen,
      .listen_api = settings->engine.listen_api,
      .access = web->access(),
      .connections_max = ConnectionsMax(),
      .places = PlacesOf(*settings),
      .add_process = [&web](ProcessStatus& status) { web->AddTo(status); }};
  auto servers = Serve(serving, clock, **engine);
  if (!servers.ok()) return Fail(servers.status());
  const absl::Status started = (*engine)->Start();
  if (!started.ok()) return Fail(started);
  log(LogLevel::kInfo,
      absl::StrFormat("serving http://%s/kpis and /metrics%s%s", servers->pages->address(),
                      servers->api ? ", API on http://" : "",
                      servers->api ? servers->api->address() : ""));
  int exit_code = kExitDone;
  if (AwaitRestore(**engine, log)) {
    const RestoreStatus restore = (*engine)->Status().restore;
    if (!restore.error.empty()) {
      log(LogLevel::kError, restore.error);
      exit_code = kExitFailed;
    } else {
      log(LogLevel::kInfo, absl::StrFormat("restored %d changes in %.1f s",
                                           restore.changes_replayed, restore.seconds));
      const JournalStatus journal = (*engine)->Status().journal;
      if (journal.unknown_stages > 0) {
        log(LogLevel::kWarning,
            absl::StrFormat("%d changes of the journal are into stages that the configuration does "
                            "not have, such as \"%s\": they count in no stage. Name these stages "
                            "under `pipelines`, or read the sources again with an empty journal",
                            journal.unknown_stages, absl::CHexEscape(journal.unknown_stage)));
      }
      while (!Signals::WaitForEnd(absl::Seconds(1))) {
        if (Signals::TakeReload()) web->Reload();
        web->Look();
      }
    }
  }
  log(LogLevel::kInfo, "ending");
  *servers = Servers{};
  (*engine)->Stop();
  return exit_code;
}

}  // namespace takt
