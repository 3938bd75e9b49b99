#include "engine/ledger/group_memo.h"

namespace takt {

const FoundGroups& GroupMemo::Find(const GroupPlan& groups, const DimensionInput& input) {
  if (groups.read_from.size() > kColumnsMax) {
    found_.valid = {};
    FindGroupsAt(tables_, groups, input, found_);
    return found_;
  }
  Key key{.shape = groups.shape};
  if (groups.by_stage) key.place = input.place;
  uint64_t mixed = groups.shape + (static_cast<uint64_t>(key.place) << 16);
  constexpr uint64_t kOdd = 0x9e3779b97f4a7c15;
  for (size_t i = 0; i < groups.read_from.size(); ++i) {
    key.values[i] = input.values[groups.read_from[i]];
    mixed = (mixed ^ static_cast<uint64_t>(key.values[i])) * kOdd;
  }
  Entry& entry = entries_[(mixed * kOdd >> 32) % kEntries];
  const Validity& valid = entry.found.valid;
  if (entry.key == key && valid.since <= input.time && input.time < valid.until) return entry.found;
  entry.key = key;
  entry.found.valid = {};
  FindGroupsAt(tables_, groups, input, entry.found);
  return entry.found;
}

}  // namespace takt
