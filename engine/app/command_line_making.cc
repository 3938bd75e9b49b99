// Commands that make something: init, events, generate, size.
#include <map>
#include <string>

#include "engine/app/command_line.h"

namespace takt {
namespace {

const std::map<std::string, RecordFormat> kFormats = {{"json", RecordFormat::kJson},
                                                      {"protobuf", RecordFormat::kProtobuf},
                                                      {"csv", RecordFormat::kCsv}};

void AddEventShares(CLI::App* events, EventsOptions& options) {
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

CLI::App* AddInit(CLI::App& app, InitOptions& options) {
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
  return init;
}

CLI::App* AddEvents(CLI::App& app, EventsOptions& options) {
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
  events->add_option("--days", options.days, "Or: begin so many days ago")
      ->check(CLI::Range(0.0, 36500.0))
      ->capture_default_str();
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
  return events;
}

CLI::App* AddGenerate(CLI::App& app, GenerateOptions& options) {
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
  return generate;
}

CLI::App* AddSize(CLI::App& app, SizeOptions& options) {
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
  return size;
}

}  // namespace

void AddMakingCommands(CLI::App& app, ChosenCommand& chosen) {
  AddCommand(app, chosen, &AddInit, &Init);
  AddCommand(app, chosen, &AddEvents, &Events);
  AddCommand(app, chosen, &AddGenerate, &Generate);
  AddCommand(app, chosen, &AddSize, &PrintSize);
}

}  // namespace takt
