// A Source whose outside is memory: partitions that a test appends to, makes again, cuts off, takes
// away and gives back. It passes the contract suite, so what it does real sources do too.
//
//   InMemoryTopic topic("deals", /*partitions=*/2);
//   topic.Append(0, {.value = "{...}"});
//   InMemorySource source("crm", topic);
//
// Threads: a topic may be changed by one thread while another polls; a source as Source.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/mutex.h"
#include "engine/pipeline/source.h"

namespace takt {

struct InMemoryRecord {
  std::optional<std::string> key = std::nullopt;
  std::optional<std::string> value = std::nullopt;  // none: a tombstone
  int64_t time_micros = 0;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

class InMemoryTopic {
 public:
  InMemoryTopic(std::string name, int partitions)
      : name_(std::move(name)), partitions_(static_cast<size_t>(partitions)) {}

  const std::string& name() const { return name_; }

  void Append(int partition, InMemoryRecord record) {
    MutexLock lock(mutex_);
    partitions_[static_cast<size_t>(partition)].records.push_back(std::move(record));
    arrived_.NotifyAll();
  }
  void AddPartition() {
    MutexLock lock(mutex_);
    partitions_.emplace_back();
  }
  // All partitions are empty again, from offset 0, as of a topic that was deleted and made again.
  void Recreate() {
    MutexLock lock(mutex_);
    for (Partition& partition : partitions_) partition = {};
  }
  // As retention does.
  void RemoveBelow(int partition, int64_t offset) {
    MutexLock lock(mutex_);
    Partition& each = partitions_[static_cast<size_t>(partition)];
    each.records.erase(each.records.begin(), each.records.begin() + (offset - each.low));
    each.low = offset;
  }
  void SetAway(bool away) {
    MutexLock lock(mutex_);
    away_ = away;
  }
  // Nothing will be appended any more.
  void Finish() {
    MutexLock lock(mutex_);
    finished_ = true;
  }

 private:
  friend class InMemorySource;
  struct Partition {
    int64_t low = 0;
    std::vector<InMemoryRecord> records;
    int64_t high() const { return low + static_cast<int64_t>(records.size()); }
  };

  const std::string name_;
  mutable Mutex mutex_;
  ConditionVariable arrived_;
  std::vector<Partition> partitions_ ABSL_GUARDED_BY(mutex_);
  bool away_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

class InMemorySource final : public Source {
 public:
  InMemorySource(std::string name, InMemoryTopic& topic) : name_(std::move(name)), topic_(topic) {}

  const std::string& name() const override { return name_; }
  std::string Cluster() const override { return "memory"; }

  absl::Status Open(const std::vector<Position>& positions) override {
    for (const Position& position : positions) {
      if (position.topic == topic_.name_) positions_[position.partition] = position;
    }
    opened_ = true;
    return absl::OkStatus();
  }

  absl::Status Poll(absl::Duration wait, int records_max, const RecordCallback& callback) override {
    if (!opened_) return absl::FailedPreconditionError("the source is not open");
    if (!final_.ok()) return final_;
    std::vector<Delivery> deliveries;
    {
      MutexLock lock(topic_.mutex_);
      final_ = Take(records_max, deliveries);
      if (final_.ok() && deliveries.empty() && wait > absl::ZeroDuration() && !topic_.away_) {
        topic_.arrived_.WaitFor(topic_.mutex_, wait);
        final_ = Take(records_max, deliveries);
      }
      if (!final_.ok()) return final_;
      if (topic_.away_) return absl::UnavailableError("the memory is away");
    }
    // The topic may be appended to by the callback.
    for (const Delivery& delivery : deliveries) callback(delivery.Show(topic_.name_));
    return absl::OkStatus();
  }

  std::vector<PartitionState> Partitions() const override {
    MutexLock lock(topic_.mutex_);
    std::vector<PartitionState> states;
    for (size_t i = 0; i < next_.size(); ++i) {
      const int64_t high = topic_.partitions_[i].high();
      const bool at_end = next_[i] == high && !topic_.away_ && final_.ok();
      states.push_back({.topic = topic_.name_,
                        .partition = static_cast<int32_t>(i),
                        .next_offset = next_[i],
                        .end_offset = high,
                        .idle_by_proof = at_end,
                        .finished = at_end && topic_.finished_});
    }
    return states;
  }

 private:
  struct Delivery {
    int32_t partition;
    int64_t offset;
    InMemoryRecord record;

    Record Show(absl::string_view topic) const {
      Record shown;
      shown.topic = topic;
      shown.partition = partition;
      shown.offset = offset;
      shown.next_offset = offset + 1;
      shown.record_time_micros = record.time_micros;
      shown.has_key = record.key.has_value();
      shown.has_value = record.value.has_value();
      if (shown.has_key) shown.key = *record.key;
      if (shown.has_value) shown.value = *record.value;
      for (const auto& [header, content] : record.headers) {
        shown.headers.emplace_back(header, content);
      }
      return shown;
    }
  };

  absl::Status Take(int records_max, std::vector<Delivery>& deliveries)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(topic_.mutex_) {
    if (topic_.away_) return absl::OkStatus();
    while (next_.size() < topic_.partitions_.size()) {
      const auto partition = static_cast<int32_t>(next_.size());
      next_.push_back(topic_.partitions_[next_.size()].low);
      const auto position = positions_.find(partition);
      if (position == positions_.end()) continue;
      const absl::Status same = Compare(position->second);
      if (!same.ok()) return same;
      next_.back() = position->second.next_offset;
    }
    for (size_t i = 0; i < next_.size(); ++i) {
      const InMemoryTopic::Partition& partition = topic_.partitions_[i];
      if (next_[i] < partition.low || next_[i] > partition.high()) return Lost(i);
      while (next_[i] < partition.high() && static_cast<int>(deliveries.size()) < records_max) {
        deliveries.push_back({static_cast<int32_t>(i), next_[i],
                              partition.records[static_cast<size_t>(next_[i] - partition.low)]});
        ++next_[i];
      }
    }
    return absl::OkStatus();
  }

  absl::Status Compare(const Position& position) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(topic_.mutex_) {
    const auto index = static_cast<size_t>(position.partition);
    const InMemoryTopic::Partition& partition = topic_.partitions_[index];
    if (position.next_offset < partition.low || position.next_offset > partition.high()) {
      return Lost(index);
    }
    if (position.last_offset < partition.low) return absl::OkStatus();
    const InMemoryRecord& last =
        partition.records[static_cast<size_t>(position.last_offset - partition.low)];
    if (RecordChecksum(last.key.value_or(""), last.value.value_or("")) == position.last_checksum) {
      return absl::OkStatus();
    }
    return Lost(index);
  }

  absl::Status Lost(size_t partition) const {
    return absl::DataLossError(
        absl::StrCat("partition ", partition, " of ", topic_.name_, " was made again or cut off"));
  }

  const std::string name_;
  InMemoryTopic& topic_;
  bool opened_ = false;
  absl::Status final_;
  std::map<int32_t, Position> positions_;
  std::vector<int64_t> next_;
};

}  // namespace takt
