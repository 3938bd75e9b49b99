// From the totals of contributions to values, and from the values of two moments to effects.
//
// The totals are put into a small table of cells, one row for each part, at a minute that the part's
// range covers, and the pages' own arithmetic reads them from there. Which minute is no matter: so the
// totals of one moment may be read at another one, which is how effects are found.
//
// Threads: pure. Cost: O(durations and outcomes) for each part of a formula.
#pragma once

#include <array>
#include <vector>

#include "engine/pipeline/explanation.h"

namespace takt {

struct LeafTotals {
  Int128 total = 0;  // as ExplainedPart::totals
  Int128 count = 0;  // in facts; of ages how many
  std::vector<int64_t> durations;
  std::vector<OutcomeDelta> outcomes;
};

// Fills the columns of both moments, what the parts measure, and all effects.
void EvaluateExplanation(const Definition& definition,
                         const std::array<std::vector<LeafTotals>, 2>& totals,
                         Explanation& explanation);

}  // namespace takt
