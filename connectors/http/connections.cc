#include "connectors/http/connections.h"

#include <sys/socket.h>

#include <tuple>

namespace takt {

Connections::Connections(const Clock& clock, const ConnectionLimits& limits)
    : clock_(clock), limits_(limits), thread_([this] { Run(); }) {}

Connections::~Connections() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    wake_.NotifyAll();
  }
  thread_.join();
}

void Connections::Add(const void* connection, int descriptor, const std::string& address,
                      absl::Duration from_now) {
  const absl::Duration now = clock_.Monotonic();
  const MutexLock lock(mutex_);
  if (held_[address] >= limits_.per_address) {
    Evict(address);
  } else if (counts_.open >= static_cast<uint64_t>(limits_.all)) {
    Evict(Largest());
  }
  entries_[connection] = {descriptor, address, false, false, now, now + from_now};
  ++held_[address];
  ++counts_.open;
  ++counts_.opened;
}

void Connections::Move(const void* connection, bool answering, absl::Duration from_now) {
  const absl::Duration now = clock_.Monotonic();
  const MutexLock lock(mutex_);
  const auto found = entries_.find(connection);
  if (found == entries_.end()) return;
  found->second.answering = answering;
  found->second.since = now;
  found->second.deadline = now + from_now;
}

void Connections::BeginAnswer(const void* connection, absl::Duration from_now) {
  Move(connection, true, from_now);
}

void Connections::EndAnswer(const void* connection, absl::Duration from_now) {
  Move(connection, false, from_now);
}

void Connections::Remove(const void* connection) {
  const MutexLock lock(mutex_);
  const auto found = entries_.find(connection);
  if (found == entries_.end()) return;
  if (!found->second.shut) {
    --counts_.open;
    const auto held = held_.find(found->second.address);
    if (--held->second == 0) held_.erase(held);
  }
  entries_.erase(found);
}

ConnectionCounts Connections::Counts() const {
  const MutexLock lock(mutex_);
  return counts_;
}

std::string Connections::Largest() const {
  std::string address;
  int most = 0;
  for (const auto& [name, count] : held_) {
    if (count > most) std::tie(address, most) = std::tie(name, count);
  }
  return address;
}

void Connections::Evict(const std::string& address) {
  Entry* oldest = nullptr;
  for (auto& [connection, entry] : entries_) {
    if (entry.shut || entry.address != address) continue;
    if (oldest == nullptr ||
        std::tie(entry.answering, entry.since) < std::tie(oldest->answering, oldest->since)) {
      oldest = &entry;
    }
  }
  if (oldest == nullptr) return;
  Shut(*oldest);
  ++counts_.evicted;
}

void Connections::Shut(Entry& entry) {
  shutdown(entry.descriptor, SHUT_RDWR);
  entry.shut = true;
  --counts_.open;
  const auto held = held_.find(entry.address);
  if (--held->second == 0) held_.erase(held);
}

void Connections::Run() {
  const MutexLock lock(mutex_);
  while (!stopping_) {
    const absl::Duration now = clock_.Monotonic();
    for (auto& [connection, entry] : entries_) {
      if (entry.shut || entry.deadline >= now) continue;
      Shut(entry);
      ++counts_.overdue;
    }
    wake_.WaitFor(mutex_, absl::Seconds(1));
  }
}

}  // namespace takt
