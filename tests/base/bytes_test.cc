#include "engine/base/bytes.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace takt {
namespace {

TEST(BytesTest, ReadsBackWhatWasWritten) {
  std::string bytes;
  ByteWriter writer(&bytes);
  writer.Byte(200);
  writer.Fixed32(0xdeadbeef);
  writer.Fixed64(0x0123456789abcdef);
  for (const uint64_t value : {uint64_t{0}, uint64_t{127}, uint64_t{128}, uint64_t{1} << 63,
                               std::numeric_limits<uint64_t>::max()}) {
    writer.Varint(value);
  }
  for (const int64_t value :
       {int64_t{0}, int64_t{-1}, int64_t{1}, std::numeric_limits<int64_t>::min(),
        std::numeric_limits<int64_t>::max()}) {
    writer.Signed(value);
  }
  writer.Bytes("");
  writer.Bytes(absl::string_view("a\0b", 3));

  ByteReader reader(bytes);
  EXPECT_EQ(reader.Byte(), 200);
  EXPECT_EQ(reader.Fixed32(), 0xdeadbeef);
  EXPECT_EQ(reader.Fixed64(), 0x0123456789abcdef);
  for (const uint64_t value : {uint64_t{0}, uint64_t{127}, uint64_t{128}, uint64_t{1} << 63,
                               std::numeric_limits<uint64_t>::max()}) {
    EXPECT_EQ(reader.Varint(), value);
  }
  for (const int64_t value :
       {int64_t{0}, int64_t{-1}, int64_t{1}, std::numeric_limits<int64_t>::min(),
        std::numeric_limits<int64_t>::max()}) {
    EXPECT_EQ(reader.Signed(), value);
  }
  EXPECT_EQ(reader.Bytes(), "");
  EXPECT_EQ(reader.Bytes(), absl::string_view("a\0b", 3));
  EXPECT_TRUE(reader.ok());
  EXPECT_TRUE(reader.AtEnd());
}

TEST(BytesTest, SmallNumbersTakeOneByte) {
  std::string bytes;
  ByteWriter writer(&bytes);
  writer.Varint(127);
  writer.Signed(-64);
  writer.Signed(63);
  EXPECT_EQ(bytes.size(), 3);
}

TEST(BytesTest, EveryTruncationIsNoticed) {
  std::string bytes;
  ByteWriter writer(&bytes);
  writer.Fixed32(1);
  writer.Varint(300);
  writer.Bytes("hello");
  writer.Fixed64(2);
  for (size_t size = 0; size < bytes.size(); ++size) {
    ByteReader reader(absl::string_view(bytes).substr(0, size));
    reader.Fixed32();
    reader.Varint();
    reader.Bytes();
    reader.Fixed64();
    EXPECT_FALSE(reader.ok()) << size;
    EXPECT_EQ(reader.Byte(), 0) << "nothing is read after the first bad read";
    EXPECT_EQ(reader.Bytes(), "");
  }
}

TEST(BytesTest, RefusesVarintsThatAreTooLong) {
  for (const std::string& bytes : {std::string(10, '\xff'), std::string(9, '\xff') + "\x02"}) {
    ByteReader reader(bytes);
    reader.Varint();
    EXPECT_FALSE(reader.ok());
  }
  ByteReader longest(absl::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10));
  EXPECT_EQ(longest.Varint(), std::numeric_limits<uint64_t>::max());
  EXPECT_TRUE(longest.ok());
}

TEST(BytesTest, ReadsVarintsOfEveryLengthUpToTheEndAndNoFurther) {
  for (int bits = 0; bits <= 64; ++bits) {
    const uint64_t all = std::numeric_limits<uint64_t>::max();
    const uint64_t ones = bits == 0 ? 0 : all >> (64 - bits);
    for (const uint64_t value : {ones, ones & 0x5555555555555555, ones ^ ones >> 1}) {
      std::string bytes;
      ByteWriter(&bytes).Varint(value);
      ByteReader whole(bytes);
      EXPECT_EQ(whole.Varint(), value);
      EXPECT_TRUE(whole.ok() && whole.AtEnd());
      const std::string longer = bytes + "\x7f";
      ByteReader more(longer);
      EXPECT_EQ(more.Varint(), value);
      EXPECT_EQ(more.Remaining(), 1u);
      ByteReader cut(absl::string_view(bytes).substr(0, bytes.size() - 1));
      EXPECT_EQ(cut.Varint(), 0u);
      EXPECT_FALSE(cut.ok());
    }
  }
  // Longer than needed.
  ByteReader padded(absl::string_view("\x81\x80\x80\x80\x80\x80\x80\x80\x80\x00", 10));
  EXPECT_EQ(padded.Varint(), 1u);
  EXPECT_TRUE(padded.ok() && padded.AtEnd());
}

TEST(BytesTest, RefusesALengthBeyondTheEnd) {
  std::string bytes;
  ByteWriter writer(&bytes);
  writer.Varint(std::numeric_limits<uint64_t>::max());
  bytes += "abc";
  ByteReader reader(bytes);
  EXPECT_EQ(reader.Bytes(), "");
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace takt
