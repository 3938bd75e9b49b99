// What the pipeline asks of a place that events come from. Implemented by connectors/kafka,
// connectors/file and by the tests' in-memory source; all pass one contract suite.
//
// A source has partitions, discovered when it opens or later. It reads all of them (no group, no
// leader), from the positions that the journal holds; a partition without a position starts at its
// beginning. Positions are tied to their topic: a source refuses to go on from a position whose topic
// was recreated or whose record is gone (DataLoss, with the ways out in the text).
//
// Threads: one reader thread calls everything but the constructor. Errors: Poll returns Unavailable
// while the outside is away; the caller goes on calling, the source backs off by itself and recovers by
// itself; DataLoss and FailedPrecondition are final.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/pipeline/record.h"

namespace takt {

// Where reading goes on, and what ties it to its topic.
struct Position {
  std::string topic;
  int32_t partition = 0;
  int64_t next_offset = 0;
  std::string cluster;         // cluster id and topic id where there are such; else empty
  int64_t last_offset = -1;    // of the last record read; -1: none
  uint64_t last_checksum = 0;  // RecordChecksum of that record's key and value
};

struct PartitionState {
  std::string topic;
  int32_t partition = 0;
  int64_t next_offset = 0;
  int64_t end_offset = -1;  // high watermark as last heard; -1 unknown
  // Nothing more can come that was written before now: the end of the partition was reached *and* the
  // last stable offset is the high watermark. A finite source that is read to its end stays so.
  bool idle_by_proof = false;
  bool finished = false;    // a finite source at its end
  bool broker_time = true;  // record times are the broker's own (LogAppendTime), or a file's
};

using RecordCallback = std::function<void(const Record&)>;

class Source {
 public:
  virtual ~Source() = default;
  virtual const std::string& name() const = 0;
  // Called once before the first Poll.
  virtual absl::Status Open(const std::vector<Position>& positions) = 0;
  // Delivers up to `records_max` records, waiting at most `wait` for the first; each by `callback`, on
  // this thread, before Poll returns. OK without a record is no error.
  virtual absl::Status Poll(absl::Duration wait, int records_max,
                            const RecordCallback& callback) = 0;
  virtual std::vector<PartitionState> Partitions() const = 0;
  // What ties the partition's position to its topic, for the journal.
  virtual std::string Cluster() const { return ""; }
};

}  // namespace takt
