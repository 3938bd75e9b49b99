// What changes in the cells when the facts of one term become others: every fact that both have
// stays out, so a change costs cells only what it changes.
//
// Threads: one owner. Cost: O(facts) when they are equal or few; O(n log n) of those that differ.
#pragma once

#include "engine/ledger/facts.h"

namespace takt {

class Difference {
 public:
  // Appends after - before to `deltas`. Both lists may be reordered.
  void Append(FactList& before, FactList& after, DeltaBatch& deltas);

 private:
  DeltaBatch signed_;
};

}  // namespace takt
