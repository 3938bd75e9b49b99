// What the engine tells of itself: one plain value of everything that the metrics `takt_*`, the
// health answers, the status page and the live table need. Engine::Status and Pipeline::Status make
// it; connectors/prometheus turns it into series.
//
// Counters count since the process started. Conservation, of records and for every partition:
//   polled = dead_lettered (over all reasons) + filtered + admitted
// and of changes, once Drain has returned, replayed ones included:
//   changes_admitted + changes_replayed = changes_applied + duplicates + refused_full
//
// Threads: a value; makers and readers may be on different threads. Cost: a copy, some microseconds
// for each partition. Label sets are bounded: sources and topics by configuration, partitions by
// the topics, reasons and states by the lists below.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/model/event_time.h"
#include "engine/model/reason.h"
#include "engine/pipeline/process_status.h"

namespace takt {

enum class SourceState : uint8_t {
  kOpening,  // not yet opened, or the journal is still being replayed
  kReading,
  kUnavailable,  // the outside is away; goes on by itself
  kPaused,       // reading waits, see PauseReason; goes on by itself
  kFinished,     // a finite source that was read to its end
  kStopped,      // a final error, see SourceStatus::error: somebody must act
};
inline constexpr int kSourceStateCount = static_cast<int>(SourceState::kStopped) + 1;
absl::string_view SourceStateName(SourceState state);  // "opening", "reading", ...

enum class PauseReason : uint8_t {
  kNone,
  kJournal,      // the disk is full or refuses to write
  kMemory,       // memory_bytes_max is reached
  kDeadLetters,  // the dead letters' place does not take more
  kWorkers,      // the workers' queues are full: normal during catch-up, never an alarm by itself
};
inline constexpr int kPauseReasonCount = static_cast<int>(PauseReason::kWorkers) + 1;
absl::string_view PauseReasonName(PauseReason reason);  // "none", "journal", "memory", ...

struct PartitionStatus {
  std::string source;  // its name in the configuration
  std::string topic;   // or the file's path
  int32_t partition = 0;

  // Records.
  uint64_t polled = 0;
  uint64_t filtered = 0;    // tombstones that the policy ignores, and records the mapping filters
  uint64_t tombstones = 0;  // of the filtered and dead-lettered ones
  uint64_t admitted = 0;
  std::array<uint64_t, kReasonCount> dead_lettered{};  // by Reason
  uint64_t changes_admitted = 0;

  int64_t next_offset = 0;  // where reading goes on
  int64_t final_offset =
      -1;  // where a restart would go on, as journalled; -1: nothing journalled yet
  int64_t end_offset = -1;             // as last heard; -1: unknown
  std::optional<int64_t> lag_records;  // end_offset - next_offset, where known

  std::optional<EventTime> watermark;   // none: it has not spoken
  std::optional<EventTime> last_event;  // the highest admitted event time
  bool idle = false;                    // by proof: its watermark follows the wall clock
  bool finished = false;                // a finite source at its end
  bool broker_time = true;
  bool silent = false;  // nothing came for longer than the source's silent_after
};

struct SourceStatus {
  std::string name;
  SourceState state = SourceState::kOpening;
  PauseReason pause = PauseReason::kNone;
  std::string error;                  // of the standing error; empty: healthy
  uint64_t errors = 0;                // polls that failed
  uint64_t dead_letters_pending = 0;  // sent and not yet acknowledged, or not yet taken
  // Since the last record came; since the start when none did.
  absl::Duration since_record;
};

struct JournalStatus {
  bool enabled = false;
  uint64_t bytes = 0;  // of all segments
  uint64_t segments = 0;
  uint64_t blocks_appended = 0;
  uint64_t changes_appended = 0;
  uint64_t bytes_appended = 0;
  uint64_t syncs = 0;
  absl::Duration since_sync;    // age of the oldest byte that is not yet safe on disk; 0: all are
  uint64_t errors = 0;          // appends and syncs that failed
  std::string error;            // text of the standing error; empty: healthy
  bool is_cut = false;          // after a failed sync: opening it anew mends it
  uint64_t bytes_cut = 0;       // of a torn tail, cut off at the start
  uint64_t fields_dropped = 0;  // replayed values whose field or object the definition has no more
  uint64_t values_converted = 0;  // replayed values whose field's type changed, kept exactly
  // Replayed changes into stages that the configuration has no more, and the first one's name.
  uint64_t unknown_stages = 0;
  std::string unknown_stage;
  uint64_t values_lost = 0;  // replayed values whose field's type changed and that do not fit it
};

struct RestoreStatus {
  bool done = false;
  double progress = 0;  // 0 to 1, by bytes of the journal
  double seconds = 0;   // so far, or in all when done
  uint64_t changes_replayed = 0;
  std::string error;  // final: the engine does not become ready
};

// Why `now` is where it is.
enum class NowReason : uint8_t {
  kNothing,    // there is no partition yet
  kNotSpoken,  // the holder has sent no event and is not idle by proof: now is undefined
  kBehind,     // the holder has the lowest watermark
  kWallClock,  // all partitions are idle by proof
  kFinished,   // all sources are finite and read to their ends
};
inline constexpr int kNowReasonCount = static_cast<int>(NowReason::kFinished) + 1;
absl::string_view NowReasonName(NowReason reason);  // "nothing", "not_spoken", "behind", ...

struct NowStatus {
  std::optional<EventTime> now;
  NowReason reason = NowReason::kNothing;
  std::string holder_source;  // the partition that holds now back; empty: none does
  std::string holder_topic;
  int32_t holder_partition = 0;
  absl::Duration age;  // wall clock - now: the age of data; 0 where now is undefined
};

struct EngineStatus {
  // Health. None of the three depends on a broker.
  bool alive = false;    // every loop turned within 30 s
  bool ready = false;    // restored, and a snapshot is served or now is undefined
  bool started = false;  // restored once
  std::string stuck;     // the loop that did not turn, when not alive

  std::vector<SourceStatus> sources;
  std::vector<PartitionStatus> partitions;  // by source as configured, topic, partition
  NowStatus now;

  // Changes and entities, over all workers.
  int workers = 0;
  uint64_t changes_applied = 0;
  uint64_t duplicates = 0;
  uint64_t conflicts = 0;
  uint64_t corrections = 0;
  uint64_t refused_full = 0;  // the entity's history is full; it stays in the journal
  uint64_t entities = 0;
  uint64_t incomplete = 0;
  uint64_t merged_beyond = 0;  // LedgerState::merged_beyond
  uint64_t negative_durations = 0;
  uint64_t ledger_bytes = 0;
  uint64_t cell_bytes = 0;
  uint64_t memory_bytes = 0;      // what memory_bytes_max is compared with
  uint64_t memory_bytes_max = 0;  // 0: no bound

  JournalStatus journal;
  RestoreStatus restore;

  uint64_t snapshots = 0;       // published
  double evaluate_seconds = 0;  // the last evaluation
  uint64_t series = 0;          // samples in the last snapshot
  uint64_t audits = 0;
  uint64_t audit_divergent_cells = 0;  // of the last audit; must be 0

  uint64_t config_hash = 0;
  absl::Duration uptime;
  ProcessStatus process;
};

}  // namespace takt
