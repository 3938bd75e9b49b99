#include "engine/base/varint.h"

#include <cstring>
#include <string>

#include "engine/base/bytes.h"
#include "gtest/gtest.h"

namespace takt {
namespace {

uint64_t WordOf(std::string bytes) {
  bytes.resize(8, '\xa5');
  uint64_t word;
  std::memcpy(&word, bytes.data(), sizeof(word));
  return word;
}

// Every size up to eight bytes, with whatever behind it, as the writer writes it byte by byte.
TEST(Varint, IsReadAsItIsWritten) {
  for (int bits = 0; bits <= 56; ++bits) {
    for (const uint64_t noise : {uint64_t{0}, uint64_t{0x5a5a5a5a5a5a5a5a}, ~uint64_t{0}}) {
      const uint64_t top = bits == 0 ? 0 : uint64_t{1} << (bits - 1);
      const uint64_t value = top | (noise & (top - (top != 0)));
      std::string bytes;
      ByteWriter(&bytes).Varint(value);
      const uint64_t word = WordOf(bytes);
      ASSERT_EQ(VarintBytes(word), static_cast<int>(bytes.size())) << value;
      EXPECT_EQ(VarintValue(word, VarintBytes(word)), value);
    }
  }
}

TEST(Varint, OfMoreThanEightBytesHasNoSizeHere) {
  std::string bytes;
  ByteWriter(&bytes).Varint(uint64_t{1} << 56);
  ASSERT_EQ(bytes.size(), 9u);
  EXPECT_EQ(VarintBytes(WordOf(bytes)), 0);
}

// At the end of a word, whatever is before it; not when a byte more or less is said to belong to it.
TEST(Varint, IsReadFromTheEndOfAWord) {
  for (int bits = 0; bits <= 56; ++bits) {
    const uint64_t value = (uint64_t{1} << bits) - 1;
    std::string bytes;
    ByteWriter(&bytes).Varint(value);
    const int size = static_cast<int>(bytes.size());
    for (const char before : {'\x01', '\x81'}) {
      const uint64_t word = WordOf(std::string(8 - bytes.size(), before) + bytes);
      uint64_t read = 0;
      ASSERT_TRUE(LastVarint(word, size, &read)) << value;
      EXPECT_EQ(read, value);
      EXPECT_TRUE(size == 8 || LastVarint(word, size + 1, &read) == (before == '\x81'));
    }
    // What ends with a byte that says "more follows".
    uint64_t read = 0;
    EXPECT_FALSE(LastVarint(WordOf(std::string(8, '\x81')), size, &read));
  }
}

// Longer than it need be, as the format allows.
TEST(Varint, MayEndInZeros) {
  const uint64_t word = WordOf(std::string("\xac\x82\x80\x00", 4));
  EXPECT_EQ(VarintBytes(word), 4);
  EXPECT_EQ(VarintValue(word, 4), 300u);
}

}  // namespace
}  // namespace takt
