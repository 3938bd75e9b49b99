// The threads of an Engine and what they share beside the pipeline itself. Only engine.cc and
// engine_threads.cc include this.
//
//   reader i    StepReader(i)           worker i   StepWorker(i), PublishWorker(i) on a tick
//   view        StepView, EvaluateView  restore    StepRestore until done, then ends
//   keeper      SyncJournal, MeasureMemory, the audit now and then
//
// All but the keeper take their turns through the gate, which an audit closes. The lock order is: none
// is held when another is taken, but for life_mutex, which is outside all others.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/mutex.h"
#include "engine/pipeline/engine.h"
#include "engine/pipeline/gate.h"
#include "engine/pipeline/ledger_jobs.h"
#include "engine/pipeline/pipeline.h"
#include "engine/pipeline/view_requests.h"

namespace takt {

struct Engine::Threads {
  explicit Threads(std::unique_ptr<Pipeline> made);

  void Start();
  void Stop();
  bool IsStopping() const { return stopping.load(); }

  void RunReader(int number);
  void RunWorker(int number);
  void RunView();
  void RunRestore();
  void RunKeeper();
  void StepReaderOnce(int number);
  // Replays to the end and until the view's cells hold it.
  absl::Status Replay();

  bool IsRestored();
  // Waits until restored, stopping or `limit` has passed; the restore's status when it failed.
  absl::Status WaitForRestore(absl::Duration limit);
  void EndRestore(const absl::Status& status);
  absl::StatusOr<uint64_t> Audit();
  EngineStatus Status();
  EngineStatus FreshStatus();
  void Retire();
  ViewRequests::Answer SnapshotAt(EventTime now, absl::Duration limit);
  bool WaitForRetirement(absl::Duration limit);
  std::string StuckLoop() const;  // empty: none
  absl::Status CheckSources() const;
  bool IsDrained(const std::vector<uint64_t>& turns) const;

  // Marks a loop's turn, for the watchdog.
  struct Loop {
    explicit Loop(std::string loop_name) : name(std::move(loop_name)) {}
    const std::string name;
    std::atomic<int64_t> last_turn_nanos{-1};  // real monotonic time; -1: it does not run
  };
  void Turned(Loop& loop) { loop.last_turn_nanos = absl::ToInt64Nanoseconds(real.Monotonic()); }

  const SystemClock
      real;  // ticks and time-outs of threads are real time, whatever the engine's clock
  std::unique_ptr<Pipeline> pipeline;
  Gate gate;
  ViewRequests requests;
  LedgerJobs jobs;
  Doorbell keeper_bell;
  Doorbell drain_bell;
  std::atomic<bool> stopping{false};
  bool running = false;                             // the owner's thread alone
  std::vector<std::unique_ptr<Loop>> reader_loops;  // made before any thread runs
  std::vector<std::unique_ptr<Loop>> worker_loops;
  Loop view_loop{"view"};
  Loop restore_loop{"restore"};
  std::vector<std::thread> threads;

  // Held by whoever looks into the pipeline from outside, so that Retire does not take it away.
  Mutex life_mutex;
  std::atomic<bool> retiring{false};
  std::atomic<bool> retired{false};
  std::optional<EngineStatus> last_status ABSL_GUARDED_BY(life_mutex);  // of a retired one

  Mutex mutex;
  ConditionVariable restore_ended;  // and the retirement
  bool has_restored ABSL_GUARDED_BY(mutex) = false;
  absl::Status restore_error ABSL_GUARDED_BY(mutex);
};

}  // namespace takt
