#include "connectors/http/deadlines.h"

#include <sys/socket.h>

namespace takt {

Deadlines::Deadlines(const Clock& clock) : clock_(clock), thread_([this] { Run(); }) {}

Deadlines::~Deadlines() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    wake_.NotifyAll();
  }
  thread_.join();
}

void Deadlines::Add(const void* connection, int descriptor, absl::Duration from_now) {
  const MutexLock lock(mutex_);
  entries_[connection] = {descriptor, clock_.Monotonic() + from_now};
}

void Deadlines::Renew(const void* connection, absl::Duration from_now) {
  const MutexLock lock(mutex_);
  const auto found = entries_.find(connection);
  if (found != entries_.end()) found->second.deadline = clock_.Monotonic() + from_now;
}

void Deadlines::Remove(const void* connection) {
  const MutexLock lock(mutex_);
  entries_.erase(connection);
}

void Deadlines::Run() {
  const MutexLock lock(mutex_);
  while (!stopping_) {
    const absl::Duration now = clock_.Monotonic();
    for (const auto& [connection, entry] : entries_) {
      if (entry.deadline < now) shutdown(entry.descriptor, SHUT_RDWR);
    }
    wake_.WaitFor(mutex_, absl::Seconds(1));
  }
}

}  // namespace takt
