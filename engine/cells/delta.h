// What Fold hands on: signed contributions to cells. A batch is what one worker's facts add to and
// take from the cells since it last published; batches commute, so the view may add those of several
// workers in any order and the sums are exact. A fact taken back is the same delta with its sign
// turned.
//
// Threads: a value, moved from worker to view. Cost: 16 to 32 bytes per delta.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/time/pane.h"

namespace takt {

struct SumDelta {  // kSum and kLevel terms: dated at its minute
  uint32_t row = 0;
  Minute minute = 0;
  int64_t amount = 0;
};

struct DurationDelta {  // kDurations terms
  uint32_t row = 0;
  Minute minute = 0;
  int64_t duration_micros = 0;  // above 0
  int32_t count = 0;            // how many of them, below zero: taken back
};

struct OutcomeDelta {  // kOutcomes terms
  uint32_t row = 0;
  int32_t count = 0;  // how many of them, below zero: taken back
  int64_t time_micros = 0;
  uint64_t entity = 0;  // StableHash of the entity's id: ties of equal times fall by it
  bool success = false;
};

struct DeltaBatch {
  std::vector<SumDelta> sums;
  std::vector<DurationDelta> durations;
  std::vector<OutcomeDelta> outcomes;

  bool empty() const { return sums.empty() && durations.empty() && outcomes.empty(); }
  void clear() {
    sums.clear();
    durations.clear();
    outcomes.clear();
  }
};

}  // namespace takt
