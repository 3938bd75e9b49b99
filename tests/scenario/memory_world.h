// The outside of an engine, in memory: a topic that records are put into, the source that reads it, and
// the place of dead letters. They outlive engines, so that an engine can be killed and another one goes
// on where the journal says. Faults are switched on by whoever simulates.
//
// Threads: one.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "engine/model/reason.h"
#include "engine/pipeline/dead_letters.h"
#include "engine/pipeline/source.h"

namespace takt::scenario {

// Partitions of records; a record's offset is its place.
struct MemoryTopic {
  std::string name = "events";
  std::vector<std::vector<std::string>> partitions;

  explicit MemoryTopic(int partition_count) : partitions(partition_count) {}
  // Into the partition of the entity's name.
  void Put(const std::string& entity, std::string record);
};

class MemorySource final : public Source {
 public:
  // `topic` must outlive it. Partitions are read in turn, beginning with `first_partition`.
  MemorySource(const MemoryTopic& topic, int first_partition)
      : topic_(topic), first_partition_(first_partition), next_(topic.partitions.size()) {}

  const std::string& name() const override { return name_; }
  absl::Status Open(const std::vector<Position>& positions) override;
  absl::Status Poll(absl::Duration wait, int records_max, const RecordCallback& callback) override;
  std::vector<PartitionState> Partitions() const override;

  bool away = false;  // polls find nobody
  // Fewer records than asked for come with one poll.
  int records_per_poll_max = 1 << 20;

 private:
  const std::string name_ = "events";
  const MemoryTopic& topic_;
  const int first_partition_;
  std::vector<int64_t> next_;
};

// What was sent, by source coordinates, so that sending again changes nothing.
struct DeadLetterStore {
  std::map<std::tuple<std::string, int32_t, int64_t>, Reason> letters;
  std::map<Reason, uint64_t> Counts() const;
};

// Letters are safe in the store only when they are acknowledged: those under way are lost in a crash.
class MemoryDeadLetters final : public DeadLetters {
 public:
  // `store` must outlive it.
  explicit MemoryDeadLetters(DeadLetterStore& store) : store_(store) {}

  absl::StatusOr<uint64_t> Send(const DeadLetter& letter) override;
  uint64_t AcknowledgedBelow() const override { return acknowledged_; }
  void Poll() override;
  absl::Status Flush(absl::Duration limit) override;

  bool slow = false;  // polls acknowledge nothing
  bool full = false;  // nothing more is taken

 private:
  struct Pending {
    std::tuple<std::string, int32_t, int64_t> coordinates;
    Reason reason;
  };
  void AcknowledgeAll();

  DeadLetterStore& store_;
  std::vector<Pending> pending_;
  uint64_t acknowledged_ = 0;
};

}  // namespace takt::scenario
