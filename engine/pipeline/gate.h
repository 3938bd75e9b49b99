// Lets threads take turns beside each other, and one caller stop them all between two turns.
//
// Threads: Enter and Leave in pairs from the threads that take turns; Close and Open in pairs from any
// other, one at a time. What was done in turns before Close returned is seen by the closer, and what
// the closer does is seen in the turns after Open. Cost: two uncontended locks for each turn.
#pragma once

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

  void Close() {
    MutexLock lock(mutex_);
    while (closed_) changed_.Wait(mutex_);  // another closer
    closed_ = true;
    while (inside_ > 0) changed_.Wait(mutex_);
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
