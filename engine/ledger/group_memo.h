// The groups that an entity's values fall into, remembered: the same few hundred owners come again and
// again, and finding a region means going through a dated table of teams and one of regions. What is
// found is remembered with the values that it was read from and the times at which it holds, so a memo
// never answers what the tables would not.
//
// A table of two entries a place, of which the next of the same place takes the older: who moves to
// another team in a while is asked for both times. Texts that stand together in a table of the
// configuration have neighbouring symbols, and so places of their own. Groups that more than four
// columns decide, and those of more than 23 sets, are found anew each time.
//
// Threads: one owner. `tables` must outlive it, and the plans of all groups asked for must stay as
// they are. Memory: 128 KiB. Cost: for what is remembered one line of memory up to seven sets, two
// beyond.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "engine/ledger/facts.h"

namespace takt {

class GroupMemo {
 public:
  explicit GroupMemo(const DimensionTables& tables) : tables_(tables), entries_(2 * kPlaces) {}

  struct Answer {
    absl::Span<const GroupId> groups;  // one per group set
    Validity valid;
  };
  // `input` is of the object whose fields the groups are credited to. The answer is good until the
  // next call.
  Answer Find(const GroupPlan& groups, const DimensionInput& input);

 private:
  static constexpr size_t kPlaces = 512;
  static constexpr size_t kColumnsMax = 4;
  static constexpr size_t kGroupsMax = 23;

  struct alignas(64) Entry {
    Validity valid = {kNever, kNever};              // nothing yet
    std::array<uint32_t, kColumnsMax> values = {};  // symbols: dimensions are read from texts
    uint16_t shape = 0;
    int16_t place = -1;  // of the stage, if it matters
    std::array<GroupId, kGroupsMax> groups = {};
  };
  static_assert(sizeof(Entry) == 128);

  void FindAnew(const GroupPlan& groups, const DimensionInput& input);  // into `found_`

  const DimensionTables& tables_;
  std::vector<Entry> entries_;
  FoundGroups found_;  // what is not remembered yet
};

}  // namespace takt
