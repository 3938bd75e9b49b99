// The pipeline as steps without threads: what Engine runs on threads and what the simulation runs on
// one, on a clock of its own, with a crash between any two steps.
//
//   Create, then StepRestore until it is done, then StepReader, StepWorker, StepView, SyncJournal in
//   any order and any number. Destroying it at any moment is a crash of the process.
//
// Settle runs restore, workers and view until nothing is in flight; Drain reads to the end too.
//
// Threads: each of the step methods from one thread at a time: StepReader(i), StepWorker(i), StepView,
// SyncJournal and StepRestore may run beside each other. Status and CurrentSnapshot from any. Methods
// marked "alone" only while no step runs. Errors: Create and StepRestore give the operator's texts
// (journal/journal.h).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/journal/journal.h"
#include "engine/kpi/snapshot.h"
#include "engine/pipeline/flow.h"
#include "engine/pipeline/parts.h"
#include "engine/pipeline/reader.h"
#include "engine/pipeline/restore.h"
#include "engine/pipeline/status.h"
#include "engine/pipeline/view.h"
#include "engine/pipeline/worker.h"

namespace takt {

class Pipeline {
 public:
  static absl::StatusOr<std::unique_ptr<Pipeline>> Create(EngineParts parts);
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  int readers() const { return flow_.readers(); }
  int workers() const { return flow_.workers(); }

  // One block of the journal to the workers. After kDone, and once nothing is in flight, StartReading.
  absl::StatusOr<RestoreStep> StepRestore();
  // Gives the readers their positions. Until then StepReader must not be called.
  void StartReading();

  ReaderStep StepReader(int reader, absl::Duration wait) { return readers_[reader]->Step(wait); }
  bool StepWorker(int worker) { return workers_[worker]->Step(); }
  bool PublishWorker(int worker) { return workers_[worker]->Publish(); }
  bool StepView() { return view_->Step(); }
  void EvaluateView() { view_->Evaluate(); }
  absl::Status SyncJournal();
  // Compares memory with memory_bytes_max; readers pause above it.
  void MeasureMemory();
  void FlushReader(int reader, absl::Duration limit) { readers_[reader]->Flush(limit); }

  // Alone: StepRestore and Settle to the end, then StartReading.
  absl::Status RestoreAll();
  // Alone: steps workers and view until nothing is in flight, publishing all; then evaluates.
  void Settle();
  // Alone: steps readers until all are settled or stopped, then Settle. False: some reader could not
  // go on (paused, or a source not at its end) for `steps_max` steps.
  bool Drain(int steps_max);
  // Alone: folds all histories again; how many rows differ from the cells held.
  uint64_t Audit();
  // The same, broken off (none) when `go_on`, asked every few milliseconds, says no.
  std::optional<uint64_t> Audit(absl::FunctionRef<bool()> go_on);

  // Alone, for good: frees what reading on needs (sources, journal, histories). After it there are
  // CurrentSnapshot, SnapshotAt and parts().definition only.
  void LetGo();

  std::shared_ptr<const Snapshot> CurrentSnapshot() const { return view_->CurrentSnapshot(); }
  // On the view's thread, or alone.
  std::shared_ptr<const Snapshot> SnapshotAt(EventTime now) const { return view_->SnapshotAt(now); }

  // All but health, which only threads have.
  EngineStatus Status() const;
  bool ReaderIsSettled(int reader) const { return readers_[reader]->Status().settled; }

  Flow& flow() { return flow_; }
  Tap& tap() { return tap_; }
  const EngineParts& parts() const { return parts_; }
  const Worker& worker(int number) const { return *workers_[number]; }
  const Reader& reader(int number) const { return *readers_[number]; }
  const View& view() const { return *view_; }
  bool restored() const { return restored_.load(); }

 private:
  Pipeline(EngineParts parts, std::unique_ptr<Journal> journal);

  uint64_t MemoryBytes() const;
  void AddReaders(EngineStatus& status) const;
  void AddNow(EngineStatus& status) const;
  void AddWorkers(EngineStatus& status) const;
  void AddJournal(EngineStatus& status) const;
  void Log(LogLevel level, absl::string_view text) const;

  EngineParts parts_;
  std::unique_ptr<Journal> journal_;  // null: nothing is kept
  Flow flow_;
  Tap tap_;
  std::vector<std::unique_ptr<Reader>> readers_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<View> view_;
  std::unique_ptr<Restore> restore_;
  const absl::Duration begun_;  // monotonic
  std::atomic<bool> restored_{false};
  std::atomic<int64_t> restore_nanos_{0};
  std::atomic<uint64_t> memory_bytes_{0};
  std::atomic<uint64_t> audits_{0};
  std::atomic<uint64_t> audit_divergent_{0};
  bool journal_was_full_ = false;  // the sync thread's
};

}  // namespace takt
