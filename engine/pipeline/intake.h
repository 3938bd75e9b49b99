// Decode, Map and Check of one record: its changes, encoded once, in the batches of the workers that
// own their entities; or why it does not count. A record is taken whole or not at all.
//
//   the header takt-too-large    dead letter too_large (the source hands out the beginning only)
//   no value (a tombstone)       by the source's policy: ignored and counted, or dead letter empty_value
//   an empty value               dead letter empty_value
//   decoded to no change at all  filtered
//
// Threads: one reader thread. `definition` and `decoder` must outlive it. Cost: no allocation in steady
// state beside what a rejection says.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/definition/definition.h"
#include "engine/journal/coordinates.h"
#include "engine/model/change_codec.h"
#include "engine/pipeline/check.h"
#include "engine/pipeline/decoder.h"
#include "engine/pipeline/flow.h"
#include "engine/settings/settings.h"

namespace takt {

struct Admitted {
  uint32_t change_count = 0;
  EventTime latest_event;
};

using Taken = std::variant<Admitted, Filtered, Rejection>;

class Intake {
 public:
  Intake(const Definition& definition, const SourceSettings& settings, Decoder& decoder,
         int workers);

  // `partition`: the reader's number for the record's partition.
  Taken Take(const Record& record, absl::Time wall_clock, uint32_t partition = 0);

  // Of the record that was last admitted; they end with it.
  absl::Span<const Change> LastChanges() const {
    return absl::MakeConstSpan(checked_).first(raw_.size());
  }

  // Where the changes of the batches were read (journal/coordinates.h), of all workers in their order,
  // and the partitions that they speak of. The caller takes both with the batches.
  struct ReadFrom {
    std::vector<uint32_t> partitions;  // the reader's numbers
    std::vector<CoordinatesWriter> by_worker;
    void clear();
  };
  ReadFrom& read_from() { return read_from_; }

  // What was admitted since the caller last took it, by worker. The caller takes and clears.
  std::vector<ChangeBatch>& batches();

 private:
  std::optional<Rejection> CheckAll(const Record& record, absl::Time wall_clock);
  Admitted EncodeAll(const Record& record, uint32_t partition);

  const Checker checker_;
  const TombstonePolicy tombstones_;
  Decoder& decoder_;
  RawChanges raw_;               // these two are reused from record to record
  std::vector<Change> checked_;  // the first raw_.size() count
  std::vector<ChangeBatch> batches_;
  std::vector<ChangeAppender> appenders_;  // of each batch
  ReadFrom read_from_;
  uint32_t last_place_ = 0;  // in read_from_.partitions, of the last record
};

}  // namespace takt
