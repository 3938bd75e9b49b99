// One row of sums: facts added up by minute and by local day.
//
// Days are parallel sorted columns, so a window of n days is a loop over n neighbouring integers. The
// minutes of a day are packed into eight bytes each, 11 bits of place and 53 of amount, because there
// are very many of them and nearly all hold a small number; 53 bits also hold an instant in
// microseconds, of which the sums for ages are made. What does not fit goes into a carry of the minute,
// in units of 2^53: amount = low + carry * 2^53, with low in [-2^52, 2^52). That split is unique, so
// equal sums have equal bytes, and no sum is ever cut.
//
// A pane that has come back to zero is removed.
//
// Threads: one owner; const methods may run beside each other. Cost: Add O(log days + log minutes of
// the day), and a move of what lies behind when a pane appears or goes.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/inlined_vector.h"
#include "engine/base/bytes.h"
#include "engine/cells/cell_table.h"
#include "engine/cells/pane_site.h"

namespace takt {

class SumRow {
 public:
  void Add(PaneSite site, Int128 amount);

  // Sum of the facts at sites in [begin, end); 0 when begin >= end.
  Int128 Sum(PaneSite begin, PaneSite end) const;
  // Sum of all facts before `end`, walking from the nearer end.
  Int128 Before(PaneSite end) const;

  bool empty() const { return days_.empty() && carries_ == nullptr; }
  void Encode(ByteWriter& writer) const;
  uint64_t MemoryBytes() const;

 private:
  using Minutes = absl::InlinedVector<uint64_t, 2>;
  using Carries = absl::btree_map<PaneSite, Int128>;

  size_t LowerBound(Day day) const;
  size_t FindOrInsert(Day day);
  void AddToMinute(size_t at, PaneSite site, Int128 amount);
  void AddCarry(PaneSite site, Int128 carry);
  Int128 DayUntil(size_t at, PaneSite end) const;
  void EraseDay(size_t at);

  Int128 total_ = 0;
  std::vector<Day> days_;
  std::vector<Int128> totals_;
  std::vector<Minutes> minutes_;
  std::unique_ptr<Carries> carries_;
  uint64_t minute_bytes_ = 0;  // that minutes take on the heap
};

void EncodeInt128(Int128 value, ByteWriter& writer);

}  // namespace takt
