// One row of durations: their exact sum by minute (a SumRow of microseconds), and how many fell into
// each log bucket, by minute and added up by local day.
//
// Threads: one owner; const methods may run beside each other. Cost: Add O(log days + log facts of the
// day); Summary O(distinct buckets of the days) plus the facts of the two edge days.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "engine/base/bytes.h"
#include "engine/cells/cell_table.h"
#include "engine/cells/pane_site.h"
#include "engine/cells/sum_row.h"

namespace takt {

class DurationRow {
 public:
  // `duration_micros` above 0.
  void Add(PaneSite site, int64_t duration_micros, int32_t count);

  DurationSummary Summary(PaneSite begin, PaneSite end) const;

  bool empty() const { return sums_.empty() && days_.empty(); }
  void Encode(ByteWriter& writer) const;
  uint64_t MemoryBytes() const;

 private:
  struct Fact {  // of one minute and bucket
    uint16_t offset = 0;
    uint16_t bucket = 0;
    int32_t count = 0;
  };
  struct BucketCount {
    int32_t bucket = 0;
    int32_t count = 0;
  };
  struct DayFacts {
    Day day = 0;
    absl::InlinedVector<Fact, 2> facts;           // by (offset, bucket)
    absl::InlinedVector<BucketCount, 2> buckets;  // of the whole day, by bucket
  };

  size_t LowerBound(Day day) const;
  static uint64_t HeapBytes(const DayFacts& day);

  SumRow sums_;
  std::vector<DayFacts> days_;
  uint64_t fact_bytes_ = 0;  // that the days' lists take on the heap
};

}  // namespace takt
