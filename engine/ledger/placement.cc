#include "engine/ledger/placement.h"

#include <algorithm>
#include <numeric>

namespace takt {
namespace {

// The change of the history that has the identity of `added`; -1: none.
int FindSame(const ChangeList& list, const HistoryOrder& history_order, const StoredChange& added) {
  const int count = static_cast<int>(list.changes.size()) - 1;
  for (int i = count - 1; i >= 0; --i) {
    const StoredChange& change = list.changes[i];
    if (change.identity != added.identity) continue;
    if (added.identity != 0 || history_order.SameContent(change, added)) return i;
  }
  return -1;
}

}  // namespace

Placement Place(const ChangeList& list, const HistoryOrder& history_order) {
  const uint32_t place = static_cast<uint32_t>(list.changes.size()) - 1;
  const StoredChange& added = list.changes[place];
  Placement placement;
  const int same = FindSame(list, history_order, added);
  if (same >= 0) {
    const int compared = history_order.Compare(added, list.changes[same]);
    if (compared == 0) return {Placement::Kind::kDuplicate};
    if (compared > 0) return {Placement::Kind::kConflict};
    placement.kind = Placement::Kind::kReplacing;
    placement.replaced = static_cast<uint32_t>(same);
  }
  uint32_t at = place;
  while (at > 0 && history_order.Compare(added, list.changes[at - 1]) < 0) --at;
  placement.last = at == place;
  placement.at = at;
  return placement;
}

void OrderAfter(const Placement& placement, size_t count, std::vector<uint32_t>& order) {
  order.resize(count);
  std::iota(order.begin(), order.end(), 0);
  const auto at = order.begin() + placement.at;
  std::rotate(at, order.end() - 1, order.end());
  if (placement.kind != Placement::Kind::kReplacing) return;
  order.erase(std::find(order.begin(), order.end(), placement.replaced));
}

}  // namespace takt
