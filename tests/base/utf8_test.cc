#include "engine/base/utf8.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace takt {
namespace {

struct Case {
  std::string name;
  std::string text;
  TextClass expected;
};

const std::vector<Case>& Cases() {
  static const auto& cases = *new std::vector<Case>{
      {"empty", "", TextClass::kPlain},
      {"ascii", "Closed Won ~", TextClass::kPlain},
      {"two_bytes", "Z\xc3\xbcrich und mehr", TextClass::kPlain},
      {"no_break_space", "a\xc2\xa0z", TextClass::kPlain},
      {"four_bytes", "\xf0\x9f\x98\x80", TextClass::kPlain},
      {"last_point", "\xf4\x8f\xbf\xbf", TextClass::kPlain},
      {"nul", std::string("a\0b", 3), TextClass::kControl},
      {"newline_behind_a_word", "12345678\n", TextClass::kControl},
      {"newline_in_a_word", "1234\n678", TextClass::kControl},
      {"delete", "1234567\x7f", TextClass::kControl},
      {"c1_control", "a\xc2\x85", TextClass::kControl},
      {"right_to_left_override",
       "abc\xe2\x80\xae"
       "def",
       TextClass::kControl},
      {"isolate", "\xe2\x81\xa6x", TextClass::kControl},
      {"arabic_letter_mark", "\xd8\x9c", TextClass::kControl},
      {"lone_continuation", "abc\x80", TextClass::kInvalid},
      {"overlong_slash", "\xc0\xaf", TextClass::kInvalid},
      {"overlong_three", "\xe0\x80\xaf", TextClass::kInvalid},
      {"overlong_four", "\xf0\x80\x80\xaf", TextClass::kInvalid},
      {"surrogate", "\xed\xa0\x80", TextClass::kInvalid},
      {"beyond_unicode", "\xf4\x90\x80\x80", TextClass::kInvalid},
      {"five_bytes", "\xf8\x88\x80\x80\x80", TextClass::kInvalid},
      {"truncated", "12345678\xe2\x82", TextClass::kInvalid},
      {"bad_continuation", "\xe2\x28\xa1", TextClass::kInvalid},
      {"control_then_invalid", "\n\xff", TextClass::kInvalid},
  };
  return cases;
}

class Utf8Test : public testing::TestWithParam<Case> {};

TEST_P(Utf8Test, IsClassified) { EXPECT_EQ(ClassifyText(GetParam().text), GetParam().expected); }

// Wherever in a run of plain letters the text stands, the answer is the same.
TEST_P(Utf8Test, IsClassifiedBehindPlainLetters) {
  for (size_t before = 1; before < 20; ++before) {
    const std::string text = std::string(before, 'x') + GetParam().text;
    EXPECT_EQ(ClassifyText(text), GetParam().expected) << before;
  }
}

// The way for plain texts and the way for all texts say the same.
TEST_P(Utf8Test, IsClassifiedTheSameByPoints) {
  EXPECT_EQ(ClassifyPoints(GetParam().text), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(All, Utf8Test, testing::ValuesIn(Cases()),
                         [](const auto& info) { return info.param.name; });

// Every byte at every place of every size up to some words.
TEST(PlainAscii, IsFromSpaceToTilde) {
  for (size_t size = 0; size <= 20; ++size) {
    std::string text(size, 'x');
    EXPECT_TRUE(IsPlainAscii(text)) << size;
    for (size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        text[at] = static_cast<char>(byte);
        EXPECT_EQ(IsPlainAscii(text), byte >= ' ' && byte <= '~')
            << size << " " << at << " " << byte;
      }
      text[at] = 'x';
    }
  }
}

}  // namespace
}  // namespace takt
