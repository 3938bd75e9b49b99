// Adds up sums of one row and minute before they are handed on: most changes of a moment touch the same
// few panes (the company's this minute), so a hundred deltas become one, and cells are found once for
// them all.
//
// A table of one entry a slot: a delta of another pane sends out what stands there. So its size is
// fixed, and what goes out is the same sum in fewer or equally many parts.
//
// Threads: one owner. Memory: 16 KiB. Cost: about 2 ns a delta.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "engine/cells/delta.h"

namespace takt {

class SumCombiner {
 public:
  SumCombiner() : slots_(kSlots) {}

  // Takes `deltas` in; those that had to make room are appended to `out`.
  void Add(absl::Span<const SumDelta> deltas, std::vector<SumDelta>& out);
  // Appends all that it holds to `out`, and holds nothing.
  void Flush(std::vector<SumDelta>& out);

  bool empty() const { return used_.empty(); }
  size_t size() const { return used_.size(); }  // at least as many as are held

 private:
  static constexpr size_t kSlots = 1024;

  std::vector<SumDelta> slots_;  // amount 0: free
  std::vector<uint16_t> used_;   // slots that hold or held something, some twice
};

}  // namespace takt
