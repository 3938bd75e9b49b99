// What terms count of a hot target's linked occurrences (hot_target.h), in the order in which they
// tell whether another one adds a fact: once in a period, or once in a window that follows it.
//
// Of such a term an occurrence changes only what its neighbours leave open:
//
//   once_per   the first in a period counts. Whether one is the first, the one before it tells; which
//              was the first without it, the one after it.
//   recent     the row counts while windows of its occurrences cover a time. All windows are alike, so
//              of those before it the last one reaches furthest, and of those after it none covers
//              more of its window than the next one.
//
// `recent` counts in each row of cells by itself, so there neighbours are those in the same row.
//
// Threads: one owner. Cost: O(log points) each; some 30 bytes per occurrence, term and row.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/functional/function_ref.h"
#include "engine/cells/delta.h"
#include "engine/ledger/linked.h"
#include "engine/model/symbols.h"

namespace takt {

struct CountedPoint {
  uint16_t term = 0;   // place in ObjectPlan::terms
  uint16_t place = 0;  // of the moment, in Term::at
  RowId row = 0;       // of cells, where that matters
  int64_t time = 0;
  HeldKey key;  // whose occurrence it is
};

class CountedIndex {
 public:
  // `symbols` must outlive it.
  explicit CountedIndex(const SymbolTable& symbols) : points_(Order{&symbols}) {}

  void Add(const std::vector<CountedPoint>& points) {
    points_.insert(points.begin(), points.end());
  }
  void Remove(const std::vector<CountedPoint>& points);
  // Visits the last point before `point` and the first one after it that are not of the same key.
  void Neighbours(const CountedPoint& point, absl::FunctionRef<void(const HeldKey&)> visit) const;

  uint64_t MemoryBytes() const { return points_.size() * sizeof(CountedPoint) * 4 / 3; }

 private:
  struct Order {
    const SymbolTable* symbols;
    bool operator()(const CountedPoint& a, const CountedPoint& b) const;
  };
  absl::btree_set<CountedPoint, Order> points_;
};

}  // namespace takt
