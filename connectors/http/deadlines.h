// Cuts off connections that take too long. libmicrohttpd's own time-out is for silence only: a
// client that drips one byte a second would stay for ever.
//
// A connection has a deadline from its opening on; Renew moves it. A thread of this class shuts the
// sockets whose deadline has passed; the server then closes them. Registration, shutdown and
// removal are under one lock, so a descriptor that was closed and given out again is never shut.
//
// Threads: all methods any.
#pragma once

#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"

namespace takt {

class Deadlines {
 public:
  explicit Deadlines(const Clock& clock);
  ~Deadlines();
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;

  void Add(const void* connection, int descriptor, absl::Duration from_now);
  void Renew(const void* connection, absl::Duration from_now);
  void Remove(const void* connection);

 private:
  struct Entry {
    int descriptor = -1;
    absl::Duration deadline;  // on the monotonic clock
  };
  void Run();

  const Clock& clock_;
  Mutex mutex_;
  ConditionVariable wake_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_map<const void*, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace takt
