// The entities of one ledger: for each its packed history and what was handed to it, found by
// object and id. An id is a symbol; the symbol keeps the place of its first entity, and entities of
// one id but different objects are chained.
//
// Threads: one owner. Entities are never removed, references stay valid. Bound: 2^31 - 1 entities.
// Cost: 32 bytes an entity beside its bytes; a look-up is the look-up of the id and one load.
#pragma once

#include <cstdint>

#include "engine/base/prefetch.h"
#include "engine/model/block_pool.h"
#include "engine/model/change.h"
#include "engine/model/chunked_vector.h"
#include "engine/model/symbols.h"

namespace takt {

struct Entity {
  BlockPool::Block history;  // packed changes (model/history.h)
  BlockPool::Block held;     // what others handed over (ledger/linked.h)
  Symbol id = 0;
  uint32_t place = 0;  // its own, in the table
  uint32_t next = 0;   // place + 1 of the next entity of this id; 0: none
  ObjectId object = 0;
  bool incomplete : 1 = false;      // it has changes and no creation
  bool names_survivor : 1 = false;  // one of its changes has a merged_into, null or not
  bool merged : 1 = false;          // the latest one names another entity
  bool hot : 1 = false;             // what it holds is in a HotTarget, not in `held`
};

static_assert(sizeof(Entity) == 32);

class EntityTable {
 public:
  // `symbols` must outlive it.
  explicit EntityTable(SymbolTable& symbols);
  EntityTable(const EntityTable&) = delete;
  EntityTable& operator=(const EntityTable&) = delete;

  Entity* Find(ObjectId object, Symbol id);
  Entity& FindOrAdd(ObjectId object, Symbol id);

  // Begin the loads of an id's first entity and of its history, ahead of a look-up.
  void PrefetchEntity(Symbol id) const {
    if (const uint32_t at = symbols_.Attached(id)) PrefetchLine(&entities_[at - 1]);
  }
  void PrefetchHistory(Symbol id) const {
    const uint32_t at = symbols_.Attached(id);
    if (at == 0 || entities_[at - 1].history.data == nullptr) return;
    PrefetchLine(entities_[at - 1].history.data - sizeof(uint32_t));
    PrefetchLine(entities_[at - 1].history.data + 60);
  }

  // Change the bytes of an entity. Views of any entity's bytes end with that.
  void AppendHistory(absl::string_view bytes, Entity& entity) {
    pool_.Append(bytes, entity.place * 2, entity.history);
  }
  void AssignHistory(absl::string_view bytes, Entity& entity) {
    pool_.Assign(bytes, entity.place * 2, entity.history);
  }
  void AssignHeld(absl::string_view bytes, Entity& entity) {
    pool_.Assign(bytes, entity.place * 2 + 1, entity.held);
  }

  size_t size() const { return entities_.size(); }
  const Entity& operator[](size_t place) const { return entities_[place]; }

  uint64_t MemoryBytes() const { return entities_.MemoryBytes() + pool_.MemoryBytes(); }

 private:
  SymbolTable& symbols_;
  ChunkedVector<Entity> entities_;
  BlockPool pool_;
};

}  // namespace takt
