#include "engine/pipeline/engine_threads.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"

namespace takt {
namespace {

constexpr absl::Duration kPollWait = absl::Milliseconds(50);
constexpr absl::Duration kPausedWait = absl::Milliseconds(100);
constexpr absl::Duration kIdleWait = absl::Milliseconds(250);
constexpr absl::Duration kQuietWait = absl::Milliseconds(5);
// Readers tell their progress after each batch. What is told meanwhile is taken together: on a busy
// core each turn of the view costs two changes of threads. Who asks for a moment ends the rest: the
// board's curves ask for one after the other.
constexpr absl::Duration kViewRest = absl::Milliseconds(5);
constexpr absl::Duration kProgressEvery = absl::Seconds(5);
constexpr absl::Duration kStuckAfter = absl::Seconds(30);
constexpr absl::Duration kAuditWait = absl::Seconds(2);
constexpr absl::Duration kFlushLimit = absl::Seconds(4);  // of all readers together

}  // namespace

Engine::Threads::Threads(std::unique_ptr<Pipeline> made)
    : pipeline(std::move(made)), requests(pipeline->flow().view_bell()), jobs(pipeline->flow()) {
  for (int i = 0; i < pipeline->readers(); ++i) {
    reader_loops.push_back(std::make_unique<Loop>(
        absl::StrCat("reader ", pipeline->parts().sources[i].settings.name)));
  }
  for (int i = 0; i < pipeline->workers(); ++i) {
    worker_loops.push_back(std::make_unique<Loop>(absl::StrCat("worker ", i)));
  }
}

void Engine::Threads::Start() {
  running = true;
  for (int i = 0; i < pipeline->workers(); ++i) threads.emplace_back([this, i] { RunWorker(i); });
  for (int i = 0; i < pipeline->readers(); ++i) threads.emplace_back([this, i] { RunReader(i); });
  threads.emplace_back([this] { RunView(); });
  threads.emplace_back([this] { RunKeeper(); });
  threads.emplace_back([this] { RunRestore(); });
}

void Engine::Threads::Stop() {
  if (!running) return;
  running = false;
  stopping = true;
  requests.Refuse();
  jobs.Refuse();
  Flow& flow = pipeline->flow();
  for (int i = 0; i < flow.workers(); ++i) flow.worker_bell(i).Ring();
  for (int i = 0; i < flow.producers(); ++i) flow.producer_bell(i).Ring();
  flow.view_bell().Ring();
  keeper_bell.Ring();
  {
    MutexLock lock(mutex);
    restore_ended.NotifyAll();
  }
  for (std::thread& thread : threads) thread.join();
  threads.clear();
  if (!pipeline->restored()) return;
  const absl::Duration limit = kFlushLimit / std::max(1, pipeline->readers());
  for (int i = 0; i < pipeline->readers(); ++i) pipeline->FlushReader(i, limit);
  // A disk that does not take the last block loses nothing: it is read again after the restart.
  pipeline->SyncJournal().IgnoreError();
}

bool Engine::Threads::IsRestored() {
  MutexLock lock(mutex);
  return has_restored;
}

absl::Status Engine::Threads::WaitForRestore(absl::Duration limit) {
  const absl::Duration deadline = real.Monotonic() + limit;
  MutexLock lock(mutex);
  while (!has_restored && restore_error.ok() && !IsStopping()) {
    const absl::Duration left = deadline - real.Monotonic();
    if (left <= absl::ZeroDuration()) {
      return absl::DeadlineExceededError("the journal is still being replayed");
    }
    restore_ended.WaitFor(mutex, std::min(left, absl::Seconds(1)));
  }
  if (!restore_error.ok()) return restore_error;
  if (!has_restored) return absl::UnavailableError("the engine is stopping");
  return absl::OkStatus();
}

void Engine::Threads::EndRestore(const absl::Status& status) {
  MutexLock lock(mutex);
  has_restored = status.ok();
  restore_error = status;
  restore_ended.NotifyAll();
}

absl::Status Engine::Threads::Replay() {
  Flow& flow = pipeline->flow();
  absl::Duration told = real.Monotonic();
  bool replayed = false;
  while (!IsStopping() && !(replayed && flow.in_flight() == 0)) {
    Turned(restore_loop);
    RestoreStep step = RestoreStep::kDone;
    if (!replayed) {
      TAKT_ASSIGN_OR_RETURN(step, pipeline->StepRestore());
      replayed = step == RestoreStep::kDone;
    }
    if (step != RestoreStep::kMore) {
      flow.producer_bell(flow.restore_producer()).WaitFor(kQuietWait);
    }
    if (real.Monotonic() - told >= kProgressEvery && pipeline->parts().log) {
      told = real.Monotonic();
      const RestoreStatus at = pipeline->Status().restore;
      pipeline->parts().log(LogLevel::kInfo, absl::StrFormat("restoring: %.0f %%, %d change%s",
                                                             at.progress * 100, at.changes_replayed,
                                                             at.changes_replayed == 1 ? "" : "s"));
    }
  }
  return absl::OkStatus();
}

void Engine::Threads::RunRestore() {
  const absl::Status status = Replay();
  restore_loop.last_turn_nanos = -1;
  if (IsStopping()) return;
  if (status.ok()) pipeline->StartReading();
  if (!status.ok() && pipeline->parts().log) {
    pipeline->parts().log(LogLevel::kError, absl::StrCat("nothing is served: ", status.message()));
  }
  EndRestore(status);
}

void Engine::Threads::StepReaderOnce(int number) {
  const absl::Duration begun = real.Monotonic();
  ReaderStep step;
  {
    Turn turn(gate);
    step = pipeline->StepReader(number, kPollWait);
  }
  Doorbell& bell = pipeline->flow().producer_bell(number);
  switch (step) {
    case ReaderStep::kRead:
      return;
    case ReaderStep::kNothing:
      // A source at its end, or one that is away, may answer without having waited.
      if (real.Monotonic() - begun < kPollWait / 2) bell.WaitFor(kPollWait);
      return;
    case ReaderStep::kPaused:
      bell.WaitFor(kPausedWait);
      return;
    case ReaderStep::kStopped:
      bell.WaitFor(kIdleWait);
      return;
  }
}

void Engine::Threads::RunReader(int number) {
  Loop& loop = *reader_loops[number];
  while (!IsStopping()) {
    Turned(loop);
    if (!pipeline->restored() && !WaitForRestore(absl::Seconds(1)).ok()) {
      // A journal that cannot be replayed: nothing is read, and nothing spins.
      pipeline->flow().producer_bell(number).WaitFor(kIdleWait);
      continue;
    }
    StepReaderOnce(number);
  }
}

void Engine::Threads::RunWorker(int number) {
  Loop& loop = *worker_loops[number];
  Doorbell& bell = pipeline->flow().worker_bell(number);
  const Worker& worker = pipeline->worker(number);
  const absl::Duration publish_every = pipeline->parts().publish_every;
  absl::Duration published = real.Monotonic();
  while (!IsStopping()) {
    Turned(loop);
    bool did = false;
    bool unpublished = false;
    {
      Turn turn(gate);
      did = pipeline->StepWorker(number);
      did |= jobs.Step(number, worker.ledger());
      const absl::Duration now = real.Monotonic();
      if (worker.WantsToPublish() || now - published >= publish_every) {
        if (pipeline->PublishWorker(number)) published = now;
      }
      unpublished = worker.HasUnpublished();
    }
    if (!did) bell.WaitFor(unpublished ? publish_every : kIdleWait);
  }
}

void Engine::Threads::RunView() {
  const absl::Duration every = pipeline->parts().settings.evaluate_every;
  const auto answer = [this](std::optional<EventTime> moment) -> ViewRequests::Answer {
    if (!pipeline->restored()) return absl::UnavailableError("the journal is still being replayed");
    if (moment.has_value()) return pipeline->SnapshotAt(*moment);
    pipeline->StepView();
    pipeline->EvaluateView();
    return pipeline->CurrentSnapshot();
  };
  while (!IsStopping()) {
    Turned(view_loop);
    bool did = false;
    {
      Turn turn(gate);
      did = pipeline->StepView();
      if (pipeline->restored() && pipeline->view().WantsToEvaluate(every)) {
        pipeline->EvaluateView();
      }
      did |= requests.Serve(answer);
    }
    if (did) continue;
    pipeline->flow().view_bell().WaitFor(std::min(every, kIdleWait));
    requests.Rest(kViewRest);
  }
}

void Engine::Threads::RunKeeper() {
  const EngineParts& parts = pipeline->parts();
  const absl::Duration tick =
      std::clamp(parts.settings.fsync_every, absl::Milliseconds(10), kIdleWait);
  absl::Duration synced = real.Monotonic();
  absl::Duration audited = real.Monotonic();
  while (!IsStopping()) {
    keeper_bell.WaitFor(tick);
    const absl::Duration now = real.Monotonic();
    if (now - synced >= parts.settings.fsync_every) {
      synced = now;
      // Told by the journal's status and, once, by the log.
      pipeline->SyncJournal().IgnoreError();
    }
    pipeline->MeasureMemory();
    if (parts.audit_every > absl::ZeroDuration() && now - audited >= parts.audit_every &&
        IsRestored()) {
      audited = now;
      Audit().IgnoreError();  // its finding is in the status and the log
    }
  }
}

absl::StatusOr<uint64_t> Engine::Threads::Audit() {
  if (!IsRestored() || IsStopping()) {
    return absl::UnavailableError("the engine is not restored or is stopping");
  }
  if (!gate.Close(kAuditWait)) {
    return absl::UnavailableError("a thread waits for the outside; the audit is left for later");
  }
  pipeline->Settle();
  const std::optional<uint64_t> divergent = pipeline->Audit([this] { return !IsStopping(); });
  gate.Open();
  if (!divergent.has_value()) return absl::UnavailableError("the engine is stopping");
  return *divergent;
}

std::string Engine::Threads::StuckLoop() const {
  if (gate.IsClosed() || retired)
    return "";  // an audit, for which all loops wait; or all have ended
  const absl::Duration now = real.Monotonic();
  const auto is_stuck = [&](const Loop& loop) {
    const int64_t nanos = loop.last_turn_nanos.load();
    return nanos >= 0 && now - absl::Nanoseconds(nanos) > kStuckAfter;
  };
  for (const auto* group : {&reader_loops, &worker_loops}) {
    for (const std::unique_ptr<Loop>& loop : *group) {
      if (is_stuck(*loop)) return loop->name;
    }
  }
  if (is_stuck(view_loop)) return view_loop.name;
  return is_stuck(restore_loop) ? restore_loop.name : "";
}

absl::Status Engine::Threads::CheckSources() const {
  for (int i = 0; i < pipeline->readers(); ++i) {
    const SourceStatus source = pipeline->reader(i).Status().source;
    if (source.state == SourceState::kStopped) {
      return absl::FailedPreconditionError(
          absl::StrCat("source ", source.name, " is stopped: ", source.error));
    }
  }
  return absl::OkStatus();
}

bool Engine::Threads::IsDrained(const std::vector<uint64_t>& turns) const {
  for (int i = 0; i < pipeline->readers(); ++i) {
    if (pipeline->reader(i).Turns() < turns[i] || !pipeline->ReaderIsSettled(i)) return false;
  }
  return pipeline->flow().in_flight() == 0;
}

}  // namespace takt
