#include "connectors/prometheus/health_page.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "connectors/prometheus/families.h"
#include "engine/model/reason.h"

namespace takt {
namespace {

double Seconds(EventTime time) { return static_cast<double>(time.micros) / 1e6; }

Labels Of(const PartitionStatus& partition) {
  return {{"source", partition.source},
          {"topic", partition.topic},
          {"partition", absl::StrCat(partition.partition)}};
}

uint64_t DeadLettered(const PartitionStatus& partition) {
  uint64_t sum = 0;
  for (const uint64_t count : partition.dead_lettered) sum += count;
  return sum;
}

// One family over all partitions; `value` gives a double or nothing.
template <typename Value>
void AddEach(Families& families, const EngineStatus& status, Value value) {
  for (const PartitionStatus& partition : status.partitions) {
    const std::optional<double> told = value(partition);
    if (told.has_value()) families.Add(*told, Of(partition));
  }
}

void AddRecords(Families& families, const EngineStatus& status) {
  families.Counter("takt_records_polled_total", "Records read from the source.");
  AddEach(families, status, [](const auto& p) { return std::optional<double>(p.polled); });
  families.Counter("takt_records_admitted_total", "Records whose changes were all admitted.");
  AddEach(families, status, [](const auto& p) { return std::optional<double>(p.admitted); });
  families.Counter("takt_records_filtered_total",
                   "Records that the mapping or the tombstone policy leaves out.");
  AddEach(families, status, [](const auto& p) { return std::optional<double>(p.filtered); });
  families.Counter("takt_records_dead_lettered_total", "Records that went to the dead letters.");
  AddEach(families, status, [](const auto& p) { return std::optional<double>(DeadLettered(p)); });
  families.Counter("takt_records_tombstone_total", "Records without a value.");
  AddEach(families, status, [](const auto& p) { return std::optional<double>(p.tombstones); });
  families.Counter("takt_changes_admitted_total", "Changes made of admitted records.");
  AddEach(families, status,
          [](const auto& p) { return std::optional<double>(p.changes_admitted); });
}

void AddDeadLetters(Families& families, const EngineStatus& status) {
  families.Counter("takt_dead_letters_total", "Records that went to the dead letters, by reason.");
  for (const SourceStatus& source : status.sources) {
    for (int reason = 0; reason < kReasonCount; ++reason) {
      uint64_t sum = 0;
      for (const PartitionStatus& partition : status.partitions) {
        if (partition.source == source.name) sum += partition.dead_lettered[reason];
      }
      families.Add(static_cast<double>(sum),
                   {{"source", source.name},
                    {"reason", std::string(ReasonName(static_cast<Reason>(reason)))}});
    }
  }
  families.Gauge("takt_dead_letters_pending", "Dead letters not yet acknowledged by their place.");
  for (const SourceStatus& source : status.sources) {
    families.Add(static_cast<double>(source.dead_letters_pending), {{"source", source.name}});
  }
}

void AddSources(Families& families, const EngineStatus& status) {
  families.Gauge("takt_source_state", "1 for the state that the source is in.");
  for (const SourceStatus& source : status.sources) {
    for (int state = 0; state < kSourceStateCount; ++state) {
      families.Add(static_cast<int>(source.state) == state ? 1 : 0,
                   {{"source", source.name},
                    {"state", std::string(SourceStateName(static_cast<SourceState>(state)))}});
    }
  }
  families.Gauge("takt_source_paused", "1 for the reason for which reading waits.");
  for (const SourceStatus& source : status.sources) {
    for (int reason = 1; reason < kPauseReasonCount; ++reason) {
      families.Add(static_cast<int>(source.pause) == reason ? 1 : 0,
                   {{"source", source.name},
                    {"reason", std::string(PauseReasonName(static_cast<PauseReason>(reason)))}});
    }
  }
  families.Counter("takt_source_errors_total", "Polls that failed.");
  for (const SourceStatus& source : status.sources) {
    families.Add(static_cast<double>(source.errors), {{"source", source.name}});
  }
}

void AddPartitions(Families& families, const EngineStatus& status) {
  const auto positive = [](int64_t value) {
    return value < 0 ? std::nullopt : std::optional<double>(static_cast<double>(value));
  };
  families.Gauge("takt_partition_next_offset", "Where reading goes on.");
  AddEach(families, status, [&](const auto& p) { return positive(p.next_offset); });
  families.Gauge("takt_partition_final_offset", "Where a restart would go on.");
  AddEach(families, status, [&](const auto& p) { return positive(p.final_offset); });
  families.Gauge("takt_partition_end_offset", "End of the partition as last heard.");
  AddEach(families, status, [&](const auto& p) { return positive(p.end_offset); });
  families.Gauge("takt_partition_lag_records", "Records still to be read.");
  AddEach(families, status, [](const auto& p) {
    return p.lag_records ? std::optional<double>(*p.lag_records) : std::nullopt;
  });
  families.Gauge("takt_partition_idle", "1 while nothing more can come, by proof.");
  AddEach(families, status, [](const auto& p) { return std::optional<double>(p.idle ? 1 : 0); });
  families.Gauge("takt_partition_silent", "1 when nothing came for longer than silent_after.");
  AddEach(families, status, [](const auto& p) { return std::optional<double>(p.silent ? 1 : 0); });
  families.Gauge("takt_partition_broker_time",
                 "1 when record times are the broker's own, 0 when a producer's clock is trusted.");
  AddEach(families, status,
          [](const auto& p) { return std::optional<double>(p.broker_time ? 1 : 0); });
  families.Gauge("takt_watermark_timestamp_seconds", "Watermark of the partition, event time.");
  AddEach(families, status, [](const auto& p) {
    return p.watermark ? std::optional<double>(Seconds(*p.watermark)) : std::nullopt;
  });
  families.Gauge("takt_last_event_timestamp_seconds", "Highest admitted event time.");
  AddEach(families, status, [](const auto& p) {
    return p.last_event ? std::optional<double>(Seconds(*p.last_event)) : std::nullopt;
  });
}

void AddNow(Families& families, const EngineStatus& status) {
  families.Gauge("takt_now_timestamp_seconds", "Event time that the KPIs are as of.");
  if (status.now.now.has_value()) families.Add(Seconds(*status.now.now));
  families.Gauge("takt_data_age_seconds", "Wall clock less the event time of the KPIs.");
  if (status.now.now.has_value()) families.Add(absl::ToDoubleSeconds(status.now.age));
  families.Gauge("takt_now_holder_info", "The partition that holds now, and why.");
  families.Add(1, {{"source", status.now.holder_source},
                   {"topic", status.now.holder_topic},
                   {"partition", absl::StrCat(status.now.holder_partition)},
                   {"reason", std::string(NowReasonName(status.now.reason))}});
}

void AddLedger(Families& families, const EngineStatus& status) {
  families.Counter("takt_changes_applied_total", "Changes that joined a history.",
                   static_cast<double>(status.changes_applied));
  families.Counter("takt_changes_duplicate_total", "Changes that their history had already.",
                   static_cast<double>(status.duplicates));
  families.Counter("takt_changes_conflict_total", "Changes of one identity with other content.",
                   static_cast<double>(status.conflicts));
  families.Counter("takt_changes_refused_total", "Changes of entities whose history is full.",
                   static_cast<double>(status.refused_full));
  families.Counter("takt_changes_replayed_total", "Changes read from the journal at the start.",
                   static_cast<double>(status.restore.changes_replayed));
  families.Counter("takt_corrections_total", "Applied changes that were not their entity's latest.",
                   static_cast<double>(status.corrections));
  families.Gauge("takt_entities", "Entities with a history.", static_cast<double>(status.entities));
  families.Gauge("takt_entities_incomplete", "Entities whose creation is not known.",
                 static_cast<double>(status.incomplete));
  families.Gauge("takt_entities_merged_beyond_limit",
                 "Entities whose changes do not count, since a thousand others with smaller ids "
                 "were merged into the same one.",
                 static_cast<double>(status.merged_beyond));
  families.Gauge("takt_negative_durations", "Durations left out because they are below zero.",
                 static_cast<double>(status.negative_durations));
  families.Counter("takt_audits_total", "Comparisons of the cells with all histories folded again.",
                   static_cast<double>(status.audits));
  families.Gauge("takt_audit_divergent_cells", "Rows of cells that the last audit found wrong.",
                 static_cast<double>(status.audit_divergent_cells));
}

void AddJournal(Families& families, const JournalStatus& journal) {
  if (!journal.enabled) return;
  families.Gauge("takt_journal_bytes", "Size of all segments.", static_cast<double>(journal.bytes));
  families.Gauge("takt_journal_segments", "Segments.", static_cast<double>(journal.segments));
  families.Counter("takt_journal_appended_bytes_total", "Bytes appended.",
                   static_cast<double>(journal.bytes_appended));
  families.Counter("takt_journal_appended_changes_total", "Changes appended.",
                   static_cast<double>(journal.changes_appended));
  families.Counter("takt_journal_appended_blocks_total", "Blocks appended.",
                   static_cast<double>(journal.blocks_appended));
  families.Counter("takt_journal_syncs_total", "Times that the journal was made safe on disk.",
                   static_cast<double>(journal.syncs));
  families.Counter("takt_journal_errors_total", "Appends and syncs that failed.",
                   static_cast<double>(journal.errors));
  families.Gauge("takt_journal_failing", "1 while the journal cannot be written.",
                 journal.error.empty() ? 0 : 1);
  families.Gauge("takt_journal_unsynced_age_seconds", "Age of the oldest byte not safe on disk.",
                 absl::ToDoubleSeconds(journal.since_sync));
  families.Gauge("takt_journal_cut_bytes", "Bytes of a torn tail cut off at the start.",
                 static_cast<double>(journal.bytes_cut));
  families.Gauge("takt_journal_unknown_stage_changes",
                 "Replayed changes into stages that the configuration has no more.",
                 static_cast<double>(journal.unknown_stages));
  families.Gauge("takt_journal_lost_values",
                 "Replayed values that do not fit the type their field has now.",
                 static_cast<double>(journal.values_lost));
}

void AddProcess(Families& families, const EngineStatus& status, const std::string& version) {
  families.Gauge("takt_build_info", "1, with the version.");
  families.Add(1, {{"version", version}});
  families.Gauge("takt_config_info", "1, with the hash of the configuration.");
  families.Add(1, {{"hash", absl::StrFormat("%016x", status.config_hash)}});
  families.Gauge("takt_alive", "1 while every loop turns.", status.alive ? 1 : 0);
  families.Gauge("takt_ready", "1 when restored and serving.", status.ready ? 1 : 0);
  families.Gauge("takt_restore_progress_ratio", "Part of the journal that is replayed.",
                 status.restore.progress);
  families.Gauge("takt_restore_duration_seconds", "How long the replay took, or takes so far.",
                 status.restore.seconds);
  families.Gauge("takt_uptime_seconds", "Since the engine was made.",
                 absl::ToDoubleSeconds(status.uptime));
  families.Gauge("takt_workers", "Workers.", status.workers);
  families.Gauge("takt_memory_bytes", "What the memory bound is compared with.",
                 static_cast<double>(status.memory_bytes));
  families.Gauge("takt_memory_limit_bytes", "The memory bound; 0 for none.",
                 static_cast<double>(status.memory_bytes_max));
  families.Gauge("takt_ledger_bytes", "Memory of the histories.",
                 static_cast<double>(status.ledger_bytes));
  families.Gauge("takt_cells_bytes", "Memory of the cells.",
                 static_cast<double>(status.cell_bytes));
  families.Counter("takt_snapshots_total", "Snapshots published.",
                   static_cast<double>(status.snapshots));
  families.Gauge("takt_evaluate_duration_seconds", "How long the last evaluation took.",
                 status.evaluate_seconds);
  families.Gauge("takt_series", "Series of KPIs in the last snapshot.",
                 static_cast<double>(status.series));
}

void AddListeners(Families& families, const std::vector<ListenerStatus>& listeners) {
  const auto each = [&](auto value) {
    for (const ListenerStatus& listener : listeners) {
      families.Add(static_cast<double>(value(listener)), {{"listener", listener.name}});
    }
  };
  families.Gauge("takt_http_connections", "Open connections of clients.");
  each([](const auto& listener) { return listener.open; });
  families.Counter("takt_http_connections_opened_total", "Connections that clients opened.");
  each([](const auto& listener) { return listener.opened; });
  families.Counter("takt_http_connections_overdue_total",
                   "Connections cut off because a request took too long.");
  each([](const auto& listener) { return listener.overdue; });
  families.Counter("takt_http_connections_evicted_total",
                   "Connections cut off to make room for newer ones.");
  each([](const auto& listener) { return listener.evicted; });
  families.Counter("takt_http_requests_refused_total",
                   "Requests without the right credentials or client certificate.");
  each([](const auto& listener) { return listener.refused; });
}

// Named like the server's own of Prometheus, so that one rule serves both.
void AddReload(Families& families, const ReloadStatus& status, const std::string& prefix) {
  const double seconds = absl::ToDoubleSeconds(status.last_success - absl::UnixEpoch());
  families.Gauge((prefix + "_last_reload_successful").c_str(),
                 "1 when the last attempt to read it succeeded.", status.successful ? 1 : 0);
  families.Gauge((prefix + "_last_reload_success_timestamp_seconds").c_str(),
                 "When what holds was read.", seconds);
  families.Counter((prefix + "_reloads_total").c_str(), "Attempts to read it again.",
                   static_cast<double>(status.attempts));
  families.Counter((prefix + "_reload_failures_total").c_str(),
                   "Attempts that failed and changed nothing.",
                   static_cast<double>(status.failures));
}

void AddFiles(Families& families, const ProcessStatus& process) {
  if (process.config.has_value()) {
    AddReload(families, *process.config, "takt_config");
    families.Gauge("takt_config_restart_needed",
                   "1 while the files say something that only a restart brings in.",
                   process.restart_needed ? 1 : 0);
    families.Gauge("takt_config_folding",
                   "1 while the histories are folded by a new configuration and the old is served.",
                   process.folding ? 1 : 0);
  }
  if (process.web.has_value()) AddReload(families, *process.web, "takt_web_config");
  if (process.certificate_expires.has_value()) {
    families.Gauge("takt_tls_certificate_expiry_timestamp_seconds",
                   "When the certificate, or one of its chain, expires.",
                   absl::ToDoubleSeconds(*process.certificate_expires - absl::UnixEpoch()));
  }
}

}  // namespace

std::string RenderHealthPage(const EngineStatus& status, const std::string& version) {
  Families families;
  AddProcess(families, status, version);
  AddNow(families, status);
  AddSources(families, status);
  AddRecords(families, status);
  AddDeadLetters(families, status);
  AddPartitions(families, status);
  AddLedger(families, status);
  AddJournal(families, status.journal);
  AddListeners(families, status.process.listeners);
  AddFiles(families, status.process);
  return families.Render();
}

}  // namespace takt
