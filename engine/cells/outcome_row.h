// One row of outcomes, in order of (time, entity, success), so that "the last n" is exact under late
// arrivals and retractions and does not depend on the order of arrival.
//
// Threads: one owner; const methods may run beside each other. Cost: Add O(log outcomes), Last O(n).
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "absl/container/btree_map.h"
#include "engine/base/bytes.h"
#include "engine/cells/cell_table.h"
#include "engine/cells/delta.h"

namespace takt {

class OutcomeRow {
 public:
  void Add(const OutcomeDelta& delta);

  // Of the last `n` outcomes earlier than `end_micros`.
  OutcomeCount Last(int64_t n, int64_t end_micros) const;
  // The last `n` of those with begin_micros <= time < end_micros, in order.
  std::vector<Outcome> Between(int64_t begin_micros, int64_t end_micros, int64_t n) const;

  bool empty() const { return outcomes_.empty(); }
  void Encode(ByteWriter& writer) const;
  uint64_t MemoryBytes() const;

 private:
  struct Key {
    int64_t time_micros = 0;
    uint64_t entity = 0;
    bool success = false;
    friend auto operator<=>(const Key&, const Key&) = default;
  };

  absl::btree_map<Key, int32_t> outcomes_;
};

}  // namespace takt
