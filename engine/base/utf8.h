// Whether bytes are text that may be shown: valid UTF-8 (no overlong forms, no surrogates, nothing
// beyond U+10FFFF), without control characters (C0, DEL, C1) and without the characters that change
// the direction of text (U+200E, U+200F, U+061C, U+202A to U+202E, U+2066 to U+2069), by which one
// name can be made to look like another.
//
// Threads: pure functions. Cost: 8 bytes of plain ASCII a step, without a call for texts that are
// nothing else; no allocation.
#pragma once

#include <cstdint>
#include <cstring>

#include "absl/strings/string_view.h"
#include "engine/base/hash.h"

namespace takt {

enum class TextClass : uint8_t {
  kPlain,
  kControl,  // valid, but with control or direction characters
  kInvalid,  // not UTF-8
};

// Not 0 where some of the 8 bytes is below 0x20, above 0x7e or has its high bit set. The subtraction
// borrows only out of bytes that are below 0x20, and then the answer stands anyway.
inline uint64_t UnplainBits(uint64_t word) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  const uint64_t below = (word - kOnes * 0x20) & ~word;
  const uint64_t above = word + kOnes;
  return (word | below | above) & (kOnes * 0x80);
}

// Whether all bytes are from space to tilde, as those of nearly every text are.
inline bool IsPlainAscii(absl::string_view text) {
  const char* const at = text.data();
  const size_t size = text.size();
  if (size < 4) {
    // What a short text leaves of the word counts as spaces.
    return UnplainBits(TailWord(at, size) | 0x2020202020202020 << (8 * size)) == 0;
  }
  if (size < 8) return UnplainBits(EndsWord(at, size)) == 0;
  uint64_t word;
  std::memcpy(&word, at + size - 8, sizeof(word));
  uint64_t unplain = UnplainBits(word);
  for (size_t i = 0; i + 8 < size; i += 8) {
    std::memcpy(&word, at + i, sizeof(word));
    unplain |= UnplainBits(word);
  }
  return unplain == 0;
}

// The same as ClassifyText, for any text.
TextClass ClassifyPoints(absl::string_view text);

inline TextClass ClassifyText(absl::string_view text) {
  return IsPlainAscii(text) ? TextClass::kPlain : ClassifyPoints(text);
}

}  // namespace takt
