// Where a change belongs in the history of its entity: a set, in order, without duplicates.
//
// Threads: values. Cost: O(changes) comparisons of identity, and of content only between changes of
// one moment.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/model/history.h"

namespace takt {

struct Placement {
  enum class Kind : uint8_t {
    kNew,        // joins the history
    kDuplicate,  // stands there already
    kConflict,   // its identity stands there with a smaller content, which stays
    kReplacing,  // its identity stands there with a larger content, which goes
  };
  Kind kind = Kind::kNew;
  bool last = false;  // kNew: after all others
  // kNew, kReplacing: how many of the others come before it.
  uint32_t at = 0;
  uint32_t replaced = 0;  // kReplacing: the place of the change that goes
};

// Places the last change of `list`; all before it are a history in order.
Placement Place(const ChangeList& list, const HistoryOrder& history_order);

// The places, in a list of `count` changes, of the history's changes as it is afterwards.
void OrderAfter(const Placement& placement, size_t count, std::vector<uint32_t>& order);

}  // namespace takt
