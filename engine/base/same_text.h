// Whether two texts are equal, for short ones that are compared very often: without a call, and
// without a load beyond their ends, which could wait for a line of memory that nobody asked for.
//
// Threads: any. Cost: about 1 ns for each 16 bytes.
#pragma once

#include <cstdint>
#include <cstring>

#include "absl/strings/string_view.h"

namespace takt {

inline bool SameText(absl::string_view a, absl::string_view b) {
  const auto same = [](const char* left, const char* right, auto word) {
    auto other = word;
    std::memcpy(&word, left, sizeof(word));
    std::memcpy(&other, right, sizeof(other));
    return word == other;
  };
  const size_t size = a.size();
  if (size != b.size()) return false;
  const char* const left = a.data();
  const char* const right = b.data();
  if (size >= 8) {
    for (size_t at = 0; at + 8 < size; at += 8) {
      if (!same(left + at, right + at, uint64_t{0})) return false;
    }
    return same(left + size - 8, right + size - 8, uint64_t{0});
  }
  if (size >= 4) {
    return same(left, right, uint32_t{0}) && same(left + size - 4, right + size - 4, uint32_t{0});
  }
  for (size_t at = 0; at < size; ++at) {
    if (left[at] != right[at]) return false;
  }
  return true;
}

}  // namespace takt
