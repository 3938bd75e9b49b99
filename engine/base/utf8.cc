#include "engine/base/utf8.h"

#include <cstring>

namespace takt {
namespace {

// True when none of the 8 bytes is below 0x20, above 0x7e or has its high bit set. The subtraction
// borrows only out of bytes that are below 0x20, and then the answer is false anyway.
bool IsPlainWord(uint64_t word) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHigh = 0x8080808080808080;
  const uint64_t below = (word - kOnes * 0x20) & ~word;
  const uint64_t above = word + kOnes;
  return ((word | below | above) & kHigh) == 0;
}

// The same for up to 7 bytes at `at`, others counted as spaces.
bool IsPlainRest(const uint8_t* at, size_t size) {
  uint64_t word = 0x2020202020202020;
  if (size >= 4) {
    uint32_t first;
    uint32_t last;
    std::memcpy(&first, at, 4);
    std::memcpy(&last, at + size - 4, 4);
    word = uint64_t{first} << 32 | last;
  } else {
    for (size_t i = 0; i < size; ++i) word = word << 8 | at[i];
  }
  return IsPlainWord(word);
}

bool IsContinuation(uint8_t byte) { return (byte & 0xc0) == 0x80; }

bool IsUnwelcome(uint32_t point) {
  if (point < 0x20 || (point >= 0x7f && point <= 0x9f)) return true;
  if (point == 0x061c || point == 0x200e || point == 0x200f) return true;
  return (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

// The code point that begins at `at` and its length; length 0 when it is not UTF-8.
struct Point {
  uint32_t value = 0;
  int length = 0;
};

Point DecodePoint(const uint8_t* at, size_t left) {
  const uint8_t head = at[0];
  if (head < 0x80) return {head, 1};
  const int length = head >= 0xf0 ? 4 : head >= 0xe0 ? 3 : 2;
  if (head < 0xc2 || head > 0xf4 || left < static_cast<size_t>(length)) return {};
  uint32_t value = head & (0x7f >> length);
  for (int i = 1; i < length; ++i) {
    if (!IsContinuation(at[i])) return {};
    value = value << 6 | (at[i] & 0x3f);
  }
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[length] || value > 0x10ffff) return {};
  if (value >= 0xd800 && value <= 0xdfff) return {};
  return {value, length};
}

}  // namespace

TextClass ClassifyText(absl::string_view text) {
  const uint8_t* at = reinterpret_cast<const uint8_t*>(text.data());
  size_t left = text.size();
  TextClass result = TextClass::kPlain;
  while (left > 0) {
    if (left >= 8) {
      uint64_t word;
      std::memcpy(&word, at, sizeof(word));
      if (IsPlainWord(word)) {
        at += 8;
        left -= 8;
        continue;
      }
    } else if (IsPlainRest(at, left)) {
      return result;
    }
    const Point point = DecodePoint(at, left);
    if (point.length == 0) return TextClass::kInvalid;
    if (IsUnwelcome(point.value)) result = TextClass::kControl;
    at += point.length;
    left -= static_cast<size_t>(point.length);
  }
  return result;
}

}  // namespace takt
