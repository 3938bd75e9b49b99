// Commands that run an engine: run, demo.
#include <map>
#include <string>

#include "engine/app/command_line.h"

namespace takt {
namespace {

const std::map<std::string, LogFormat> kLogFormats = {{"text", LogFormat::kText},
                                                      {"json", LogFormat::kJson}};
const std::map<std::string, LogLevel> kLogLevels = {{"debug", LogLevel::kDebug},
                                                    {"info", LogLevel::kInfo},
                                                    {"warn", LogLevel::kWarning},
                                                    {"error", LogLevel::kError}};

CLI::App* AddRun(CLI::App& app, RunOptions& options) {
  CLI::App* run = app.add_subcommand("run", "Read the sources and serve the KPIs until SIGTERM.");
  run->footer(
      "Pages: /kpis /metrics /livez /readyz /startupz on the first listener, the board\n"
      "(/) and /api/v1/... on the second. A second SIGTERM ends at once.\n\n"
      "Example: takt run takt.yaml --listen 127.0.0.1:9464 --journal /var/lib/takt");
  run->add_option("config", options.configs, "Configuration files, merged in this order")
      ->required();
  run->add_option("--listen", options.listen, "Address of /kpis and /metrics, host:port");
  run->add_option("--listen-api", options.listen_api,
                  "Address of the board and /api/v1; \"\" for none")
      ->each([&options](const std::string&) { options.listen_api_set = true; });
  run->add_option("--journal", options.journal, "Folder of the journal");
  run->add_option("--web-config", options.web_config,
                  "File with TLS, client certificates and passwords of both listeners");
  run->add_option("--log-format", options.log.format, "text, or json: one object a line")
      ->transform(OneOf(kLogFormats))
      ->type_name("NAME");
  run->add_option("--log-level", options.log.least,
                  "The least that is logged: debug, info, warn, error")
      ->transform(OneOf(kLogLevels))
      ->type_name("NAME");
  return run;
}

CLI::App* AddDemo(CLI::App& app, DemoOptions& options) {
  CLI::App* demo = app.add_subcommand(
      "demo", "Show live KPIs of made-up sales traffic; nothing needs to be installed.");
  demo->footer(
      "Four months of history are generated first; then days pass in seconds. On a terminal the\n"
      "table is live; elsewhere a line comes every five seconds and the table at the end.\n\n"
      "Example: takt demo --board 127.0.0.1:9465");
  AddDuration(demo, "--for", options.length, "End by itself after this time, for example 30s");
  demo->add_option("--days-per-second", options.days_per_second, "How fast time goes")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  demo->add_option("--seed", options.seed, "Other seeds, other traffic")->capture_default_str();
  demo->add_option("--config", options.config, "A configuration in place of the shipped one");
  demo->add_option("--listen", options.listen, "Also serve /kpis and /metrics, host:port");
  demo->add_option("--board", options.board, "Also serve the board and /api/v1, host:port");
  return demo;
}

}  // namespace

void AddRunningCommands(CLI::App& app, ChosenCommand& chosen) {
  AddCommand(app, chosen, &AddRun, &Run);
  AddCommand(app, chosen, &AddDemo, &Demo);
}

}  // namespace takt
