#include "engine/ledger/entities.h"

namespace takt {

Entity* EntityTable::Find(ObjectId object, Symbol id) {
  for (uint32_t at = symbols_.Attached(id); at != 0; at = entities_[at - 1].next) {
    if (entities_[at - 1].object == object) return &entities_[at - 1];
  }
  return nullptr;
}

Entity& EntityTable::FindOrAdd(ObjectId object, Symbol id) {
  if (Entity* found = Find(object, id)) return *found;
  Entity& added = entities_.Add();
  added.id = id;
  added.object = object;
  added.next = symbols_.Attached(id);
  symbols_.Attached(id) = static_cast<uint32_t>(entities_.size());
  return added;
}

}  // namespace takt
