// Wakes a thread that waits for work. A ring is never lost: one that comes between the waiter's last
// look at its queues and its wait makes the wait return at once.
//
// Threads: Ring from any, WaitFor from one. Cost: Ring is one atomic exchange while the waiter is
// awake.
#pragma once

#include <atomic>

#include "engine/base/mutex.h"

namespace takt {

class Doorbell {
 public:
  void Ring() {
    if (rung_.exchange(true)) return;
    MutexLock lock(mutex_);
    condition_.NotifyOne();
  }

  // Returns when rung since the last return, or after `limit`, or now and then without a cause.
  void WaitFor(absl::Duration limit) {
    {
      MutexLock lock(mutex_);
      if (!rung_.load()) condition_.WaitFor(mutex_, limit);
    }
    // An exchange, so that what was done before the ring is seen by the look that follows.
    rung_.exchange(false);
  }

 private:
  std::atomic<bool> rung_{false};
  Mutex mutex_;
  ConditionVariable condition_;
};

}  // namespace takt
