#include "connectors/kafka/partition_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace takt {
namespace {

constexpr absl::string_view kWaysOut =
    ". Ways out: give the source the topic that it read before; or stop, move the journal's folder "
    "away and start, which reads what the topic holds now from its beginning (a file source can "
    "bring back what it no longer holds)";

}  // namespace

PartitionReader::PartitionReader(std::string topic, int32_t partition)
    : topic_(std::move(topic)), partition_(partition) {}

void PartitionReader::Resume(const Position& position) {
  if (position.last_offset < 0 && position.next_offset <= 0) return;
  next_offset_ = position.next_offset;
  last_ = {.offset = position.last_offset, .by_checksum = true, .checksum = position.last_checksum};
  comparing_ = position.last_offset >= 0;
}

bool PartitionReader::Recheck() {
  end_reached_ = -1;
  doubt_ = Doubt::kNone;
  comparing_ = last_.offset >= 0;
  return comparing_;
}

int64_t PartitionReader::StartOffset() const {
  if (next_offset_ < 0) return -1;
  return comparing_ ? last_.offset : next_offset_;
}

PartitionReader::Verdict PartitionReader::Hear(const Record& record) {
  if (comparing_ || doubt_ != Doubt::kNone) return Compare(record);
  if (record.offset < next_offset_) return Verdict::kSkip;
  next_offset_ = record.next_offset;
  end_reached_ = -1;
  last_.offset = record.offset;
  last_.by_checksum = false;
  last_.time_micros = record.record_time_micros;
  last_.key_size = record.key.size();
  last_.value_size = record.value.size();
  return Verdict::kDeliver;
}

PartitionReader::Verdict PartitionReader::Compare(const Record& record) {
  if (doubt_ != Doubt::kNone || record.offset < last_.offset) return Verdict::kSkip;
  if (record.offset > last_.offset) {
    doubt_ = Doubt::kLastRecordGone;
    return Verdict::kSkip;
  }
  const bool same = last_.by_checksum ? RecordChecksum(record.key, record.value) == last_.checksum
                                      : record.record_time_micros == last_.time_micros &&
                                            record.key.size() == last_.key_size &&
                                            record.value.size() == last_.value_size;
  if (!same) return Verdict::kAnotherRecord;
  comparing_ = false;
  return Verdict::kSkip;
}

void PartitionReader::HearEnd(int64_t offset) {
  if (doubt_ != Doubt::kNone) return;
  if (offset < next_offset_) {
    doubt_ = Doubt::kOutOfRange;
  } else if (comparing_) {
    doubt_ = Doubt::kLastRecordGone;
  } else {
    next_offset_ = offset;
    end_reached_ = offset;
  }
}

absl::Status PartitionReader::Judge(const OffsetRange& range) {
  if (EndsEarly(range)) {
    return Lost(absl::StrCat("the partition ends at offset ", range.high,
                             ": it was cut off, or the topic was deleted and made again"));
  }
  if (next_offset_ >= 0 && next_offset_ < range.low) {
    return Lost(absl::StrCat("the partition begins at offset ", range.low,
                             ": retention removed records that were not read yet"));
  }
  // Only what was read is gone, so nothing is missing; and a topic made again would begin at 0.
  doubt_ = Doubt::kNone;
  comparing_ = comparing_ && last_.offset >= range.low;
  return absl::OkStatus();
}

absl::Status PartitionReader::JudgeGoneRecord(bool compacted) {
  if (!compacted) {
    return Lost(absl::StrCat("the record at offset ", last_.offset,
                             ", the last one read, is not there, and the topic is not compacted: "
                             "it was deleted and made again"));
  }
  doubt_ = Doubt::kNone;
  comparing_ = false;
  return absl::OkStatus();
}

absl::Status PartitionReader::AnotherRecord() const {
  return Lost(absl::StrCat("the record at offset ", last_.offset,
                           ", the last one read, is another one now: the topic was deleted and "
                           "made again"));
}

absl::Status PartitionReader::Lost(absl::string_view what) const {
  return absl::DataLossError(absl::StrCat("topic '", topic_, "' partition ", partition_,
                                          " cannot be read on from offset ", next_offset(), ": ",
                                          what, kWaysOut));
}

}  // namespace takt
