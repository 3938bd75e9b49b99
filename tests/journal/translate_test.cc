#include "engine/journal/translate.h"

#include <gtest/gtest.h>

#include <ostream>

namespace takt {
namespace {

JournalDictionary OneField(FieldType type, std::string name = "value") {
  return {.currency = "EUR",
          .decimals = 2,
          .objects = {{.name = "deal", .fields = {{std::move(name), type}}}}};
}

struct Case {
  std::string name;
  FieldType from;
  Value value;
  FieldType to;
  std::optional<Value> expected;  // none: lost
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class ConversionTest : public ::testing::TestWithParam<Case> {};

TEST_P(ConversionTest, AValueIsKeptExactlyOrLostAndCounted) {
  const Case& c = GetParam();
  const Translator translator(OneField(c.from), OneField(c.to));
  Change change;
  change.id = "D1";
  change.fields = {{0, c.value}};
  TranslationCounts counts;
  ASSERT_TRUE(translator.Translate(&change, &counts));
  if (!c.expected.has_value()) {
    EXPECT_TRUE(change.fields.empty());
    EXPECT_EQ(counts.values_lost, 1u);
    return;
  }
  ASSERT_EQ(change.fields.size(), 1u);
  EXPECT_EQ(change.fields[0].value, *c.expected);
  EXPECT_EQ(counts.values_lost, 0u);
}

INSTANTIATE_TEST_SUITE_P(
    All, ConversionTest,
    ::testing::Values(
        Case{"TextToMoney", FieldType::kText, Value::Text("12.50"), FieldType::kMoney,
             Value::Integer(1250)},
        Case{"TextTooFineForMoney", FieldType::kText, Value::Text("12.505"), FieldType::kMoney, {}},
        Case{"TextThatIsNoNumber", FieldType::kText, Value::Text("twelve"), FieldType::kNumber, {}},
        Case{"TextToNumber", FieldType::kText, Value::Text("40%"), FieldType::kNumber,
             Value::Integer(400000)},
        Case{"TextToBool", FieldType::kText, Value::Text("true"), FieldType::kBool,
             Value::Integer(1)},
        Case{"TextThatIsNoBool", FieldType::kText, Value::Text("maybe"), FieldType::kBool, {}},
        Case{"TextToTime", FieldType::kText, Value::Text("2026-01-01T00:00:00Z"), FieldType::kTime,
             Value::Integer(1767225600000000)},
        Case{"NumberToMoney", FieldType::kNumber, Value::Integer(12'500'000), FieldType::kMoney,
             Value::Integer(1250)},
        Case{"NumberTooFineForMoney",
             FieldType::kNumber,
             Value::Integer(12'505'000),
             FieldType::kMoney,
             {}},
        Case{"MoneyToNumber", FieldType::kMoney, Value::Integer(1250), FieldType::kNumber,
             Value::Integer(12'500'000)},
        Case{"MoneyTooLargeForNumber",
             FieldType::kMoney,
             Value::Integer(INT64_MAX),
             FieldType::kNumber,
             {}},
        Case{"MoneyToText", FieldType::kMoney, Value::Integer(1250), FieldType::kText, {}},
        Case{"NullStaysNull", FieldType::kText, Value::Null(), FieldType::kMoney, Value::Null()}),
    [](const auto& info) { return info.param.name; });

TEST(TranslatorTest, EqualDictionariesAreTheIdentity) {
  EXPECT_TRUE(Translator(OneField(FieldType::kText), OneField(FieldType::kText)).is_identity());
}

TEST(TranslatorTest, FieldsAreFoundByNameAndComeBackInTheNewOrder) {
  const JournalDictionary from = {
      .currency = "EUR",
      .decimals = 2,
      .objects = {{.name = "lead", .fields = {}},
                  {.name = "deal",
                   .fields = {{"amount", FieldType::kMoney}, {"owner", FieldType::kText}}}}};
  const JournalDictionary to = {
      .currency = "EUR",
      .decimals = 2,
      .objects = {{.name = "deal",
                   .fields = {{"owner", FieldType::kText}, {"amount", FieldType::kMoney}}}}};
  const Translator translator(from, to);
  Change change;
  change.object = 1;
  change.fields = {{0, Value::Integer(5)}, {1, Value::Text("r1")}};
  TranslationCounts counts;
  ASSERT_TRUE(translator.Translate(&change, &counts));
  EXPECT_EQ(change.object, 0);
  ASSERT_EQ(change.fields.size(), 2u);
  EXPECT_EQ(change.fields[0], (FieldValue{0, Value::Text("r1")}));
  EXPECT_EQ(change.fields[1], (FieldValue{1, Value::Integer(5)}));
}

TEST(TranslatorTest, WhatTheDefinitionNoLongerHasIsLeftOutAndCounted) {
  const Translator translator(OneField(FieldType::kText, "old"), OneField(FieldType::kText, "new"));
  Change change;
  change.fields = {{0, Value::Text("x")}};
  TranslationCounts counts;
  ASSERT_TRUE(translator.Translate(&change, &counts));
  EXPECT_TRUE(change.fields.empty());
  EXPECT_EQ(counts.fields_dropped, 1u);
}

TEST(TranslatorTest, AChangeOfAnObjectThatIsNoMoreIsLeftOut) {
  JournalDictionary to = OneField(FieldType::kText);
  to.objects[0].name = "ticket";
  const Translator translator(OneField(FieldType::kText), to);
  Change change;
  change.fields = {{0, Value::Text("x")}};
  TranslationCounts counts;
  EXPECT_FALSE(translator.Translate(&change, &counts));
  EXPECT_EQ(counts.fields_dropped, 1u);
}

}  // namespace
}  // namespace takt
