#include "engine/base/bytes.h"

namespace takt {

// Byte by byte, each at a place and a shift that the compiler knows. What is added for a byte takes back
// the bit by which the one before it said that there is more.
template <int kPlace>
ByteReader::LongVarint ByteReader::ReadLong(uint64_t value, const char* at, const char* end) {
  constexpr int kLast = 9;
  if (at + kPlace == end) return {};
  const uint64_t byte = static_cast<uint8_t>(at[kPlace]);
  value += (byte - 1) << (7 * kPlace);
  if constexpr (kPlace == kLast) {
    if (byte > 1) return {};
    return {value, at + kPlace + 1};
  } else {
    if (byte < 0x80) return {value, at + kPlace + 1};
    return ReadLong<kPlace + 1>(value, at, end);
  }
}

ByteReader::LongVarint ByteReader::ReadLong(const char* at, const char* end) {
  if (at == end) return {};
  return ReadLong<1>(static_cast<uint8_t>(*at), at, end);
}

}  // namespace takt
