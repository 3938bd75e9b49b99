#include "connectors/grafana/operations.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "connectors/grafana/dashboard.h"
#include "connectors/grafana/kpi_panels.h"

namespace takt {
namespace {

// What is told of records and positions is told by each replica alike, so those lines are drawn once;
// what belongs to one replica is drawn for each.
struct Line {
  const char* expr;  // $SELECT is replaced by the matchers
  const char* legend;
};

struct Drawn {
  const char* title;
  const char* description;
  const char* unit;
  std::vector<Line> lines;
  std::vector<Threshold> thresholds = {};
  bool stat = false;
};

constexpr char kSelect[] = "job=~\"$job\",instance=~\"$instance\"";

Panel PanelOf(const Drawn& drawn) {
  Panel panel;
  panel.kind = drawn.stat ? PanelKind::kStat : PanelKind::kTimeSeries;
  panel.title = drawn.title;
  panel.description = drawn.description;
  panel.unit = drawn.unit;
  panel.width = drawn.stat ? 4 : 8;
  panel.height = drawn.stat ? 5 : 8;
  panel.thresholds = drawn.thresholds;
  panel.coloured_background = drawn.stat && drawn.thresholds.size() > 1;
  for (const Line& line : drawn.lines) {
    panel.queries.push_back({.expr = absl::StrReplaceAll(line.expr, {{"$SELECT", kSelect}}),
                             .legend = line.legend,
                             .instant = drawn.stat});
  }
  return panel;
}

// Names of stats stand in their titles.
const std::vector<Drawn>& Stand() {
  static const auto& stand = *new std::vector<Drawn>{
      {"Ready",
       "Replicas that have restored and serve.",
       "none",
       {{"sum(takt_ready{$SELECT})", ""}},
       {{std::nullopt, "red"}, {1, "green"}},
       true},
      {"Alive",
       "Replicas all of whose threads turn.",
       "none",
       {{"sum(takt_alive{$SELECT})", ""}},
       {{std::nullopt, "red"}, {1, "green"}},
       true},
      {"Age of data",
       "Wall clock less the event time that the KPIs are as of. Red: old.",
       "s",
       {{"max(takt_data_age_seconds{$SELECT})", ""}},
       {{std::nullopt, "green"}, {kOldSeconds, "red"}},
       true},
      {"Audit",
       "Rows of cells that differ from all histories folded again; must be 0.",
       "none",
       {{"max(takt_audit_divergent_cells{$SELECT})", ""}},
       {{std::nullopt, "green"}, {1, "red"}},
       true},
      {"Unaccounted records",
       "Polled less dead lettered, filtered and admitted; must be 0.",
       "none",
       {{"max(abs(takt_records_polled_total{$SELECT} - takt_records_dead_lettered_total{$SELECT} - "
         "takt_records_filtered_total{$SELECT} - takt_records_admitted_total{$SELECT}))",
         ""}},
       {{std::nullopt, "green"}, {1, "red"}},
       true},
      {"Dead letters waiting",
       "Sent and not yet acknowledged by their place.",
       "none",
       {{"max(sum by (instance) (takt_dead_letters_pending{$SELECT}))", ""}},
       {{std::nullopt, "green"}, {1000, "orange"}},
       true}};
  return stand;
}

const std::vector<Drawn>& Reading() {
  static const auto& reading = *new std::vector<Drawn>{
      {"Age of data",
       "How far the KPIs are behind the clock, by replica. 900 s page somebody.",
       "s",
       {{"max by (instance) (takt_data_age_seconds{$SELECT})", "{{instance}}"}}},
      {"Lag in records",
       "Records not yet read, by partition; of files, bytes.",
       "none",
       {{"max by (source, topic, partition) (takt_partition_lag_records{$SELECT})",
         "{{source}} {{topic}}/{{partition}}"}}},
      {"Lag in time",
       "Wall clock less the watermark, by partition: the largest holds now.",
       "s",
       {{"time() - max by (source, topic, partition) (takt_watermark_timestamp_seconds{$SELECT})",
         "{{source}} {{topic}}/{{partition}}"}}},
      {"Records",
       "A second, by what became of them.",
       "cps",
       {{"max(sum by (instance) (rate(takt_records_polled_total{$SELECT}[$__rate_interval])))",
         "polled"},
        {"max(sum by (instance) (rate(takt_records_admitted_total{$SELECT}[$__rate_interval])))",
         "admitted"},
        {"max(sum by (instance) (rate(takt_records_filtered_total{$SELECT}[$__rate_interval])))",
         "filtered"},
        {"max(sum by (instance) (rate(takt_records_dead_lettered_total{$SELECT}"
         "[$__rate_interval])))",
         "dead letters"}}},
      {"Changes",
       "A second, by what the histories made of them.",
       "cps",
       {{"max by () (rate(takt_changes_applied_total{$SELECT}[$__rate_interval]))", "applied"},
        {"max by () (rate(takt_changes_duplicate_total{$SELECT}[$__rate_interval]))", "duplicates"},
        {"max by () (rate(takt_corrections_total{$SELECT}[$__rate_interval]))",
         "corrections of the past"},
        {"max by () (rate(takt_changes_refused_total{$SELECT}[$__rate_interval]))", "refused"}}},
      {"Dead letters by reason",
       "In the last hour.",
       "none",
       {{"max by (source, reason) (increase(takt_dead_letters_total{$SELECT}[1h])) > 0 or "
         "max by () (increase(takt_dead_letters_total{$SELECT}[1h]))",
         "{{source}} {{reason}}"}}},
      {"Source states",
       "1 for the state that a source is in.",
       "none",
       {{"max by (source, state) (takt_source_state{$SELECT} == 1)", "{{source}} {{state}}"}}},
      {"Waiting sources",
       "1 for the reason for which reading waits.",
       "none",
       {{"max by (source, reason) (takt_source_paused{$SELECT})", "{{source}} {{reason}}"}}},
      {"Who holds now",
       "The partition whose watermark is the least, and why.",
       "none",
       {{"max by (source, topic, partition, reason) (takt_now_holder_info{$SELECT})",
         "{{source}} {{topic}}/{{partition}}: {{reason}}"}}}};
  return reading;
}

const std::vector<Drawn>& Keeping() {
  static const auto& keeping = *new std::vector<Drawn>{
      {"Journal",
       "Size of all segments.",
       "bytes",
       {{"max by (instance) (takt_journal_bytes{$SELECT})", "{{instance}}"}}},
      {"Not yet on disk",
       "Age of the oldest byte that a crash would lose; read again then.",
       "s",
       {{"max by (instance) (takt_journal_unsynced_age_seconds{$SELECT})", "{{instance}}"}}},
      {"Journal errors",
       "Appends and syncs that failed, in the last hour.",
       "none",
       {{"max by (instance) (increase(takt_journal_errors_total{$SELECT}[1h]))", "{{instance}}"}}},
      {"Memory",
       "What the bound is compared with, and its parts.",
       "bytes",
       {{"max by (instance) (takt_memory_bytes{$SELECT})", "{{instance}}: all"},
        {"max by (instance) (takt_ledger_bytes{$SELECT})", "{{instance}}: histories"},
        {"max by (instance) (takt_cells_bytes{$SELECT})", "{{instance}}: cells"},
        {"max by (instance) (takt_memory_limit_bytes{$SELECT} > 0)", "{{instance}}: bound"}}},
      {"Entities",
       "With a history, and those whose creation is not known.",
       "none",
       {{"max(takt_entities{$SELECT})", "all"},
        {"max(takt_entities_incomplete{$SELECT})", "creation not known"}}},
      {"Evaluation",
       "How long the last snapshot took to compute.",
       "s",
       {{"max by (instance) (takt_evaluate_duration_seconds{$SELECT})", "{{instance}}"}}},
      {"Audits",
       "Comparisons of the cells with all histories folded again, since the start.",
       "none",
       {{"max by (instance) (takt_audits_total{$SELECT})", "{{instance}}"}}},
      {"Series of KPIs",
       "In the last snapshot.",
       "none",
       {{"max by (instance) (takt_series{$SELECT})", "{{instance}}"}}},
      {"Restore",
       "Part of the journal that is replayed.",
       "percentunit",
       {{"min by (instance) (takt_restore_progress_ratio{$SELECT})", "{{instance}}"}}}};
  return keeping;
}

void Add(const char* row, const std::vector<Drawn>& all, Dashboard& dashboard) {
  dashboard.Row(row);
  for (const Drawn& each : all) dashboard.Add(PanelOf(each));
}

}  // namespace

DashboardFile Operations() {
  Dashboard dashboard(
      {.uid = "takt-operations",
       .title = "Takt: operations",
       .description = "Is it there, is it fresh, is it whole. The alerts have their runbooks.",
       .from = "now-6h",
       .refresh = "30s",
       .time_zone = "browser",
       .variables = {{.name = "job",
                      .label = "Job",
                      .query = "label_values(takt_build_info, job)",
                      .current = "takt"},
                     {.name = "instance",
                      .label = "Replica",
                      .query = "label_values(takt_build_info{job=~\"$job\"}, instance)",
                      .several = true}}});
  Add("Stand", Stand(), dashboard);
  Add("Reading", Reading(), dashboard);
  Add("Keeping", Keeping(), dashboard);
  return {"takt_operations.json", std::move(dashboard).Finish()};
}

}  // namespace takt
