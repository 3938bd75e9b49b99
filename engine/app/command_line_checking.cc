// Commands that tell what a configuration means: check, map, plan.
#include <map>
#include <string>

#include "engine/app/command_line.h"

namespace takt {
namespace {

CLI::App* AddCheck(CLI::App& app, CheckOptions& options) {
  CLI::App* check = app.add_subcommand(
      "check", "Check a configuration: every mistake with file, line and column; exit code 2.");
  check->footer("Example: takt check takt.yaml");
  check->add_option("config", options.configs, "Configuration files, merged in this order")
      ->required();
  return check;
}

CLI::App* AddMap(CLI::App& app, MapOptions& options) {
  CLI::App* map = app.add_subcommand(
      "map",
      "What does this record become? Its changes, the fields not used, or why it is refused.");
  map->footer(
      "Takes records of a source through its format or mapping and the checks, without an engine.\n"
      "Exit code 1 when one of them would be a dead letter.\n\n"
      "Examples:\n"
      "  takt map takt.yaml --source crm --sample opportunity.json\n"
      "  kcat -C -t crm.opportunity -c 1 -b ... | takt map takt.yaml --source crm --key "
      "0065g00000");
  map->add_option("config", options.configs, "Configuration files, merged in this order")
      ->required();
  map->add_option("--source", options.source, "Whose record it is; default: the only source");
  map->add_option("--sample", options.sample, "File with records; - for standard input")
      ->capture_default_str();
  map->add_option("--topic", options.topic, "The record's topic, where the mapping reads it");
  map->add_option("--key", options.key, "The record's key");
  map->add_option("--header", options.headers, "A header, NAME=VALUE");
  map->add_option("--record-time", options.record_time, "When the broker took it, RFC 3339");
  map->add_option("--limit", options.limit, "Records")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  map->add_flag("--json", options.json, "JSON, one element for each record");
  return map;
}

CLI::App* AddPlan(CLI::App& app, PlanOptions& options) {
  CLI::App* plan = app.add_subcommand(
      "plan", "What does it take to go from one configuration to another? Changes nothing.");
  plan->footer(
      "Item by item, with line and column: nothing, a restart, folding the histories again (with "
      "an\n"
      "estimate), or a replay, because the journal never kept what is needed now.\n\n"
      "Examples:\n"
      "  takt plan takt.yaml takt-new.yaml\n"
      "  takt plan takt.yaml takt-new.yaml --journal /backup/takt-journal --json");
  plan->add_option("before", options.before, "The configuration that runs")->required();
  plan->add_option("after", options.after, "The one to come")->required();
  plan->add_option("--journal", options.journal, "Folder; default: engine.journal of the first");
  plan->add_flag("--json", options.json, "JSON");
  plan->add_option("--server", options.server.url,
                   "Ask this engine for its size, without a journal")
      ->each([&options](const std::string&) { options.ask = true; });
  AddLogin(plan, options.server);
  return plan;
}

}  // namespace

void AddCheckingCommands(CLI::App& app, ChosenCommand& chosen) {
  AddCommand(app, chosen, &AddCheck, &Check);
  AddCommand(app, chosen, &AddMap, &MapRecords);
  AddCommand(app, chosen, &AddPlan, &PlanChange);
}

}  // namespace takt
