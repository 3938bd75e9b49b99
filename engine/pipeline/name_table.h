// Names of the configuration and their numbers, looked up for every record: a table that is made
// once and asked very often, mostly for short names that it has.
//
// A name is known by its size and its first eight bytes, or all that it has, as one word; only of
// longer names are the rest of the bytes compared.
//
// Threads: immutable. The texts must outlive it. Cost: a look-up is one multiplication and one probe;
// names that share size and first bytes are probed one after the other.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/strings/string_view.h"
#include "engine/base/hash.h"
#include "engine/base/same_text.h"

namespace takt {

class NameTable {
 public:
  static constexpr int kNone = -1;

  NameTable() : NameTable(std::vector<absl::string_view>()) {}
  // The number of a name is its place; of equal names the first counts.
  explicit NameTable(const std::vector<absl::string_view>& names) {
    size_t count = 8;
    while (count < names.size() * 4) count *= 2;
    slots_.resize(count);
    mask_ = count - 1;
    for (size_t i = 0; i < names.size(); ++i) {
      Slot& slot = slots_[PlaceOf(names[i])];
      if (slot.number != kNone) continue;
      slot = {WordOf(names[i]), names[i].data(), static_cast<uint32_t>(names[i].size()),
              static_cast<int>(i)};
    }
  }

  int Find(absl::string_view name) const { return slots_[PlaceOf(name)].number; }

 private:
  struct Slot {
    uint64_t word = 0;
    const char* name = nullptr;
    uint32_t size = 0;
    int number = kNone;

    bool Is(uint64_t other_word, absl::string_view other) const {
      return word == other_word && size == other.size() &&
             (size <= 8 || SameText({name + 8, size - 8}, other.substr(8)));
    }
  };

  static uint64_t WordOf(absl::string_view name) {
    if (name.size() < 4) return TailWord(name.data(), name.size());
    if (name.size() < 8) return EndsWord(name.data(), name.size());
    uint64_t word;
    std::memcpy(&word, name.data(), sizeof(word));
    return word;
  }

  // Where the name stands, or the free slot where it would. Inlined for sure: some callers ask it for
  // every field of every record.
  ABSL_ATTRIBUTE_ALWAYS_INLINE size_t PlaceOf(absl::string_view name) const {
    const uint64_t word = WordOf(name);
    size_t at = ((word + name.size()) * 0x9e3779b97f4a7c15 >> 32) & mask_;
    while (!slots_[at].Is(word, name) && slots_[at].number != kNone) at = (at + 1) & mask_;
    return at;
  }

  std::vector<Slot> slots_;  // a power of two, at most a quarter full
  size_t mask_ = 0;
};

}  // namespace takt
