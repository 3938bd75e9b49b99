// Names of the configuration and their numbers, looked up for every record: a table that is made
// once and asked very often, mostly for short names that it has.
//
// Threads: immutable. The texts must outlive it. Cost: a look-up is one probe and one comparison of
// text; names that share size, ends and middle are probed one after the other.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/base/same_text.h"

namespace takt {

class NameTable {
 public:
  static constexpr int kNone = -1;

  NameTable() : slots_(1) {}
  // The number of a name is its place; of equal names the first counts.
  explicit NameTable(const std::vector<absl::string_view>& names) {
    size_t count = 8;
    while (count < names.size() * 4) count *= 2;
    slots_.resize(count);
    for (size_t i = 0; i < names.size(); ++i) {
      Slot& slot = slots_[PlaceOf(names[i])];
      if (slot.number == kNone) slot = {names[i], static_cast<int>(i)};
    }
  }

  int Find(absl::string_view name) const { return slots_[PlaceOf(name)].number; }

 private:
  struct Slot {
    absl::string_view name;
    int number = kNone;
  };

  static size_t HashOf(absl::string_view name) {
    if (name.empty()) return 0;
    const auto byte = [&](size_t at) { return static_cast<uint8_t>(name[at]); };
    return name.size() + byte(0) * 7u + byte(name.size() / 2) * 31u + byte(name.size() - 1) * 127u;
  }

  // Where the name stands, or the free slot where it would.
  size_t PlaceOf(absl::string_view name) const {
    const size_t mask = slots_.size() - 1;
    size_t at = HashOf(name) & mask;
    while (slots_[at].number != kNone && !SameText(slots_[at].name, name)) at = (at + 1) & mask;
    return at;
  }

  std::vector<Slot> slots_;  // a power of two, at most a quarter full
};

}  // namespace takt
