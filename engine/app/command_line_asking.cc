// Commands that ask an engine: explain, status, tap.
#include <map>
#include <string>

#include "engine/app/command_line.h"

namespace takt {
namespace {

CLI::App* AddExplain(CLI::App& app, ExplainOptions& options) {
  CLI::App* explain = app.add_subcommand("explain",
                                         "Which deals make up this number, and what moved it? Asks "
                                         "a running engine, or reads a journal.");
  explain->footer(
      "Prints the entities that a value is made of, each with the changes that made it count and\n"
      "where these were read; their contributions add up to the value on /kpis. With --from it\n"
      "prints what moved the value since then, the effects adding up to the difference.\n\n"
      "Examples:\n"
      "  takt explain win_ratio --level region --group north --window 28d\n"
      "  takt explain 'sales_team_booked{window=\"month\",sales_team=\"red\"}' --at "
      "2026-01-31T18:00:00Z\n"
      "  takt explain win_ratio --from 2026-01-26T00:00:00Z --limit 5\n"
      "  takt explain stage_conversion --split deal_stage=proposal --json\n"
      "  takt explain win_ratio --config takt.yaml          (no engine is running)");
  explain->add_option("value", options.value, "A KPI, or a series as it stands on a page")
      ->required();
  explain->add_option("--level", options.level, "company, region, team ...");
  explain->add_option("--group", options.group, "The level's value, for example north");
  explain->add_option("--split", options.splits, "DIMENSION=VALUE of a KPI with a split");
  explain->add_option("--window", options.window,
                      "28d, month ..., now; default: the first exported one");
  explain->add_option("--at", options.at,
                      "RFC 3339 or seconds since 1970; default: the engine's now");
  explain->add_option("--from", options.from, "What moved it since then");
  explain->add_option("--to", options.to, "Up to then; default: the engine's now");
  explain->add_option("--limit", options.limit, "Entities of each part, 1 to 500; default 20");
  explain->add_flag("--no-causes", options.no_causes, "Without the changes behind");
  explain->add_flag("--json", options.json, "JSON, as /api/v1/explain gives it");
  AddServer(explain, options.server);
  CLI::Option* config =
      explain
          ->add_option("--config", options.configs,
                       "Ask no engine: read the journal of this configuration, or, where there is "
                       "none, its files; nothing is changed")
          ->allow_extra_args(false)
          ->excludes("--server");
  explain->add_option("--journal", options.journal, "With --config: the journal's folder")
      ->needs(config);
  return explain;
}

CLI::App* AddStatus(CLI::App& app, StatusOptions& options) {
  CLI::App* status = app.add_subcommand(
      "status", "How does a running engine stand? Exit code 1 when something is wrong.");
  status->footer(
      "Partitions with their lag in records and in time, who holds `now` back and why, journal, "
      "dead\n"
      "letters by reason, sources, memory. Several addresses are compared: replicas that have "
      "read\n"
      "the same records give the same pages.\n\n"
      "Examples:\n"
      "  takt status\n"
      "  takt status takt-0:9465 takt-1:9465 --json");
  status->add_option("servers", options.servers,
                     "Second listeners of engines; default: 127.0.0.1:9465");
  status->add_flag("--json", options.json, "JSON: problems, replicas, and /api/v1/status of each");
  AddLogin(status, options.server);
  return status;
}

CLI::App* AddTap(CLI::App& app, TapOptions& options) {
  CLI::App* tap = app.add_subcommand(
      "tap", "Watch records come in: each with its changes and what they do to the KPIs' facts.");
  tap->footer(
      "Asks a running engine twice a second until Ctrl-C. It shows at most 200 records a second "
      "and\n"
      "says how many it left out; nothing waits for it. One watcher at a time.\n\n"
      "Example: takt tap --object deal --id D1017 --for 1m");
  tap->add_option("--object", options.object, "Records with a change of this object alone");
  tap->add_option("--id", options.id, "Of this entity alone");
  AddDuration(tap, "--for", options.length, "End by itself after this time, for example 30s");
  tap->add_flag("--json", options.json, "JSON, as /api/v1/tap gives it, an answer a line");
  AddServer(tap, options.server);
  return tap;
}

}  // namespace

void AddAskingCommands(CLI::App& app, ChosenCommand& chosen) {
  AddCommand(app, chosen, &AddExplain, &Explain);
  AddCommand(app, chosen, &AddStatus, &ShowStatus);
  AddCommand(app, chosen, &AddTap, &TapEngine);
}

}  // namespace takt
