// The commands of the program, each a function of its options that returns the exit code: 0 done, 1
// failed while running, 2 the command line or the configuration is wrong (one clear line each, within
// a second). main.cc parses the command line into these options.
//
// Threads: one command per process, called from main.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "engine/app/alert_rules.h"
#include "engine/app/ask.h"
#include "engine/app/log.h"
#include "engine/settings/settings.h"

namespace takt {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitWrong = 2;

struct RunOptions {
  std::vector<std::string> configs;
  // Each replaces what the configuration says, when not empty.
  std::string listen;
  std::string listen_api;
  std::string journal;
  std::string web_config;
  LogOptions log;
  bool listen_api_set = false;  // --listen-api "" switches the second listener off
};
int Run(const RunOptions& options);

struct CheckOptions {
  std::vector<std::string> configs;
};
int Check(const CheckOptions& options);

struct DemoOptions {
  absl::Duration length = absl::InfiniteDuration();  // wall time; then it ends by itself
  double days_per_second = 2;
  uint64_t seed = 1;
  std::string config;  // empty: the shipped one
  std::string listen;  // empty: no page is served
  std::string board;   // empty: neither board nor API
};
int Demo(const DemoOptions& options);

struct EventsOptions {
  uint64_t seed = 1;
  uint64_t count = 0;  // records; 0: up to `until`
  std::string start;   // RFC 3339; empty: `days` before now
  double days = 90;
  bool live = false;  // go on at the pace of the clock, once the present is reached
  double leads_per_day = 240;
  RecordFormat format = RecordFormat::kJson;
  std::string output = "-";  // file, or standard output
  std::string brokers;       // set: to Kafka
  std::string topic = "sales";
  int partitions = 4;
  double rate = 0;  // records a second; 0: as fast as possible
  double late = 0;
  double duplicates = 0;
  double garbage = 0;
  double reopened = 0.02;
  double corrections = 0.05;
  double deletes = 0.004;
  double merges = 0.01;
  std::string fall_region;  // empty: none
  std::string fall_at;      // RFC 3339
  double fall_factor = 0.5;
  std::string report;  // file for the counts, as JSON
  uint64_t deals = 0;  // above 0: a benchmark's load of so many deals in place of sales traffic
};
int Events(const EventsOptions& options);

struct InitOptions {
  std::string csv;
  std::string folder = ".";          // where takt.yaml and mapping.yaml go
  bool force = false;                // overwrite
  bool yes = false;                  // take every guess, ask nothing
  std::vector<std::string> columns;  // "stage=deal_stage": a field and the column that holds it
  std::vector<std::string> won;      // values of the stage column
  std::vector<std::string> lost;
  std::string currency;  // ISO 4217; empty: as the export says, else EUR
  std::string time_zone = "UTC";
  std::string date_format;  // of the date columns, when it cannot be told; strptime
};
int Init(const InitOptions& options);

struct ExplainOptions {
  ServerAddress server;
  // Set: without a running engine, from the journal or the files of this configuration.
  std::vector<std::string> configs;
  std::string journal;  // its folder; empty: as the configuration says
  std::string value;    // a KPI, or a series with its labels
  std::string level;
  std::string group;
  std::vector<std::string> splits;  // "lead_source=web"
  std::string window;
  std::string at;
  std::string from;
  std::string to;
  std::string limit;
  bool no_causes = false;
  bool json = false;
};
int Explain(const ExplainOptions& options);

struct MapOptions {
  std::vector<std::string> configs;
  std::string source;        // whose records; empty: the only one
  std::string sample = "-";  // file, or standard input
  std::string topic;
  std::string key;
  std::vector<std::string> headers;  // NAME=VALUE
  std::string record_time;           // RFC 3339; empty: unknown
  int limit = 20;                    // records
  bool json = false;
};
int MapRecords(const MapOptions& options);  // 1: some record becomes a dead letter

struct PlanOptions {
  std::string before;  // configuration files
  std::string after;
  std::string journal;  // folder; empty: that of the old configuration
  bool ask = false;     // ask a running engine for its size, where there is no journal
  ServerAddress server;
  bool json = false;
};
int PlanChange(const PlanOptions& options);

struct TapOptions {
  ServerAddress server;
  std::string object;  // empty: all
  std::string id;
  absl::Duration length = absl::InfiniteDuration();
  bool json = false;
};
int TapEngine(const TapOptions& options);

struct SizeOptions {
  double deals = 0;
  double reps = 0;
  double years = 3;  // of history
  double changes_per_deal = 6;
  double activities_per_rep = 20;  // calls, mails and meetings on a working day
  bool json = false;
};
int PrintSize(const SizeOptions& options);

struct StatusOptions {
  std::vector<std::string> servers;  // one, or several replicas that are compared
  ServerAddress server;              // how to ask; its address where none is given
  bool json = false;
};
int ShowStatus(const StatusOptions& options);  // 1: something is wrong

struct GenerateOptions {
  std::string what;  // "schema", "reference", "rules", "runbooks", "dashboards"
  // rules, runbooks, dashboards
  std::vector<std::string> configs;
  RuleOptions rules;
  std::string output;   // runbooks, dashboards: the folder
  bool people = false;  // dashboards: groups that are single people too
};
int Generate(const GenerateOptions& options);

}  // namespace takt
