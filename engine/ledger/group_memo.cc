#include "engine/ledger/group_memo.h"

#include <algorithm>

namespace takt {
namespace {

constexpr uint32_t kNoText = ~uint32_t{0};  // no symbol: a table of so many would fill 128 GB

uint32_t SymbolOr(int64_t value) { return value == kNull ? kNoText : static_cast<uint32_t>(value); }

}  // namespace

GroupMemo::Answer GroupMemo::Find(const GroupPlan& groups, const DimensionInput& input) {
  const size_t columns = groups.read_from.size();
  const size_t sets = groups.sets.size();
  if (columns > kColumnsMax || sets > kGroupsMax) {
    FindAnew(groups, input);
    return {found_.groups, found_.valid};
  }
  const Column* const read_from = groups.read_from.data();
  const int place = groups.by_stage ? input.place : -1;
  size_t at = groups.shape * size_t{389} + static_cast<size_t>(place + 1);
  for (size_t i = 0; i < columns; ++i) {
    at = at * 31 + static_cast<size_t>(input.values[read_from[i]]);
  }
  const auto answers = [&](const Entry& entry) {
    if (entry.shape != groups.shape || entry.place != place) return false;
    for (size_t i = 0; i < columns; ++i) {
      if (entry.values[i] != SymbolOr(input.values[read_from[i]])) return false;
    }
    return entry.valid.since <= input.time && input.time < entry.valid.until;
  };
  Entry* const entry = &entries_[at % kPlaces * 2];
  if (answers(entry[0])) return {{entry[0].groups.data(), sets}, entry[0].valid};
  if (answers(entry[1])) return {{entry[1].groups.data(), sets}, entry[1].valid};
  FindAnew(groups, input);
  entry[1] = entry[0];
  entry->valid = found_.valid;
  for (size_t i = 0; i < columns; ++i) {
    entry->values[i] = SymbolOr(input.values[read_from[i]]);
  }
  entry->shape = groups.shape;
  entry->place = static_cast<int16_t>(place);
  std::copy(found_.groups.begin(), found_.groups.end(), entry->groups.begin());
  return {found_.groups, found_.valid};
}

void GroupMemo::FindAnew(const GroupPlan& groups, const DimensionInput& input) {
  found_.valid = {};
  FindGroupsAt(tables_, groups, input, found_);
}

}  // namespace takt
