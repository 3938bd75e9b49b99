#include "tests/scenario/memory_world.h"

#include <algorithm>

#include "engine/base/hash.h"

namespace takt::scenario {

void MemoryTopic::Put(const std::string& entity, std::string record) {
  partitions[StableHash(entity) % partitions.size()].push_back(std::move(record));
}

absl::Status MemorySource::Open(const std::vector<Position>& positions) {
  for (const Position& position : positions) {
    if (position.topic == topic_.name) next_[position.partition] = position.next_offset;
  }
  return absl::OkStatus();
}

absl::Status MemorySource::Poll(absl::Duration /*wait*/, int records_max,
                                const RecordCallback& callback) {
  if (away) return absl::UnavailableError("the source is away");
  int left = std::min(records_max, records_per_poll_max);
  const size_t count = topic_.partitions.size();
  for (size_t i = 0; i < count && left > 0; ++i) {
    const size_t partition = (first_partition_ + i) % count;
    const std::vector<std::string>& records = topic_.partitions[partition];
    for (int64_t& next = next_[partition]; left > 0 && next < static_cast<int64_t>(records.size());
         --left) {
      const int64_t offset = next++;
      callback({.topic = topic_.name,
                .partition = static_cast<int32_t>(partition),
                .offset = offset,
                .next_offset = offset + 1,
                .has_value = true,
                .value = records[offset]});
    }
  }
  return absl::OkStatus();
}

std::vector<PartitionState> MemorySource::Partitions() const {
  std::vector<PartitionState> states;
  for (size_t i = 0; i < next_.size(); ++i) {
    const auto end = static_cast<int64_t>(topic_.partitions[i].size());
    states.push_back({.topic = topic_.name,
                      .partition = static_cast<int32_t>(i),
                      .next_offset = next_[i],
                      .end_offset = end,
                      .idle_by_proof = next_[i] == end});
  }
  return states;
}

std::map<Reason, uint64_t> DeadLetterStore::Counts() const {
  std::map<Reason, uint64_t> counts;
  for (const auto& [coordinates, reason] : letters) ++counts[reason];
  return counts;
}

absl::StatusOr<uint64_t> MemoryDeadLetters::Send(const DeadLetter& letter) {
  if (full) return absl::ResourceExhaustedError("no room for dead letters");
  pending_.push_back({.coordinates = {std::string(letter.record.topic), letter.record.partition,
                                      letter.record.offset},
                      .reason = letter.rejection.reason});
  return acknowledged_ + pending_.size() - 1;
}

void MemoryDeadLetters::AcknowledgeAll() {
  for (const Pending& letter : pending_) store_.letters[letter.coordinates] = letter.reason;
  acknowledged_ += pending_.size();
  pending_.clear();
}

void MemoryDeadLetters::Poll() {
  if (!slow) AcknowledgeAll();
}

absl::Status MemoryDeadLetters::Flush(absl::Duration /*limit*/) {
  if (slow) return absl::DeadlineExceededError("dead letters are slow");
  AcknowledgeAll();
  return absl::OkStatus();
}

}  // namespace takt::scenario
