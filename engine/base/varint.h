// The varint (LEB128) of up to eight bytes, read and written as one little-endian word in place of
// byte by byte: a time takes six to eight bytes, and every record has one.
//
// Threads: pure functions. Cost: some 15 instructions, whatever the length.
#pragma once

#include <cstdint>
#include <cstring>

namespace takt {

// How many bytes the varint at the beginning of `word` takes; 0: more than eight.
inline int VarintBytes(uint64_t word) {
  const uint64_t ends = ~word & 0x8080808080808080;
  return ends == 0 ? 0 : __builtin_ctzll(ends) / 8 + 1;
}

// The low seven bits of each byte of `word`, one behind the other. Neighbours are moved together: bytes
// to pairs, pairs to fours, fours to one.
inline uint64_t SevenBits(uint64_t word) {
  word = (word & 0x007f007f007f007f) | (word & 0x7f007f007f007f00) >> 1;
  word = (word & 0x00003fff00003fff) | (word & 0x3fff00003fff0000) >> 2;
  return (word & 0x000000000fffffff) | (word & 0x0fffffff00000000) >> 4;
}

// The value of the first `bytes` bytes of `word`, 1 to 8.
inline uint64_t VarintValue(uint64_t word, int bytes) {
  return SevenBits(word << (64 - 8 * bytes) >> (64 - 8 * bytes));
}

// The value of a varint that takes exactly the last `bytes` bytes of `word`, 1 to 8; false: they hold
// none, or more than one.
inline bool LastVarint(uint64_t word, int bytes, uint64_t* value) {
  const int shift = 64 - 8 * bytes;
  word >>= shift;
  *value = SevenBits(word);
  return (word & 0x8080808080808080) == uint64_t{0x0080808080808080} >> shift;
}

}  // namespace takt
