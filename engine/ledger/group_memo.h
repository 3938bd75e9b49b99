// The groups that an entity's values fall into, remembered: the same few hundred owners come again and
// again, and finding a region means going through a dated table of teams and one of regions. What is
// found is remembered with the values that it was read from and the times at which it holds, so a memo
// never answers what the tables would not.
//
// A table of one entry a place, which the next of the same place takes; groups that more than four
// columns decide are found anew each time.
//
// Threads: one owner. `tables` must outlive it, and the plans of all groups asked for must stay as
// they are. Memory: about 130 KB. Cost: some 3 ns for what is remembered.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/ledger/facts.h"

namespace takt {

class GroupMemo {
 public:
  explicit GroupMemo(const DimensionTables& tables) : tables_(tables), entries_(kEntries) {}

  // `input` is of the object whose fields the groups are credited to. The answer is good until the
  // next call.
  const FoundGroups& Find(const GroupPlan& groups, const DimensionInput& input);

 private:
  static constexpr size_t kEntries = 1024;
  static constexpr size_t kColumnsMax = 4;

  struct Key {
    uint16_t shape = 0;
    int place = -1;  // of the stage, if it matters
    std::array<int64_t, kColumnsMax> values = {};
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Entry {
    Key key;
    FoundGroups found = {.valid = {kNever, kNever}};  // nothing yet
  };

  const DimensionTables& tables_;
  std::vector<Entry> entries_;
  FoundGroups found_;  // what cannot be remembered
};

}  // namespace takt
