// A Bernoulli CUSUM over outcomes in order of time (engine/definition/cusum_design.h has its design).
//
// The score starts at 0 with the first outcome of the window. An alarm begins with the outcome that
// brings the score to the threshold, and ends with one by which the latest outcomes are as good as usual
// again; then the score starts anew, so that a second alarm needs evidence of its own.
//
// Threads: pure. Cost: O(outcomes).
#pragma once

#include <cstddef>
#include <vector>

#include "engine/definition/cusum_design.h"

namespace takt {

struct CusumOutcome {
  bool wanted = false;
  size_t latest_begin = 0;  // place of the first of the latest outcomes, up to this one
};

struct CusumRun {
  std::vector<CusumOutcome>
      outcomes;             // may begin before the window, for those that were latest then
  size_t window_begin = 0;  // place of the first outcome of the window
};

struct CusumState {
  double score = 0;
  bool alarm = false;
};

// With an undefined (NaN) threshold there is no alarm.
CusumState RunCusum(const CusumRun& run, const CusumSteps& steps, double usual, double threshold);

}  // namespace takt
