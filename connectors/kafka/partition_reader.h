// Where one partition is read, and whether what comes is the continuation of what was read before.
//
// Offsets alone do not tell: a topic that was deleted and made again has the same offsets with other
// records. So reading goes on not at the next record but at the last one read, which is heard again
// and compared. What can come of it:
//
//   the same record              go on after it
//   another record there         DataLoss: made again
//   none there, later ones are   doubt: compaction may have removed it; the topic's policy decides
//   the end comes before it      doubt: the range that the topic holds decides (Judge)
//   out of range                 the same
//
// A new leader may for a moment not know how far its followers are and tell an end that is too early;
// so the caller believes an end before our position only when it stays (EndsEarly).
//
// While this process runs the last record is known by its time and sizes, which costs nothing per
// record; across processes by the checksum in its Position.
//
// Threads: the reader's. A regular value. Cost of Hear: some nanoseconds while nothing is in doubt.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "engine/pipeline/record.h"
#include "engine/pipeline/source.h"

namespace takt {

// The records that a partition holds: [low, high).
struct OffsetRange {
  int64_t low = 0;
  int64_t high = 0;
};

class PartitionReader {
 public:
  enum class Verdict : uint8_t { kDeliver, kSkip, kAnotherRecord };
  enum class Doubt : uint8_t { kNone, kLastRecordGone, kOutOfRange };

  PartitionReader(std::string topic, int32_t partition);

  // Goes on from where an earlier process came to.
  void Resume(const Position& position);
  // Goes on from where this process came to, comparing again. False when nothing was read yet, so
  // that there is nothing to compare.
  bool Recheck();

  // Where to start fetching; -1 for the beginning of the partition.
  int64_t StartOffset() const;

  // Judges a record that came. kDeliver takes it as read.
  Verdict Hear(const Record& record);
  void HearEnd(int64_t offset);
  void HearOutOfRange() { doubt_ = Doubt::kOutOfRange; }

  bool EndsEarly(const OffsetRange& range) const { return next_offset_ > range.high; }
  // Resolve a doubt: OK to go on from StartOffset(), or DataLoss.
  absl::Status Judge(const OffsetRange& range);
  absl::Status JudgeGoneRecord(bool compacted);
  // Says that the record at last_offset is another one.
  absl::Status AnotherRecord() const;

  const std::string& topic() const { return topic_; }
  int32_t partition() const { return partition_; }
  int64_t next_offset() const { return next_offset_ < 0 ? 0 : next_offset_; }
  Doubt doubt() const { return doubt_; }
  // Offset of the end that was reached and not left since; -1: none.
  int64_t end_reached() const { return end_reached_; }

 private:
  struct LastRecord {
    int64_t offset = -1;
    bool by_checksum = false;
    uint64_t checksum = 0;
    int64_t time_micros = 0;
    size_t key_size = 0;
    size_t value_size = 0;
  };

  Verdict Compare(const Record& record);
  absl::Status Lost(absl::string_view what) const;

  std::string topic_;
  int32_t partition_;
  int64_t next_offset_ = -1;  // -1: nothing read, from the beginning
  LastRecord last_;
  bool comparing_ = false;
  Doubt doubt_ = Doubt::kNone;
  int64_t end_reached_ = -1;
};

}  // namespace takt
