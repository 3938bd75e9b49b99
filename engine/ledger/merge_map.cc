#include "engine/ledger/merge_map.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "engine/ledger/dimension_tables.h"

namespace takt {

int64_t MergeMap::TargetOf(ObjectId object, Symbol loser) const {
  const auto found = targets_.find(KeyOf(object, loser));
  return found == targets_.end() ? kNull : int64_t{found->second};
}

Symbol MergeMap::SurvivorOf(ObjectId object, Symbol id) const {
  const auto found = survivors_.find(KeyOf(object, id));
  return found == survivors_.end() ? id : found->second;
}

Symbol MergeMap::FindSurvivor(ObjectId object, Symbol id) const {
  std::vector<Symbol> path = {id};
  absl::flat_hash_set<Symbol> seen = {id};
  while (true) {
    const auto next = targets_.find(KeyOf(object, path.back()));
    if (next == targets_.end()) return path.back();
    if (!seen.insert(next->second).second) {
      const auto circle = std::find(path.begin(), path.end(), next->second);
      return *std::min_element(circle, path.end(), [&](Symbol a, Symbol b) {
        return symbols_.Text(a) < symbols_.Text(b);
      });
    }
    path.push_back(next->second);
  }
}

std::vector<Symbol> MergeMap::Following(ObjectId object, Symbol id) const {
  std::vector<Symbol> following = {id};
  absl::flat_hash_set<Symbol> seen = {id};
  for (size_t i = 0; i < following.size(); ++i) {
    const auto losers = losers_.find(KeyOf(object, following[i]));
    if (losers == losers_.end()) continue;
    for (const Symbol loser : losers->second) {
      if (seen.insert(loser).second) following.push_back(loser);
    }
  }
  return following;
}

void MergeMap::Set(ObjectId object, Symbol loser, int64_t target) {
  if (const auto old = targets_.find(KeyOf(object, loser)); old != targets_.end()) {
    const auto losers = losers_.find(KeyOf(object, old->second));
    losers->second.erase(loser);
    if (losers->second.empty()) losers_.erase(losers);
    targets_.erase(old);
    survivors_.erase(KeyOf(object, loser));
  }
  if (target != kNull) {
    targets_[KeyOf(object, loser)] = static_cast<Symbol>(target);
    losers_[KeyOf(object, static_cast<Symbol>(target))].insert(loser);
  }
  // All who lead to it have its survivor, those of a circle included.
  const Symbol survivor = FindSurvivor(object, loser);
  for (const Symbol id : Following(object, loser)) {
    const Key key = KeyOf(object, id);
    if (targets_.contains(key)) survivors_[key] = survivor;
  }
}

uint64_t MergeMap::MemoryBytes() const {
  return targets_.capacity() * 2 * (sizeof(Key) + sizeof(Symbol) + 5) +
         targets_.size() * sizeof(Symbol) * 2 +
         losers_.capacity() * (sizeof(Key) + sizeof(absl::btree_set<Symbol>) + 1);
}

}  // namespace takt
