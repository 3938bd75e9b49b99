// Lets threads take turns beside each other, and one caller stop them all between two turns.
//
// A turn that does not end (a disk or a broker that does not answer) must not hold up all others, so
// Close gives up after its limit, and the turns go on.
//
// Threads: Enter and Leave in pairs from the threads that take turns; Close and Open from any other,
// one at a time, Open after a Close that returned true. What was done in turns before Close returned
// is seen by the closer, and what the closer does is seen in the turns after Open. Cost: two
// uncontended locks for each turn.
#pragma once

#include <algorithm>

#include "engine/base/clock.h"
#include "engine/base/mutex.h"

namespace takt {

class Gate {
 public:
  void Enter() {
    MutexLock lock(mutex_);
    while (closed_) changed_.Wait(mutex_);
    ++inside_;
  }
  void Leave() {
    MutexLock lock(mutex_);
    --inside_;
    if (closed_) changed_.NotifyAll();
  }

  // False: some turn did not end within `limit`; nothing is closed.
  bool Close(absl::Duration limit) {
    const absl::Duration deadline = clock_.Monotonic() + limit;
    MutexLock lock(mutex_);
    while (closed_) changed_.Wait(mutex_);  // another closer
    closed_ = true;
    while (inside_ > 0) {
      const absl::Duration left = deadline - clock_.Monotonic();
      if (left <= absl::ZeroDuration()) {
        closed_ = false;
        changed_.NotifyAll();
        return false;
      }
      changed_.WaitFor(mutex_, std::min(left, absl::Seconds(1)));
    }
    return true;
  }
  void Open() {
    MutexLock lock(mutex_);
    closed_ = false;
    changed_.NotifyAll();
  }
  bool IsClosed() const {
    MutexLock lock(mutex_);
    return closed_;
  }

 private:
  const SystemClock clock_;  // turns are real time, whatever the engine's clock
  mutable Mutex mutex_;
  ConditionVariable changed_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  int inside_ ABSL_GUARDED_BY(mutex_) = 0;
};

// A turn that ends with the scope.
class Turn {
 public:
  explicit Turn(Gate& gate) : gate_(gate) { gate_.Enter(); }
  ~Turn() { gate_.Leave(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  Gate& gate_;
};

}  // namespace takt
