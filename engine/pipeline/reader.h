// Poll, Decode, Map, Check, Journal: one reader for each source. A step polls once, takes each record
// whole or not at all, writes one journal block with the changes and the positions that are final, and
// hands the same bytes to the workers.
//
// Nothing is polled while something of the last step waits: a block that the disk does not take, a
// batch that a worker's ring does not take, a dead letter that its place does not take. So what waits
// is bounded by one poll, and a reader that cannot go on says why (PauseReason) and goes on by itself.
// A source's final error stops this reader alone.
//
// Threads: Restart, Step and Flush from one thread; Status and Turns from any. What the constructor
// is given must outlive it. Cost: see Intake; one journal write, one ring push for each worker and some
// microseconds for each step.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"
#include "engine/journal/journal.h"
#include "engine/pipeline/flow.h"
#include "engine/pipeline/intake.h"
#include "engine/pipeline/partition.h"
#include "engine/pipeline/parts.h"
#include "engine/pipeline/stalled_letter.h"
#include "engine/pipeline/tap.h"

namespace takt {

enum class ReaderStep : uint8_t {
  kRead,     // records came
  kNothing,  // none came, or the source is away
  kPaused,   // something waits; poll again a little later
  kStopped,  // finished for good: the source failed
};

struct ReaderContext {
  const Definition& definition;
  Clock& clock;
  Flow& flow;
  Journal* journal;  // null: nothing is kept
  const LogFunction& log;
  int number = 0;  // of this reader in `flow`
  int records_per_poll_max = 2048;
  Tap* tap = nullptr;  // null: nobody can watch
};

struct ReaderStatus {
  SourceStatus source;
  std::vector<PartitionStatus> partitions;
  absl::Duration last_record;  // monotonic
  // Everything that was polled is with the workers and final, and every partition is idle by proof or
  // finished.
  bool settled = false;
};

class Reader {
 public:
  Reader(SourceParts& parts, const ReaderContext& context);

  // Once, before the first Step: where the journal says that reading goes on.
  void Restart(const std::vector<JournalPosition>& positions);

  ReaderStep Step(absl::Duration wait);

  // Waits at most `limit` for the dead letters and writes the last final positions.
  void Flush(absl::Duration limit);

  ReaderStatus Status() const;
  uint64_t Turns() const { return turns_.load(); }  // steps begun

 private:
  // The way of a record.
  bool Open();
  absl::Status Poll(absl::Duration wait);
  void TakeRecord(const Record& record);
  void Reject(const Record& record, const Rejection& rejection, Partition& partition);
  size_t NumberOf(const Record& record);
  size_t Add(const Record& record);  // goes on from the journal's position, if there is one

  // What must be done before the next poll. Each is false while something waits.
  PauseReason FinishStep();
  bool SendStalled();
  bool AppendBlock();
  bool PushBatches();
  void SettleLetters();
  void ReportProgress();

  void RefreshPartitions();
  void HandlePollError(const absl::Status& status);
  void TellAway(const std::string& why);
  void PublishStatus(SourceState state, PauseReason pause);
  bool IsSettled() const;
  void TakeBatches();
  std::vector<JournalPosition> NewFinals();
  std::vector<JournalPosition> ReadFromNames();

  SourceParts& parts_;
  const ReaderContext context_;
  const std::string name_;
  Intake intake_;
  std::atomic<uint64_t> turns_{0};

  bool opened_ = false;
  bool stopped_ = false;
  bool reached_ = false;                      // the source answered once
  std::optional<absl::Duration> away_since_;  // it has not answered since
  std::string told_away_;                     // what was logged of that
  std::vector<JournalPosition> restart_positions_;
  absl::Time wall_clock_;  // read once a step
  absl::Duration last_refresh_;
  absl::Duration last_positions_;  // when a block with nothing but positions was last written
  absl::Duration last_record_;
  uint64_t records_of_step_ = 0;

  std::vector<Partition> partitions_;
  std::vector<PartitionProgress> progress_;  // by partition
  std::vector<char> touched_;                // by partition, since the last PublishStatus
  std::vector<char> progressed_;             // by partition, since the last report
  absl::flat_hash_map<int32_t, absl::InlinedVector<uint32_t, 2>> by_number_;
  size_t last_partition_ = 0;

  std::deque<std::unique_ptr<StalledLetter>> stalled_;
  std::vector<ChangeBatch> waiting_;  // by worker; admitted, not yet pushed
  Intake::ReadFrom read_from_;        // of `waiting_`
  std::string coordinates_;           // of the block under way
  bool block_due_ = false;            // `waiting_` is not yet in the journal
  std::vector<uint64_t> batches_pushed_;
  bool report_due_ = false;
  uint64_t dead_letters_pending_ = 0;

  mutable Mutex mutex_;
  ReaderStatus status_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace takt
