#include "engine/pipeline/partition.h"

#include "engine/base/bytes.h"

namespace takt {

Partition::Partition(const std::string& source, const std::string& topic, int32_t partition) {
  numbers.source = source;
  numbers.topic = topic;
  numbers.partition = partition;
}

Partition Partition::At(const JournalPosition& position) {
  Partition partition(position.source, position.topic, position.partition);
  partition.here_ = {position.next_offset, position.last_offset, position.last_checksum};
  partition.numbers.next_offset = position.next_offset;
  partition.numbers.final_offset = position.next_offset;
  return partition;
}

void Partition::Passed(const Record& record) {
  here_.next_offset = record.next_offset;
  here_.last_offset = record.offset;
  checksum_is_due_ = true;
  key_size_ = record.key.size();
  value_size_ = record.value.size();
  if (last_.size() < key_size_ + value_size_) last_.resize(key_size_ + value_size_);
  CopyText(record.key.data(), key_size_, last_.data());
  CopyText(record.value.data(), value_size_, last_.data() + key_size_);
  numbers.next_offset = record.next_offset;
}

const Partition::Mark& Partition::Here() {
  if (checksum_is_due_) {
    const absl::string_view last = last_;
    here_.last_checksum =
        RecordChecksum(last.substr(0, key_size_), last.substr(key_size_, value_size_));
    checksum_is_due_ = false;
  }
  return here_;
}

void Partition::LetterPending() { letters_.push_back({Here(), std::nullopt}); }

void Partition::LetterTaken(uint64_t ticket) { letters_[letters_taken_++].ticket = ticket; }

void Partition::Settle(uint64_t acknowledged_below) {
  while (letters_taken_ > 0 && *letters_.front().ticket < acknowledged_below) {
    letters_.pop_front();
    --letters_taken_;
  }
}

bool Partition::HasNewFinal() const {
  const int64_t next = letters_.empty() ? here_.next_offset : letters_.front().before.next_offset;
  // A partition of which nothing was read has no position worth keeping.
  return next != numbers.final_offset && (next != 0 || here_.last_offset >= 0);
}

JournalPosition Partition::Final(const std::string& cluster) {
  const Mark& mark = letters_.empty() ? Here() : letters_.front().before;
  JournalPosition position;
  position.source = numbers.source;
  position.topic = numbers.topic;
  position.partition = numbers.partition;
  position.cluster = cluster;
  position.next_offset = mark.next_offset;
  position.last_offset = mark.last_offset;
  position.last_checksum = mark.last_checksum;
  return position;
}

}  // namespace takt
