// The whole engine in one process: the pipeline of DESIGN section 2 on its threads, one for each
// source's reader, one for each worker, one for the view, one that makes the journal safe.
//
//   TAKT_ASSIGN_OR_RETURN(auto engine, Engine::Create(std::move(parts)));
//   TAKT_RETURN_IF_ERROR(engine->Start());
//   ... engine->CurrentSnapshot(), engine->Status() ...
//   engine->Stop();
//
// Start returns at once; the journal is replayed in the background, then the sources are opened at
// the journal's positions and read. A replay that fails (DataLoss) leaves the engine serving
// nothing: WaitUntilRestored and Status().restore.error say why. A source that fails for good stops
// alone; the others go on and everything is served. A full disk, memory_bytes_max and a full place
// for dead letters pause reading, and reading goes on by itself.
//
// Threads: any thread may call everything but Create, Start and Stop, which are the owner's.
// Snapshots are immutable and shared; scrapes never wait for events nor events for scrapes.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/kpi/snapshot.h"
#include "engine/pipeline/explanation.h"
#include "engine/pipeline/parts.h"
#include "engine/pipeline/status.h"
#include "engine/pipeline/tap.h"

namespace takt {

class Engine {
 public:
  // Takes the journal's segments in hand and checks their heads. FailedPrecondition and DataLoss
  // have texts for the operator.
  static absl::StatusOr<std::unique_ptr<Engine>> Create(EngineParts parts);
  ~Engine();  // stops
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  absl::Status Start();

  // Flushes dead letters and the journal and joins all threads, in less than 10 s even when the
  // outside is away. Safe to call twice.
  void Stop();

  // Stops, and frees what reading on needs: sources, journal, histories. What was served goes on being
  // served, as it was: CurrentSnapshot, SnapshotAt, Status, definition. So an engine of another
  // definition can take the journal over and fold it while this one serves. Safe to call twice.
  void Retire();

  // OK once the journal is replayed; its error when it cannot be; DeadlineExceeded after `limit`.
  absl::Status WaitUntilRestored(absl::Duration limit);

  // Waits until every source is idle by proof or finished, everything that was read is applied, and
  // the snapshot shows it: then it is the pure function of all records read. DeadlineExceeded after
  // `limit`; FailedPrecondition when a source has stopped for good.
  absl::Status Drain(absl::Duration limit);

  // The latest snapshot; null until now is defined. Cost: one reference.
  std::shared_ptr<const Snapshot> CurrentSnapshot() const;

  // The KPIs as of `now`, by today's knowledge. Waits for the view's turn: one evaluation, some
  // milliseconds, and three seconds at most. ResourceExhausted when too many ask at once;
  // Unavailable before the restore is done, after Stop, and when the turn does not come.
  absl::StatusOr<std::shared_ptr<const Snapshot>> SnapshotAt(EventTime now);

  EngineStatus Status() const;
  // The three answers of Status, cheap: for probes.
  bool Alive() const;
  bool Ready() const;
  bool Started() const;

  // Folds all histories again and compares with the cells held: how many rows differ (must be 0).
  // Reading and applying pause meanwhile, about 0.3 us for each change kept. Unavailable before the
  // restore is done, after Stop, and when a thread waits for a disk or a broker too long.
  absl::StatusOr<uint64_t> Audit();

  // Takes a value apart (explanation.h). The workers do it beside their own work, some 0.3 us for each
  // change kept; nothing waits for it. ResourceExhausted while somebody else asks, DeadlineExceeded
  // after 10 s, Unavailable before the restore is done and after Stop.
  absl::StatusOr<Explanation> Explain(const ExplainQuestion& question);

  // Records as they come, what they became, and what their changes do to facts (tap.h). Nothing waits
  // for it. Effects are missing while somebody else asks for an explanation, or after a second.
  TapPage TakeTapped(const TapQuestion& question, std::vector<std::vector<ChangeEffects>>* effects);

  const Definition& definition() const;

 private:
  struct Threads;
  explicit Engine(std::unique_ptr<Threads> threads);
  std::unique_ptr<Threads> threads_;
};

}  // namespace takt
