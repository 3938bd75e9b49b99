#include "engine/base/utf8.h"

#include <cstring>

namespace takt {
namespace {

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

TextClass ClassifyPoints(absl::string_view text) {
  const uint8_t* at = reinterpret_cast<const uint8_t*>(text.data());
  size_t left = text.size();
  TextClass result = TextClass::kPlain;
  while (left > 0) {
    if (left >= 8) {
      uint64_t word;
      std::memcpy(&word, at, sizeof(word));
      if (UnplainBits(word) == 0) {
        at += 8;
        left -= 8;
        continue;
      }
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
