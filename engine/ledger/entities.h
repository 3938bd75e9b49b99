// The entities of one ledger: for each its packed history and what was handed to it, found by object
// and id. An id is a symbol; the symbol keeps the place of its first entity, and entities of one id
// but different objects are chained.
//
// Threads: one owner. Entities are never removed, references stay valid. Cost: 32 bytes an entity
// beside its bytes; a look-up is the look-up of the id and one load.
#pragma once

#include <cstdint>

#include "engine/model/block_pool.h"
#include "engine/model/change.h"
#include "engine/model/chunked_vector.h"
#include "engine/model/symbols.h"

namespace takt {

struct Entity {
  BlockPool::Block history;  // packed changes (model/history.h)
  BlockPool::Block held;     // what others handed over (ledger/linked.h)
  Symbol id = 0;
  uint32_t next = 0;     // place + 1 of the next entity of this id; 0: none
  ObjectId object = 0;
  bool incomplete = false;     // it has changes and no creation
  bool names_survivor = false;  // one of its changes has a merged_into, null or not
  bool merged = false;         // the latest one names another entity
};

class EntityTable {
 public:
  explicit EntityTable(SymbolTable& symbols) : symbols_(symbols) {}

  Entity* Find(ObjectId object, Symbol id);
  Entity& FindOrAdd(ObjectId object, Symbol id);

  size_t size() const { return entities_.size(); }
  const Entity& operator[](size_t place) const { return entities_[place]; }

  BlockPool& pool() { return pool_; }
  uint64_t MemoryBytes() const { return entities_.MemoryBytes() + pool_.MemoryBytes(); }

 private:
  SymbolTable& symbols_;
  ChunkedVector<Entity> entities_;
  BlockPool pool_;
};

}  // namespace takt
