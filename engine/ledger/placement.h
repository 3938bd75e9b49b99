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
};

// Places the last change of `list`; all before it are a history in order. `order` gets the places
// of the history's changes as it is afterwards.
Placement Place(const ChangeList& list, const HistoryOrder& history_order,
                std::vector<uint32_t>& order);

}  // namespace takt
