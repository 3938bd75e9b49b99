// The facts of one entity, as the parts of a value take them: what of them lies in a part's row and
// ranges of minutes.
//
// Threads: values. Cost: facts x parts.
#pragma once

#include <vector>

#include "engine/ledger/contributions.h"
#include "engine/ledger/facts.h"

namespace takt {

// What an entity's facts are in one part.
struct PartFacts {
  std::array<int64_t, 2> amounts{};
  std::array<int64_t, 2> starts{};
  Minute dated = kMinuteMin;
  std::vector<SumDelta> sums;  // of a term at moments, those in a range
  std::vector<DurationDelta> durations;
  std::vector<OutcomeDelta> outcomes;

  void clear();
  bool empty() const;
  // Whether the same is contributed, by facts of the same dates; of levels by whatever facts.
  bool SameAs(const PartFacts& other) const;
};

// Fills `found` with what of `facts` belongs to `part`, a part of a term of kind `kind`.
void ReadPart(const FactList& facts, const WantedPart& part, TermKind kind, PartFacts& found);

}  // namespace takt
