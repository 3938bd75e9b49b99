#include "engine/base/same_text.h"

#include <string>

#include "engine/base/hash.h"
#include "gtest/gtest.h"

namespace takt {
namespace {

// Every size up to some words, and of each every place that may differ.
TEST(SameText, ComparesEveryByte) {
  const std::string all = "abcdefghijklmnopqrstuvwxyz0123456789";
  for (size_t size = 0; size <= all.size(); ++size) {
    const std::string text = all.substr(0, size);
    EXPECT_TRUE(SameText(text, std::string(text))) << text;
    for (size_t at = 0; at < size; ++at) {
      std::string other = text;
      other[at] = '!';
      EXPECT_FALSE(SameText(text, other)) << text << " and " << other;
    }
  }
}

TEST(SameText, TellsSizesApart) {
  EXPECT_FALSE(SameText("abc", "abcd"));
  EXPECT_FALSE(SameText("", "a"));
  EXPECT_TRUE(SameText(absl::string_view(), ""));
}

// The tail of a text as its bytes say, one by one: stored hashes must never change.
TEST(TailWord, IsTheBytesInOrder) {
  const char bytes[] = "\x01\x82\x03\xf4\x05\x86\x07";
  for (size_t left = 0; left <= 7; ++left) {
    uint64_t expected = 0;
    for (size_t i = 0; i < left; ++i) {
      expected |= uint64_t{static_cast<uint8_t>(bytes[i])} << (8 * i);
    }
    EXPECT_EQ(TailWord(bytes, left), expected) << left;
  }
}

}  // namespace
}  // namespace takt
