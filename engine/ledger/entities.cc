#include "engine/ledger/entities.h"

namespace takt {

EntityTable::EntityTable(SymbolTable& symbols)
    : symbols_(symbols), pool_([this](uint32_t number) -> BlockPool::Block& {
        Entity& entity = entities_[number / 2];
        return number % 2 == 0 ? entity.history : entity.held;
      }) {}

Entity* EntityTable::Find(ObjectId object, Symbol id) {
  for (uint32_t at = symbols_.Attached(id); at != 0; at = entities_[at - 1].next) {
    if (entities_[at - 1].object == object) return &entities_[at - 1];
  }
  return nullptr;
}

Entity& EntityTable::FindOrAdd(ObjectId object, Symbol id) {
  if (Entity* found = Find(object, id)) return *found;
  const uint32_t place = static_cast<uint32_t>(entities_.size());
  Entity& added = entities_.Add();
  added.place = place;
  added.id = id;
  added.object = object;
  added.next = symbols_.Attached(id);
  symbols_.Attached(id) = place + 1;
  return added;
}

}  // namespace takt
