#include "engine/app/status_json.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "engine/kpi/json_writer.h"
#include "engine/model/reason.h"

namespace takt {
namespace {

std::optional<std::string> TimeText(const std::optional<EventTime>& time) {
  if (!time.has_value()) return std::nullopt;
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time->ToTime(), absl::UTCTimeZone());
}

std::optional<int64_t> Known(int64_t offset) {
  return offset < 0 ? std::nullopt : std::optional<int64_t>(offset);
}

uint64_t DeadLettered(const PartitionStatus& partition) {
  uint64_t sum = 0;
  for (const uint64_t count : partition.dead_lettered) sum += count;
  return sum;
}

// The wall clock is known by how old now is.
std::optional<double> LagSeconds(const EngineStatus& status, const PartitionStatus& partition) {
  if (!status.now.now.has_value() || !partition.watermark.has_value()) return std::nullopt;
  const absl::Duration behind =
      status.now.age + (status.now.now->ToTime() - partition.watermark->ToTime());
  return absl::ToDoubleSeconds(std::max(behind, absl::ZeroDuration()));
}

void WriteNow(const EngineStatus& status, JsonWriter& json) {
  const NowStatus& now = status.now;
  json.Member("now", TimeText(now.now)).Member("now_reason", NowReasonName(now.reason));
  json.Key("data_age_seconds");
  if (now.now.has_value()) {
    json.Value(absl::ToDoubleSeconds(now.age));
  } else {
    json.Null();
  }
  json.Key("now_holder");
  if (now.holder_source.empty()) {
    json.Null();
    return;
  }
  json.Object([&] {
    json.Member("source", now.holder_source).Member("topic", now.holder_topic);
    json.Member("partition", now.holder_partition);
  });
}

void WriteSteps(const EngineStatus& status, JsonWriter& json) {
  uint64_t polled = 0, dead_lettered = 0, filtered = 0, admitted = 0, changes = 0;
  for (const PartitionStatus& partition : status.partitions) {
    polled += partition.polled;
    dead_lettered += DeadLettered(partition);
    filtered += partition.filtered;
    admitted += partition.admitted;
    changes += partition.changes_admitted;
  }
  json.Key("steps").Object([&] {
    json.Member("polled", polled).Member("dead_lettered", dead_lettered);
    json.Member("filtered", filtered).Member("admitted", admitted);
    json.Member("changes_admitted", changes);
    json.Member("changes_replayed", status.restore.changes_replayed);
    json.Member("applied", status.changes_applied).Member("duplicate", status.duplicates);
    json.Member("refused", status.refused_full).Member("conflicts", status.conflicts);
    json.Member("corrections", status.corrections);
  });
}

void WriteSources(const EngineStatus& status, JsonWriter& json) {
  json.Key("sources").Array([&] {
    for (const SourceStatus& source : status.sources) {
      json.Object([&] {
        json.Member("name", source.name).Member("state", SourceStateName(source.state));
        json.Member("pause", PauseReasonName(source.pause)).Member("error", source.error);
        json.Member("errors", source.errors);
        json.Member("dead_letters_pending", source.dead_letters_pending);
        json.Member("since_record_seconds", absl::ToDoubleSeconds(source.since_record));
      });
    }
  });
}

void WritePartition(const EngineStatus& status, const PartitionStatus& partition,
                    JsonWriter& json) {
  json.Member("source", partition.source).Member("topic", partition.topic);
  json.Member("partition", partition.partition).Member("next_offset", partition.next_offset);
  json.Member("final_offset", Known(partition.final_offset));
  json.Member("end_offset", Known(partition.end_offset));
  json.Member("lag_records", partition.lag_records);
  json.Member("lag_seconds", LagSeconds(status, partition));
  json.Member("watermark", TimeText(partition.watermark));
  json.Member("last_event", TimeText(partition.last_event));
  json.Member("idle", partition.idle).Member("finished", partition.finished);
  json.Member("silent", partition.silent).Member("broker_time", partition.broker_time);
  json.Member("polled", partition.polled).Member("dead_lettered", DeadLettered(partition));
  json.Member("filtered", partition.filtered).Member("admitted", partition.admitted);
  json.Member("changes_admitted", partition.changes_admitted);
}

void WriteDeadLetters(const EngineStatus& status, JsonWriter& json) {
  json.Key("dead_letters").Array([&] {
    for (const SourceStatus& source : status.sources) {
      for (int reason = 0; reason < kReasonCount; ++reason) {
        uint64_t count = 0;
        for (const PartitionStatus& partition : status.partitions) {
          if (partition.source == source.name) count += partition.dead_lettered[reason];
        }
        if (count == 0) continue;
        json.Object([&] {
          json.Member("source", source.name);
          json.Member("reason", ReasonName(static_cast<Reason>(reason))).Member("count", count);
        });
      }
    }
  });
}

void WriteRestore(const RestoreStatus& restore, JsonWriter& json) {
  json.Key("restore").Object([&] {
    json.Member("done", restore.done).Member("progress", restore.progress);
    json.Member("seconds", restore.seconds);
    json.Member("changes_replayed", restore.changes_replayed).Member("error", restore.error);
  });
}

void WriteJournal(const JournalStatus& journal, JsonWriter& json) {
  json.Key("journal").Object([&] {
    json.Member("enabled", journal.enabled).Member("bytes", journal.bytes);
    json.Member("segments", journal.segments).Member("changes_appended", journal.changes_appended);
    json.Member("unsynced_age_seconds", absl::ToDoubleSeconds(journal.since_sync));
    json.Member("errors", journal.errors).Member("error", journal.error);
  });
}

void WriteState(const EngineStatus& status, JsonWriter& json) {
  json.Member("entities", status.entities).Member("incomplete", status.incomplete);
  json.Member("merged_beyond_limit", status.merged_beyond);
  json.Key("memory").Object([&] {
    json.Member("bytes", status.memory_bytes).Member("bytes_max", status.memory_bytes_max);
  });
  json.Key("audit").Object([&] {
    json.Member("audits", status.audits).Member("divergent_cells", status.audit_divergent_cells);
  });
}

void WriteReload(const std::optional<ReloadStatus>& reload, JsonWriter& json) {
  if (!reload.has_value()) {
    json.Null();
    return;
  }
  json.Object(
      [&] { json.Member("successful", reload->successful).Member("error", reload->error); });
}

void WriteFiles(const ProcessStatus& process, JsonWriter& json) {
  json.Key("configuration");
  WriteReload(process.config, json);
  json.Key("web");
  WriteReload(process.web, json);
  json.Member("restart_needed", process.restart_needed).Member("folding", process.folding);
}

}  // namespace

std::string RenderStatus(const EngineStatus& status, const std::string& version) {
  JsonWriter json;
  json.Object([&] {
    json.Member("version", version);
    json.Member("config_hash", absl::StrFormat("%016x", status.config_hash));
    json.Member("uptime_seconds", absl::ToDoubleSeconds(status.uptime));
    json.Member("alive", status.alive).Member("stuck", status.stuck);
    json.Member("ready", status.ready);
    WriteRestore(status.restore, json);
    WriteNow(status, json);
    WriteState(status, json);
    WriteSteps(status, json);
    WriteSources(status, json);
    json.Key("partitions").Array([&] {
      for (const PartitionStatus& partition : status.partitions) {
        json.Object([&] { WritePartition(status, partition, json); });
      }
    });
    WriteDeadLetters(status, json);
    WriteJournal(status.journal, json);
    WriteFiles(status.process, json);
  });
  return std::move(json).Finish() + "\n";
}

}  // namespace takt
