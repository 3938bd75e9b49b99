// Who was merged into whom: for each loser the entity that its latest merged_into names. Every
// ledger of an engine knows all of them, also those of entities that other ledgers own, so each can
// say by itself which entity survives.
//
// A chain ends at its survivor; in a circle the smallest id survives, and what leads into the
// circle ends there too.
//
// Threads: one owner. Cost: SurvivorOf O(1), nothing while nobody was merged; Set O(all who lead to
// the loser + length of the chain from it).
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "engine/model/change.h"
#include "engine/model/symbols.h"

namespace takt {

class MergeMap {
 public:
  // `symbols` must outlive it.
  explicit MergeMap(const SymbolTable& symbols) : symbols_(symbols) {}

  bool empty() const { return targets_.empty(); }
  Symbol SurvivorOf(ObjectId object, Symbol id) const;
  // Whoever may get another survivor when `id` is merged elsewhere: itself and all who lead to it.
  std::vector<Symbol> Following(ObjectId object, Symbol id) const;
  // kNull: not merged, or no longer.
  void Set(ObjectId object, Symbol loser, int64_t target);
  int64_t TargetOf(ObjectId object, Symbol loser) const;

  uint64_t MemoryBytes() const;

 private:
  using Key = uint64_t;
  static Key KeyOf(ObjectId object, Symbol id) { return (Key{object} << 32) | id; }

  // Follows the targets.
  Symbol FindSurvivor(ObjectId object, Symbol id) const;

  const SymbolTable& symbols_;
  absl::flat_hash_map<Key, Symbol> targets_;
  absl::flat_hash_map<Key, Symbol> survivors_;                // of those that have a target
  absl::flat_hash_map<Key, absl::btree_set<Symbol>> losers_;  // by target
};

}  // namespace takt
