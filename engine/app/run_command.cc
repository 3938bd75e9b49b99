#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/app/commands.h"
#include "engine/app/config_files.h"
#include "engine/app/configuration.h"
#include "engine/app/count_text.h"
#include "engine/app/explain_places.h"
#include "engine/app/live_engine.h"
#include "engine/app/log.h"
#include "engine/app/serve.h"
#include "engine/app/signals.h"
#include "engine/app/web_files.h"
#include "engine/app/wiring.h"
#include "engine/base/clock.h"
#include "engine/pipeline/engine.h"

namespace takt {
namespace {

constexpr absl::Duration kLook = absl::Seconds(1);
constexpr absl::Duration kFoldingLook = absl::Milliseconds(50);

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

// What runs besides the engine's and the servers' own threads: this one, which looks after the files.
struct Running {
  LiveEngine& live;
  WebFiles& web;
  ConfigFiles& config;
  const LogFunction& log;
  bool asked = false;  // by SIGHUP, and not yet done
  bool mending = false;

  ServeOptions Serving() const {
    const Settings& settings = live.settings();
    return {.listen = settings.engine.listen,
            .listen_api = settings.engine.listen_api,
            .access = web.access(),
            .connections_max = ConnectionsMax(),
            .places = PlacesOf(settings),
            .add_process =
                [this](ProcessStatus& status) {
                  web.AddTo(status);
                  config.AddTo(status);
                },
            .alive = [this] { return live.Alive(); }};
  }

  const char* Scheme() const {
    return web.access() != nullptr && web.access()->Current()->tls != nullptr ? "https" : "http";
  }

  // The exit code.
  int UntilEnd() {
    std::shared_ptr<Engine> engine = live.Served();
    if (!AwaitRestore(*engine)) return kExitDone;
    const std::string error = engine->Status().restore.error;
    if (!error.empty()) {
      log(LogLevel::kError, error);
      return kExitFailed;
    }
    TellRestored(*engine, log);
    engine = nullptr;  // what is replaced goes
    return LookAfterFiles();
  }

  // Tells of the replay of a large journal while it lasts; false when the process was asked to end.
  bool AwaitRestore(Engine& engine) {
    int percent_told = 0;
    while (!Signals::WaitForEnd(absl::Milliseconds(200))) {
      asked |= Signals::TakeReload();
      web.Look();
      const RestoreStatus restore = engine.Status().restore;
      if (restore.done || !restore.error.empty()) return true;
      const int percent = static_cast<int>(restore.progress * 100);
      if (percent >= percent_told + 10) {
        percent_told = percent;
        log(LogLevel::kInfo,
            absl::StrFormat("journal: %d %% replayed, %s, %.1f s", percent,
                            CountText(restore.changes_replayed, "change"), restore.seconds));
      }
    }
    return false;
  }

  // After a failed sync, and once nothing stands in the journal that was not safe: opens it anew and
  // reads the sources again from there, while what is known is served. True while that is under way.
  bool MendJournal() {
    if (mending) {
      const LiveEngine::Change change = live.Step();
      mending = change == LiveEngine::Change::kFolding;
      if (change == LiveEngine::Change::kDone) {
        log(LogLevel::kInfo, "the journal takes changes again, reading goes on");
      }
      if (change == LiveEngine::Change::kFailed) log(LogLevel::kError, live.error());
      return true;
    }
    if (live.IsFolding() || !NeedsRestart(live.settings(), live.settings()).empty()) return false;
    if (!live.Served()->Status().journal.is_cut) return false;
    log(LogLevel::kWarning,
        "what the journal could not make safe is cut off: reading it again from the sources; what "
        "was served is served meanwhile");
    const absl::Status begun = live.Begin(live.settings());
    if (!begun.ok()) log(LogLevel::kError, std::string(begun.message()));
    mending = begun.ok();
    return mending;
  }

  int LookAfterFiles() {
    while (!Signals::WaitForEnd(live.IsFolding() ? kFoldingLook : kLook)) {
      asked |= Signals::TakeReload();
      if (asked) web.Reload();
      web.Look();
      if (!MendJournal()) config.Look(std::exchange(asked, false));
      if (live.IsBroken()) return kExitFailed;
    }
    return kExitDone;
  }
};

}  // namespace

int Run(const RunOptions& options) {
  Signals::Install();
  std::vector<std::string> files;
  std::optional<Settings> settings =
      LoadOrExplain("takt run", options.configs, ConfigUse::kRun, &files);
  if (!settings.has_value()) return kExitWrong;
  Apply(options, settings->engine);
  SystemClock clock;
  const LogFunction log = LogToStandardError(clock, options.log);
  std::vector<Problem> problems;
  const auto web = WebFiles::Open(settings->engine.web_config, clock, log, problems);
  Explain(problems);
  if (web == nullptr) return kExitWrong;
  auto live = LiveEngine::Create(*settings, clock, log, &AddJournal);
  if (!live.ok()) return Fail(live.status());
  const auto load = [&options] {
    LoadResult loaded = LoadAll(options.configs);
    Apply(options, loaded.settings.engine);
    return loaded;
  };
  ConfigFiles config({load, std::move(files)}, **live, clock, log);
  Running running = {**live, *web, config, log};
  auto servers = Serve(running.Serving(), clock, [&live] { return (*live)->Served(); });
  if (!servers.ok()) {
    return Fail(absl::Status(
        servers.status().code(),
        absl::StrCat(servers.status().message(),
                     " (engine.listen or --listen, engine.listen_api or --listen-api)")));
  }
  const absl::Status started = (*live)->Served()->Start();
  if (!started.ok()) return Fail(started);
  log(LogLevel::kInfo,
      absl::StrFormat("serving %s://%s/kpis and /metrics%s%s", running.Scheme(),
                      servers->pages->address(),
                      servers->api ? absl::StrCat(", API on ", running.Scheme(), "://") : "",
                      servers->api ? servers->api->address() : ""));
  const int exit_code = running.UntilEnd();
  log(LogLevel::kInfo, "ending");
  *servers = Servers{};
  (*live)->Stop();
  return exit_code;
}

}  // namespace takt
