// What an engine tells of itself, while it runs and after it has retired.
#include <algorithm>
#include <utility>

#include "engine/pipeline/engine_threads.h"

namespace takt {
namespace {

constexpr absl::Duration kLookEvery = absl::Milliseconds(20);

}  // namespace

EngineStatus Engine::Threads::FreshStatus() {
  EngineStatus status = pipeline->Status();
  status.stuck = StuckLoop();
  status.alive = status.stuck.empty();
  status.started = IsRestored();
  status.ready = status.started;
  const MutexLock lock(mutex);
  status.restore.error = std::string(restore_error.message());
  return status;
}

EngineStatus Engine::Threads::Status() {
  const MutexLock lock(life_mutex);
  return last_status.has_value() ? *last_status : FreshStatus();
}

void Engine::Threads::Retire() {
  retiring = true;
  Stop();
  {
    const MutexLock lock(life_mutex);
    if (last_status.has_value()) return;
    retired = true;  // before the status is asked: loops that have ended are not stuck
    last_status = FreshStatus();
    pipeline->LetGo();
  }
  const MutexLock lock(mutex);
  restore_ended.NotifyAll();
}

bool Engine::Threads::WaitForRetirement(absl::Duration limit) {
  const absl::Duration deadline = real.Monotonic() + limit;
  const MutexLock lock(mutex);
  while (!retired) {
    const absl::Duration left = deadline - real.Monotonic();
    if (left <= absl::ZeroDuration()) return false;
    restore_ended.WaitFor(mutex, std::min(left, kLookEvery));
  }
  return true;
}

ViewRequests::Answer Engine::Threads::SnapshotAt(EventTime now, absl::Duration limit) {
  if (!retiring) {
    ViewRequests::Answer answer = requests.Ask(now, limit);
    if (answer.ok() || !retiring) return answer;
  }
  // The view's thread has ended or is about to; then whoever asks may look at its cells.
  if (!WaitForRetirement(limit)) {
    return absl::UnavailableError("the engine is being replaced; try again");
  }
  const MutexLock lock(life_mutex);
  return pipeline->SnapshotAt(now);
}

}  // namespace takt
