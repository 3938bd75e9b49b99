#include <unistd.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "connectors/json/json_decoder.h"
#include "engine/app/commands.h"
#include "engine/app/configuration.h"
#include "engine/app/count_text.h"
#include "engine/app/discarded_letters.h"
#include "engine/app/log.h"
#include "engine/app/scaled_clock.h"
#include "engine/app/serve.h"
#include "engine/app/signals.h"
#include "engine/app/traffic_source.h"
#include "engine/base/status_macros.h"
#include "engine/kpi/table.h"
#include "engine/pipeline/engine.h"

namespace takt {
namespace {

constexpr double kHistoryDays = 120;  // generated before the clock starts, so that windows are full
constexpr absl::Duration kPlainLineEvery = absl::Seconds(5);

std::string DemoConfiguration(const DemoOptions& options) {
  if (!options.config.empty()) return options.config;
  for (const std::string& folder : ShippedFolders()) {
    const std::string path = folder + "/demo/takt.yaml";
    if (access(path.c_str(), R_OK) == 0) return path;
  }
  return "config/demo/takt.yaml";
}

EngineParts MakeDemoParts(const Settings& settings, const DemoOptions& options, Clock& clock,
                          const LogFunction& log) {
  SalesWorldOptions world;
  world.seed = options.seed;
  world.start = EventTime::From(clock.Now() - absl::Hours(24 * kHistoryDays));
  EngineParts parts;
  parts.definition = settings.definition;
  parts.settings = settings.engine;
  parts.settings.journal.clear();
  parts.clock = &clock;
  parts.log = log;
  SourceParts& source = parts.sources.emplace_back();
  source.settings.name = "traffic";
  source.settings.out_of_orderness = absl::ZeroDuration();
  source.source = std::make_unique<TrafficSource>(
      world, DisorderOptions{options.seed, 0.10, 0.05, 0.01}, clock);
  source.decoder = MakeJsonDecoder();
  source.dead_letters = std::make_unique<DiscardedLetters>();
  return parts;
}

std::string Summary(const EngineStatus& status) {
  uint64_t polled = 0;
  uint64_t dead = 0;
  for (const PartitionStatus& partition : status.partitions) {
    polled += partition.polled;
    for (const uint64_t count : partition.dead_lettered) dead += count;
  }
  return absl::StrFormat(
      "%s: %s applied, %s, %s of the past, %s; %s", CountText(polled, "record"),
      CountText(status.changes_applied, "change"), CountText(status.duplicates, "duplicate"),
      CountText(status.corrections, "correction"), CountText(dead, "dead letter"),
      CountText(status.entities, "entity", "entities"));
}

// The first sample of a company series, as a short text.
std::string Told(const Snapshot& snapshot, const char* name, const char* format, double scale) {
  const Sample* sample = Find(snapshot, name, {{"window", "28d"}});
  if (sample == nullptr) sample = Find(snapshot, name, {});
  if (sample == nullptr || sample->value != sample->value) return "-";
  return absl::StrFormat(*absl::ParsedFormat<'f'>::New(format), sample->value * scale);
}

std::string PlainLine(const Snapshot& snapshot, const EngineStatus& status) {
  return absl::StrFormat(
      "%s  won %s  win ratio %s %%  booked %s  velocity %s a day  open deals %s  (%s)",
      absl::FormatTime("%Y-%m-%d %H:%M", snapshot.now.ToTime(), absl::UTCTimeZone()),
      Told(snapshot, "sales_company_won", "%.0f", 1),
      Told(snapshot, "sales_company_win_ratio", "%.1f", 100),
      Told(snapshot, "sales_company_booked", "%.0f", 1),
      Told(snapshot, "sales_company_pipeline_velocity_per_second", "%.0f", 86400),
      Told(snapshot, "sales_company_open_deals", "%.0f", 1), Summary(status));
}

// Shows what the engine knows until the time is up or a signal comes.
void Show(const DemoOptions& options, Engine& engine, const Clock& clock) {
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  const absl::Duration end = clock.Monotonic() + options.length;
  const absl::Duration every = terminal ? absl::Milliseconds(500) : kPlainLineEvery;
  while (clock.Monotonic() < end) {
    if (Signals::WaitForEnd(std::min(every, end - clock.Monotonic()))) return;
    const auto snapshot = engine.CurrentSnapshot();
    if (snapshot == nullptr) {
      absl::PrintF("generating %.0f days of history ... %s\n", kHistoryDays,
                   Summary(engine.Status()));
    } else if (terminal) {
      absl::PrintF("\033[H\033[2J%s\n%s\nCtrl-C ends.\n",
                   RenderTable(engine.definition(), *snapshot), Summary(engine.Status()));
    } else {
      absl::PrintF("%s\n", PlainLine(*snapshot, engine.Status()));
    }
    std::fflush(stdout);
  }
}

absl::StatusOr<Servers> ServeDemo(const DemoOptions& options, const Clock& clock,
                                  const std::shared_ptr<Engine>& engine) {
  if (options.listen.empty() && options.board.empty()) return Servers{};
  ServeOptions serving;
  serving.listen = options.listen.empty() ? "127.0.0.1:0" : options.listen;
  serving.listen_api = options.board;
  TAKT_ASSIGN_OR_RETURN(Servers servers, Serve(serving, clock, [engine] { return engine; }));
  absl::PrintF("serving http://%s/kpis\n", servers.pages->address());
  if (servers.api) absl::PrintF("the board: http://%s/\n", servers.api->address());
  return servers;
}

absl::Status RunDemo(const DemoOptions& options, const Settings& settings) {
  const SystemClock system;
  ScaledClock clock(system.Now(), options.days_per_second * 86400);
  const LogFunction log = [shown = LogToStandardError(system)](LogLevel level,
                                                               absl::string_view text) {
    if (level > LogLevel::kInfo) shown(level, text);
  };
  TAKT_ASSIGN_OR_RETURN(std::shared_ptr<Engine> engine,
                        Engine::Create(MakeDemoParts(settings, options, clock, log)));
  TAKT_ASSIGN_OR_RETURN(Servers servers, ServeDemo(options, clock, engine));
  TAKT_RETURN_IF_ERROR(engine->Start());
  Show(options, *engine, system);
  const auto snapshot = engine->CurrentSnapshot();
  const EngineStatus status = engine->Status();
  servers = Servers{};
  engine->Stop();
  if (snapshot == nullptr) return absl::UnavailableError("no KPI yet; run it for longer");
  absl::PrintF("\n%s\n%s\n", RenderTable(engine->definition(), *snapshot), Summary(status));
  return absl::OkStatus();
}

}  // namespace

int Demo(const DemoOptions& options) {
  Signals::Install();
  const std::optional<Settings> settings = LoadOrExplain("takt demo", {DemoConfiguration(options)});
  if (!settings.has_value()) return kExitWrong;
  const absl::Status status = RunDemo(options, *settings);
  if (status.ok()) return kExitDone;
  absl::FPrintF(stderr, "takt demo: %s\n", std::string(status.message()));
  return absl::IsUnavailable(status) ? kExitFailed : kExitWrong;
}

}  // namespace takt
