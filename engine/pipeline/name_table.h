// Names of the configuration and their numbers, looked up for every record: a table that is made
// once and asked very often, mostly for short names that it has.
//
// A name is known by its size and its first eight bytes as one word; only of longer names are the
// rest of the bytes compared.
//
// Threads: immutable. The texts must outlive it. Cost: a look-up is one multiplication and one probe;
// names that share size and first bytes are probed one after the other.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/base/hash.h"
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
      if (slot.number == kNone) slot = {FirstWord(names[i]), names[i], static_cast<int>(i)};
    }
  }

  int Find(absl::string_view name) const { return slots_[PlaceOf(name)].number; }

 private:
  struct Slot {
    uint64_t first_word = 0;
    absl::string_view name;
    int number = kNone;

    bool Is(uint64_t word, absl::string_view other) const {
      return first_word == word && name.size() == other.size() &&
             (other.size() <= 8 || SameText(name.substr(8), other.substr(8)));
    }
  };

  static uint64_t FirstWord(absl::string_view name) {
    if (name.size() < 8) return TailWord(name.data(), name.size());
    uint64_t word;
    std::memcpy(&word, name.data(), sizeof(word));
    return word;
  }

  // Where the name stands, or the free slot where it would.
  size_t PlaceOf(absl::string_view name) const {
    const size_t mask = slots_.size() - 1;
    const uint64_t word = FirstWord(name);
    size_t at = ((word + name.size()) * 0x9e3779b97f4a7c15 >> 32) & mask;
    while (!slots_[at].Is(word, name) && slots_[at].number != kNone) at = (at + 1) & mask;
    return at;
  }

  std::vector<Slot> slots_;  // a power of two, at most a quarter full
};

}  // namespace takt
