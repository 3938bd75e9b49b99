// A 64-bit hash of bytes that is the same on every machine, build and run, so that it may be stored
// and compared between replicas. Not for hostile collisions: where an attacker chooses the input, an
// equal hash must not be taken for equal bytes unless the header that does so says why it may.
//
// wyhash's multiply-fold over 8-byte words (public domain construction). Cost: about 1 ns per 8 bytes.
#pragma once

#include <cstdint>
#include <cstring>

#include "absl/strings/string_view.h"

namespace takt {

inline uint64_t FoldedMultiply(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// The last 0 to 7 bytes as one little-endian word, by loads that do not depend on how many they are.
inline uint64_t TailWord(const char* at, size_t left) {
  if (left >= 4) {
    uint32_t first;
    uint32_t last;
    std::memcpy(&first, at, 4);
    std::memcpy(&last, at + left - 4, 4);
    return first | uint64_t{last} << (8 * (left - 4));
  }
  if (left == 0) return 0;
  const auto byte = [&](size_t place) {
    return uint64_t{static_cast<uint8_t>(at[place])} << (8 * place);
  };
  return byte(0) | byte(left / 2) | byte(left - 1);
}

// The first four of 4 to 8 bytes and the last four as one word: all of them, some maybe twice. Of texts
// of one size it says as much as they do, and it costs no shift by the size.
inline uint64_t EndsWord(const char* at, size_t size) {
  uint32_t first;
  uint32_t last;
  std::memcpy(&first, at, 4);
  std::memcpy(&last, at + size - 4, 4);
  return first | uint64_t{last} << 32;
}

inline uint64_t StableHash(absl::string_view bytes, uint64_t seed = 0) {
  constexpr uint64_t kOdd1 = 0xa0761d6478bd642f;
  constexpr uint64_t kOdd2 = 0xe7037ed1a0b428db;
  uint64_t hash = seed ^ FoldedMultiply(seed ^ kOdd1, bytes.size() ^ kOdd2);
  const char* at = bytes.data();
  size_t left = bytes.size();
  for (; left >= 8; left -= 8, at += 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    hash = FoldedMultiply(hash ^ word ^ kOdd1, kOdd2 ^ 0x8ebc6af09c88c6e3);
  }
  hash = FoldedMultiply(hash ^ TailWord(at, left) ^ kOdd2, kOdd1 ^ 0x589965cc75374cc3);
  return FoldedMultiply(hash ^ kOdd1, kOdd2);
}

}  // namespace takt
