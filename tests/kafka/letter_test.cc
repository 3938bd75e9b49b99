#include "connectors/kafka/letter.h"

#include <gtest/gtest.h>

#include <map>

namespace takt {
namespace {

struct Source {
  Record record;
  Rejection rejection{Reason::kUnknownStage, "stage"};

  Source() {
    record.topic = "crm.deal";
    record.partition = 3;
    record.offset = 41;
    record.has_key = record.has_value = true;
    record.key = "D1";
    record.value = "{}";
    record.headers = {{"trace", "t-1"}};
  }
  Letter Make() const { return MakeLetter({"crm", record, rejection}); }
};

std::string Header(const Letter& letter, absl::string_view name) {
  for (const auto& [each, content] : letter.headers) {
    if (each == name) return content;
  }
  return "(none)";
}

TEST(Letter, CarriesTheBytesTheCoordinatesAndTheReason) {
  const Letter letter = Source().Make();
  EXPECT_EQ(letter.key, "crm.deal/3/41");
  EXPECT_EQ(letter.value, "{}");
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"trace", "t-1"},           {"takt.reason", "unknown_stage"},
      {"takt.detail", "stage"},   {"takt.source", "crm"},
      {"takt.topic", "crm.deal"}, {"takt.partition", "3"},
      {"takt.offset", "41"},      {"takt.key", "D1"}};
  EXPECT_EQ(letter.headers, expected);
}

TEST(Letter, ATombstoneWithoutKeyHasNeither) {
  Source from;
  from.record.has_key = from.record.has_value = false;
  from.record.key = from.record.value = {};
  const Letter letter = from.Make();
  EXPECT_FALSE(letter.has_value);
  EXPECT_EQ(Header(letter, "takt.key"), "(none)");
}

TEST(Letter, TheDetailIsPrintableAndShort) {
  Source from;
  from.rejection.detail = std::string("a\nb\x01\xff") + std::string(1000, 'x');
  const std::string detail = Header(from.Make(), "takt.detail");
  EXPECT_EQ(detail.substr(0, 12), "a\\nb\\x01\\xff");
  EXPECT_EQ(detail.size(), 500U);
}

TEST(Letter, IsShortenedMoreWithEachRefusal) {
  Source from;
  const std::string value(2000000, 'v');
  const std::string key(100000, 'k');
  const std::string header(70000, 'h');
  from.record.value = value;
  from.record.key = key;
  from.record.headers = {{"big", header}};
  Letter letter = from.Make();
  size_t before = letter.Bytes();
  for (int attempt = 1; attempt <= 4; ++attempt) {
    Shorten(attempt, letter);
    EXPECT_LT(letter.Bytes(), before) << attempt;
    before = letter.Bytes();
    EXPECT_EQ(Header(letter, "takt.truncated"), "2000000");
    EXPECT_EQ(Header(letter, "big"), "(none)");
  }
  EXPECT_EQ(letter.value, "");
  EXPECT_EQ(Header(letter, "takt.reason"), "unknown_stage");
  EXPECT_LT(letter.Bytes(), 500U);
}

TEST(Letter, ASmallOneThatSharedABatchStaysWhole) {
  Letter letter = Source().Make();
  const Letter before = letter;
  Shorten(1, letter);
  EXPECT_EQ(letter.value, before.value);
  EXPECT_EQ(letter.headers, before.headers);
}

}  // namespace
}  // namespace takt
