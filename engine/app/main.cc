// The program: its command line, and nothing else. The only file that includes CLI11 (7 s to compile).
#include <CLI/CLI.hpp>

#include <cstdio>
#include <map>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/app/commands.h"
#include "engine/app/serve.h"

namespace {

using takt::RecordFormat;

const std::map<std::string, RecordFormat> kFormats = {{"json", RecordFormat::kJson},
                                                      {"protobuf", RecordFormat::kProtobuf},
                                                      {"csv", RecordFormat::kCsv}};

const std::map<std::string, takt::LogFormat> kLogFormats = {{"text", takt::LogFormat::kText},
                                                            {"json", takt::LogFormat::kJson}};
const std::map<std::string, takt::LogLevel> kLogLevels = {{"debug", takt::LogLevel::kDebug},
                                                          {"info", takt::LogLevel::kInfo},
                                                          {"warn", takt::LogLevel::kWarning},
                                                          {"error", takt::LogLevel::kError}};

// Takes a name for its value. CLI11's own prints the values beside the names, and those of a small
// enumeration are control characters: a message ended at the first NUL.
template <typename Value>
CLI::Validator OneOf(const std::map<std::string, Value>& values) {
  std::string names;
  for (const auto& [name, value] : values) absl::StrAppend(&names, names.empty() ? "" : "|", name);
  const auto take = [&values, names](std::string& text) -> std::string {
    const auto found = values.find(CLI::detail::to_lower(text));
    if (found == values.end()) return absl::StrCat("\"", text, "\" is none of ", names);
    text = std::to_string(static_cast<int>(found->second));
    return "";
  };
  return CLI::Validator(take, names, "");
}

// "90", "30s", "5m" or "2h" to a duration.
std::string ReadDuration(const std::string& text, absl::Duration* length) {
  double seconds = 0;
  const bool bare = text.find_first_not_of("0123456789.") == std::string::npos;
  const bool read = bare ? absl::SimpleAtod(text, &seconds) : absl::ParseDuration(text, length);
  if (bare) *length = absl::Seconds(seconds);
  if (read && *length > absl::ZeroDuration() && *length < absl::InfiniteDuration()) return "";
  return "\"" + text + "\" is no duration; write it like 30s, 5m or 2h";
}

void AddRun(CLI::App& app, takt::RunOptions& options) {
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
}

void AddCheck(CLI::App& app, takt::CheckOptions& options) {
  CLI::App* check = app.add_subcommand(
      "check", "Check a configuration: every mistake with file, line and column; exit code 2.");
  check->footer("Example: takt check takt.yaml");
  check->add_option("config", options.configs, "Configuration files, merged in this order")
      ->required();
}

void AddDemo(CLI::App& app, takt::DemoOptions& options) {
  CLI::App* demo = app.add_subcommand(
      "demo", "Show live KPIs of made-up sales traffic; nothing needs to be installed.");
  demo->footer(
      "Four months of history are generated first; then days pass in seconds. On a terminal the\n"
      "table is live; elsewhere a line comes every five seconds and the table at the end.\n\n"
      "Example: takt demo --board 127.0.0.1:9465");
  demo->add_option_function<std::string>(
      "--for",
      [&options](const std::string& text) {
        const std::string error = ReadDuration(text, &options.length);
        if (!error.empty()) throw CLI::ValidationError("--for", error);
      },
      "End by itself after this time, for example 30s");
  demo->add_option("--days-per-second", options.days_per_second, "How fast time goes")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  demo->add_option("--seed", options.seed, "Other seeds, other traffic")->capture_default_str();
  demo->add_option("--config", options.config, "A configuration in place of the shipped one");
  demo->add_option("--listen", options.listen, "Also serve /kpis and /metrics, host:port");
  demo->add_option("--board", options.board, "Also serve the board and /api/v1, host:port");
}

void AddEventShares(CLI::App* events, takt::EventsOptions& options) {
  const auto share = [&](const char* name, double& value, const char* text) {
    events->add_option(name, value, text)
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str()
        ->group("What goes wrong (shares from 0 to 1)");
  };
  share("--late", options.late, "Events that arrive minutes to days late");
  share("--duplicates", options.duplicates, "Events that arrive twice");
  share("--garbage", options.garbage, "Records that no engine may admit");
  share("--reopened", options.reopened, "Closed deals that are reopened");
  share("--corrections", options.corrections, "Won deals whose amount is edited later");
  share("--deletes", options.deletes, "Deals that are deleted; half of them come back");
  share("--merges", options.merges, "Leads with a second record that is merged");
}

void AddEvents(CLI::App& app, takt::EventsOptions& options) {
  CLI::App* events = app.add_subcommand(
      "events", "Generate believable sales traffic: 20 teams in 4 regions, from a seed.");
  events->footer(
      "Leads, activities, deals, customers and spend. Equal seeds give equal records.\n\n"
      "Examples:\n"
      "  takt events --count 10 --start 2026-01-01T00:00:00Z\n"
      "  takt events --brokers 127.0.0.1:9092 --topic sales --days 90 --late 0.1 --garbage 0.01\n"
      "  takt events --format csv --output deals.csv --days 30");
  events->add_option("--count", options.count, "Records; without it, up to the present");
  events->add_option("--seed", options.seed, "Seed")->capture_default_str();
  events->add_option("--start", options.start, "First moment, RFC 3339");
  events->add_option("--days", options.days, "Or: begin so many days ago")->capture_default_str();
  events->add_flag("--live", options.live, "At the present, go on at the pace of the clock");
  events->add_option("--leads-per-day", options.leads_per_day, "New leads on a working day")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  events->add_option("--format", options.format, "json, protobuf or csv")
      ->transform(OneOf(kFormats))
      ->type_name("NAME");
  events->add_option("--output", options.output, "File; - for standard output")
      ->capture_default_str();
  events->add_option("--brokers", options.brokers, "To Kafka: its brokers, host:port,...");
  events->add_option("--topic", options.topic, "To Kafka: the topic")->capture_default_str();
  events->add_option("--partitions", options.partitions, "Of the topic, when it is made")
      ->capture_default_str();
  events->add_option("--rate", options.rate, "Records a second; 0 as fast as possible");
  events->add_option("--deals", options.deals,
                     "A load for benchmarks instead: so many open deals, then changes of them");
  events->add_option("--report", options.report, "File for the counts, as JSON");
  events
      ->add_option("--fall-region", options.fall_region,
                   "From --fall-at on, fewer deals of this region are won")
      ->group("A scripted fall of the win rate");
  events->add_option("--fall-at", options.fall_at, "RFC 3339; default: the start")
      ->group("A scripted fall of the win rate");
  events->add_option("--fall-factor", options.fall_factor, "What the chance is multiplied by")
      ->check(CLI::Range(0.0, 1.0))
      ->group("A scripted fall of the win rate");
  AddEventShares(events, options);
}

void AddInit(CLI::App& app, takt::InitOptions& options) {
  CLI::App* init = app.add_subcommand(
      "init", "From a CRM export (CSV, one row per deal) to a configuration and first numbers.");
  init->footer(
      "Columns are guessed by name and content, stage values are listed with their counts. What\n"
      "cannot be told is asked; flags answer beforehand.\n\n"
      "Example:\n"
      "  takt init deals.csv --folder my-takt --column stage=deal_stage --won Won --lost Lost "
      "--yes");
  init->add_option("csv", options.csv, "The export")->required();
  init->add_option("--folder", options.folder, "Where takt.yaml and mapping.yaml go")
      ->capture_default_str();
  init->add_option("--column", options.columns,
                   "ROLE=COLUMN with ROLE one of id, stage, amount, created, closed, owner, "
                   "account, split");
  init->add_option("--won", options.won, "Stage values that mean won");
  init->add_option("--lost", options.lost, "Stage values that mean lost");
  init->add_option("--currency", options.currency,
                   "ISO 4217; without it what the amounts say, else EUR");
  init->add_option("--time-zone", options.time_zone, "IANA name")->capture_default_str();
  init->add_option("--date-format", options.date_format,
                   "How dates are written when it cannot be told, for example %d/%m/%Y");
  init->add_flag("--yes", options.yes, "Ask nothing; take the guesses");
  init->add_flag("--force", options.force, "Replace files that are there");
}

void AddLogin(CLI::App* command, takt::ServerAddress& server) {
  command->add_option("--user", server.user, "For basic authentication");
  command->add_option("--password-file", server.password_file, "File that holds the password");
  command->add_option("--ca", server.ca_file, "Certificates to trust, PEM; default: the system's");
}

void AddServer(CLI::App* command, takt::ServerAddress& server) {
  command->add_option("--server", server.url, "The engine's second listener")
      ->capture_default_str();
  AddLogin(command, server);
}

void AddMap(CLI::App& app, takt::MapOptions& options) {
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
}

void AddPlan(CLI::App& app, takt::PlanOptions& options) {
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
}

void AddTap(CLI::App& app, takt::TapOptions& options) {
  CLI::App* tap = app.add_subcommand(
      "tap", "Watch records come in: each with its changes and what they do to the KPIs' facts.");
  tap->footer(
      "Asks a running engine twice a second until Ctrl-C. It shows at most 200 records a second "
      "and\n"
      "says how many it left out; nothing waits for it. One watcher at a time.\n\n"
      "Example: takt tap --object deal --id D1017 --for 1m");
  tap->add_option("--object", options.object, "Records with a change of this object alone");
  tap->add_option("--id", options.id, "Of this entity alone");
  tap->add_option_function<std::string>(
      "--for",
      [&options](const std::string& text) {
        const std::string error = ReadDuration(text, &options.length);
        if (!error.empty()) throw CLI::ValidationError("--for", error);
      },
      "End by itself after this time, for example 30s");
  tap->add_flag("--json", options.json, "JSON, as /api/v1/tap gives it, an answer a line");
  AddServer(tap, options.server);
}

void AddSize(CLI::App& app, takt::SizeOptions& options) {
  CLI::App* size = app.add_subcommand(
      "size", "CPU, memory and disk for an organisation of this size, for Kubernetes.");
  size->footer(
      "From measured figures, with what is assumed.\n\nExample: takt size --deals 500000 --reps "
      "200");
  const auto number = [&](const char* name, double& value, const char* text) {
    return size->add_option(name, value, text)->check(CLI::Range(0.0, 1e12))->capture_default_str();
  };
  number("--deals", options.deals, "Deals in the history, open and closed")->required();
  number("--reps", options.reps, "People who sell")->required();
  number("--years", options.years, "Of history that are kept");
  number("--changes-per-deal", options.changes_per_deal, "Stages, amounts, owners ...");
  number("--activities-per-rep", options.activities_per_rep,
         "Calls, mails and meetings on a working day");
  size->add_flag("--json", options.json, "JSON");
}

void AddStatus(CLI::App& app, takt::StatusOptions& options) {
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
}

void AddExplain(CLI::App& app, takt::ExplainOptions& options) {
  CLI::App* explain = app.add_subcommand(
      "explain", "Which deals make up this number, and what moved it? Asks a running engine.");
  explain->footer(
      "Prints the entities that a value is made of, each with the changes that made it count and\n"
      "where these were read; their contributions add up to the value on /kpis. With --from it\n"
      "prints what moved the value since then, the effects adding up to the difference.\n\n"
      "Examples:\n"
      "  takt explain win_ratio --level region --group north --window 28d\n"
      "  takt explain 'sales_team_booked{window=\"month\",sales_team=\"red\"}' --at "
      "2026-01-31T18:00:00Z\n"
      "  takt explain win_ratio --from 2026-01-26T00:00:00Z --limit 5\n"
      "  takt explain stage_conversion --split deal_stage=proposal --json");
  explain->add_option("value", options.value, "A KPI, or a series as it stands on a page")
      ->required();
  explain->add_option("--level", options.level, "company, region, team ...");
  explain->add_option("--group", options.group, "The level's value, for example north");
  explain->add_option("--split", options.splits, "DIMENSION=VALUE of a KPI with a split");
  explain->add_option("--window", options.window,
                      "28d, month ...; default: the first exported one");
  explain->add_option("--at", options.at,
                      "RFC 3339 or seconds since 1970; default: the engine's now");
  explain->add_option("--from", options.from, "What moved it since then");
  explain->add_option("--to", options.to, "Up to then; default: the engine's now");
  explain->add_option("--limit", options.limit, "Entities of each part, 1 to 500; default 20");
  explain->add_flag("--no-causes", options.no_causes, "Without the changes behind");
  explain->add_flag("--json", options.json, "JSON, as /api/v1/explain gives it");
  AddServer(explain, options.server);
}

void AddDuration(CLI::App* command, const std::string& name, absl::Duration& into,
                 const std::string& help) {
  command->add_option_function<std::string>(
      name,
      [&into](const std::string& text) {
        const std::string problem = ReadDuration(text, &into);
        if (!problem.empty()) throw CLI::ValidationError(problem);
      },
      help);
}

void AddGenerate(CLI::App& app, takt::GenerateOptions& options) {
  CLI::App* generate = app.add_subcommand("generate", "Print what the program knows of itself.");
  generate->footer(
      "Examples: takt generate schema > takt.schema.json\n"
      "          takt generate rules takt.yaml > sales_rules.yaml\n"
      "          takt generate runbooks takt.yaml --output runbooks\n"
      "          takt generate dashboards takt.yaml --output dashboards");
  generate
      ->add_option(
          "what", options.what,
          "schema (JSON Schema of the configuration), reference, rules (of Prometheus, for the "
          "configured alerts), runbooks (a page for each of them), dashboards (of Grafana)")
      ->required()
      ->check(CLI::IsMember({"schema", "reference", "rules", "runbooks", "dashboards"}));
  generate->add_option("config", options.configs,
                       "rules, runbooks, dashboards: configuration files, merged in this order");
  AddDuration(generate, "--for", options.rules.stands,
              "rules: how long a condition must stand; 15m without it");
  AddDuration(generate, "--keep-firing-for", options.rules.keeps,
              "rules: how long an alert stays after it; 24h without it");
  generate->add_option(
      "--runbooks", options.rules.runbooks,
      "rules: what runbook links begin with; without it, pages that the engine serves");
  generate->add_option("--dashboard", options.rules.dashboard, "rules: link of the dashboard")
      ->capture_default_str();
  generate
      ->add_option("--api", options.rules.api,
                   "rules, runbooks: where the second listener is reached")
      ->capture_default_str();
  generate->add_option(
      "--output", options.output,
      "runbooks, dashboards: the folder that they go to. A runbook that was written by "
      "hand is kept");
  generate->add_flag("--people", options.people, "dashboards: also groups that are single people");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Takt keeps the KPIs of a sales organisation exact while they happen."};
  app.footer("Start with: takt demo --for 30s\n`takt <command> --help` teaches each command.");
  app.set_version_flag("--version", takt::kVersion);
  app.require_subcommand(1);
  takt::RunOptions run;
  takt::CheckOptions check;
  takt::DemoOptions demo;
  takt::EventsOptions events;
  takt::InitOptions init;
  takt::GenerateOptions generate;
  takt::ExplainOptions explain;
  takt::StatusOptions status;
  takt::TapOptions tap;
  takt::SizeOptions size;
  takt::PlanOptions plan;
  takt::MapOptions map;
  AddRun(app, run);
  AddCheck(app, check);
  AddDemo(app, demo);
  AddInit(app, init);
  AddEvents(app, events);
  AddGenerate(app, generate);
  AddExplain(app, explain);
  AddStatus(app, status);
  AddTap(app, tap);
  AddSize(app, size);
  AddPlan(app, plan);
  AddMap(app, map);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Without it CLI11 speaks of a missing subcommand, not of the one that is misspelt.
    if (argc > 1 && argv[1][0] != '-' && app.get_subcommands().empty()) {
      std::fprintf(stderr, "takt: there is no command \"%s\"; see takt --help\n", argv[1]);
      return takt::kExitWrong;
    }
    const int code = app.exit(error);
    return code == 0 ? takt::kExitDone : takt::kExitWrong;
  }
  if (app.got_subcommand("run")) return takt::Run(run);
  if (app.got_subcommand("check")) return takt::Check(check);
  if (app.got_subcommand("demo")) return takt::Demo(demo);
  if (app.got_subcommand("init")) return takt::Init(init);
  if (app.got_subcommand("events")) return takt::Events(events);
  if (app.got_subcommand("map")) return takt::MapRecords(map);
  if (app.got_subcommand("plan")) return takt::PlanChange(plan);
  if (app.got_subcommand("tap")) return takt::TapEngine(tap);
  if (app.got_subcommand("size")) return takt::PrintSize(size);
  if (app.got_subcommand("status")) return takt::ShowStatus(status);
  if (app.got_subcommand("explain")) return takt::Explain(explain);
  return takt::Generate(generate);
}
