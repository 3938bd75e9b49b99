// The open connections of a server: how long each may take, and which one goes when there are too
// many.
//
// libmicrohttpd's own time-out is for silence only, so a client that drips one byte a second would
// stay for ever; and its own limits refuse the newcomer, so clients that open connections and say
// nothing would shut out honest ones. Here a connection has a deadline, and at a limit the oldest
// goes: one that waits for a request before one that is being answered, of the address that holds
// most.
//
// A thread of this class shuts the sockets whose deadline has passed; the server then closes them.
// Registration, shutdown and removal are under one lock, so a descriptor that was closed and given
// out again is never shut.
//
// Threads: all methods any. Cost: Add at a limit looks at every connection; the rest O(1). Bound:
// the limits, and those that are shut but not yet removed.
#pragma once

#include <cstdint>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"

namespace takt {

struct ConnectionLimits {
  int all = 0;
  int per_address = 0;
};

struct ConnectionCounts {
  uint64_t open = 0;
  uint64_t opened = 0;
  uint64_t overdue = 0;  // cut off at their deadline
  uint64_t evicted = 0;  // cut off to make room
};

class Connections {
 public:
  Connections(const Clock& clock, const ConnectionLimits& limits);
  ~Connections();
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  // A connection from `address` that has `from_now` to send its first request.
  void Add(const void* connection, int descriptor, const std::string& address,
           absl::Duration from_now);
  // Its request has come whole; the answer has to be taken within `from_now`.
  void BeginAnswer(const void* connection, absl::Duration from_now);
  // It is answered; the next request has to come within `from_now`.
  void EndAnswer(const void* connection, absl::Duration from_now);
  void Remove(const void* connection);

  ConnectionCounts Counts() const;

 private:
  struct Entry {
    int descriptor = -1;
    std::string address;
    bool answering = false;
    bool shut = false;
    absl::Duration since;     // on the monotonic clock, as is
    absl::Duration deadline;  // this
  };
  void Run();
  void Move(const void* connection, bool answering, absl::Duration from_now);
  // The address that holds the most connections.
  std::string Largest() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Evict(const std::string& address) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Shut(Entry& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock& clock_;
  const ConnectionLimits limits_;
  mutable Mutex mutex_;
  ConditionVariable wake_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_map<const void*, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, int> held_ ABSL_GUARDED_BY(mutex_);  // not shut, by address
  ConnectionCounts counts_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace takt
