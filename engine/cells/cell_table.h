// The cells: for every row, integer sums of facts by pane, as sparse ordered panes on two grids
// (minutes, and local days that add up their minutes). A cache of the histories: any sequence of
// batches that comes from the same histories gives the same table, byte for byte in its encoding, and
// what was added and taken back leaves nothing behind.
//
// Three kinds of row, fixed by the definition: sums (additive or running), durations (exact sum and
// count, and log buckets for quantiles), outcomes (an ordered sequence).
//
// Threads: one owner; const methods may run beside each other. Bounds: sums are 128 bits wide. Cost:
// a delta O(log panes of the row); Sum over n days O(n) small steps plus the minutes of the two edge
// days; Level walks from the nearer end; Last(n) O(n).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/cells/delta.h"
#include "engine/time/calendar.h"
#include "engine/time/pane.h"

namespace takt {

using Int128 = __int128;

struct DurationSummary {
  int64_t count = 0;
  Int128 sum_micros = 0;
  // Quantile by log buckets, seconds; relative error at most 1 %; NaN when empty. q in [0, 1]: the
  // value of rank ceil(q * count) (at least 1) in ascending order, "nearest rank".
  double Quantile(double q) const;
  std::vector<std::pair<int32_t, int64_t>> buckets;  // (bucket, count), ascending, counts above 0
};

struct OutcomeCount {
  int64_t count = 0;
  int64_t successes = 0;
};

struct Outcome {
  int64_t time_micros = 0;
  bool success = false;
};

class CellTable {
 public:
  // `calendar` must outlive the table.
  CellTable(const Calendar& calendar, uint32_t row_count);
  ~CellTable();
  CellTable(CellTable&&) noexcept;
  CellTable& operator=(CellTable&&) noexcept;

  void Add(const DeltaBatch& batch);

  // Sum of the row's facts in [range.begin, range.end). kMinuteMin begins at the beginning: with it, a
  // level at `end`.
  Int128 Sum(uint32_t row, MinuteRange range) const;
  DurationSummary Durations(uint32_t row, MinuteRange range) const;
  // The last `n` outcomes before minute `end`.
  OutcomeCount Last(uint32_t row, int64_t n, Minute end) const;
  // The outcomes in `range`, at most the last `n` of them, in order of (time, entity, success). O(n).
  std::vector<Outcome> Outcomes(uint32_t row, MinuteRange range, int64_t n) const;

  // Canonical encoding of all rows that hold anything: equal tables give equal bytes.
  std::string Encode() const;
  // Rows that differ from `other`'s, for the audit.
  uint64_t CountDivergentRows(const CellTable& other) const;
  uint64_t MemoryBytes() const;  // O(rows that have held a fact)

 private:
  struct Rows;
  std::unique_ptr<Rows> rows_;
};

}  // namespace takt
