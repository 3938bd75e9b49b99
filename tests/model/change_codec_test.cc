#include "engine/model/change_codec.h"

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace takt {
namespace {

void ExpectEqual(const Change& a, const Change& b) {
  EXPECT_EQ(a.object, b.object);
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.time, b.time);
  EXPECT_EQ(a.order, b.order);
  EXPECT_EQ(a.identity, b.identity);
  EXPECT_EQ(a.fields, b.fields);
}

std::string Encoded(const Change& change) {
  std::string bytes;
  EncodeChange(change, &bytes);
  return bytes;
}

Change StagePatch() {
  Change change;
  change.object = 2;
  change.id = "0065g00000ABCDEFGH";
  change.time = {1767261600123000};
  change.fields = {{2, Value::Text("proposal")}};
  return change;
}

struct Case {
  std::string name;
  Change change;
};

std::vector<Case> Cases() {
  Change full = StagePatch();
  full.kind = ChangeKind::kRecord;
  full.object = 15;
  full.order = {901, 0};
  full.identity = 0xfedcba9876543210;
  full.fields = {{0, Value::Null()},
                 {1, Value::Integer(std::numeric_limits<int64_t>::min())},
                 {4, Value::Integer(0)},
                 {70, Value::Text("")},
                 {65535, Value::Text(absl::string_view("a\0b", 3))}};
  Change bare;
  bare.id = "x";
  bare.kind = ChangeKind::kUndelete;
  Change ends = bare;
  ends.object = 65535;
  ends.time = {std::numeric_limits<int64_t>::max()};
  ends.order = {0, std::numeric_limits<uint64_t>::max()};
  Change past = bare;
  past.kind = ChangeKind::kDelete;
  past.time = {std::numeric_limits<int64_t>::min()};
  Change wide = bare;
  for (FieldId field = 0; field < 64; ++field) {
    wide.fields.push_back({field, Value::Integer(-field)});
  }
  return {{"stage_patch", StagePatch()},
          {"full", full},
          {"bare", bare},
          {"ends", ends},
          {"past", past},
          {"wide", wide}};
}

class ChangeCodecTest : public testing::TestWithParam<Case> {};

TEST_P(ChangeCodecTest, DecodesToWhatWasEncoded) {
  const std::string bytes = Encoded(GetParam().change) + "next";
  ByteReader reader(bytes);
  Change decoded;
  decoded.fields = {{9, Value::Text("left over")}};
  decoded.identity = 7;
  decoded.order = {1, 1};
  ASSERT_TRUE(DecodeChange(reader, &decoded));
  ExpectEqual(decoded, GetParam().change);
  EXPECT_EQ(reader.Remaining(), 4u);
  EXPECT_EQ(Encoded(decoded) + "next", bytes);
}

TEST_P(ChangeCodecTest, EveryTruncationIsRefused) {
  const std::string bytes = Encoded(GetParam().change);
  for (size_t size = 0; size < bytes.size(); ++size) {
    ByteReader reader(absl::string_view(bytes).substr(0, size));
    Change decoded;
    EXPECT_FALSE(DecodeChange(reader, &decoded)) << size;
  }
}

INSTANTIATE_TEST_SUITE_P(All, ChangeCodecTest, testing::ValuesIn(Cases()),
                         [](const auto& info) { return info.param.name; });

// Short ones are put together, long ones are not, and what one block does not hold begins the next.
TEST(ChangeAppender, WritesWhatEncodeChangeWrites) {
  std::string text(6000, 'x');
  std::string expected = "before";
  std::string appended = expected;
  ChangeAppender appender;
  for (size_t round = 0; round < 200; ++round) {
    for (const Case& c : Cases()) {
      Change change = c.change;
      // Every size of text up to some words, and some that fit no block.
      const size_t size = round % 50 == 49 ? 4000 + round * 10 : round % 80;
      change.fields.push_back({65535, Value::Text(absl::string_view(text).substr(0, size))});
      EncodeChange(change, &expected);
      appender.Add(change, &appended);
    }
    if (round % 60 == 0) {
      appender.Flush(&appended);
      ASSERT_EQ(appended, expected) << round;
    }
  }
  appender.Flush(&appended);
  EXPECT_EQ(appended, expected);
}

TEST(ChangeCodec, StagePatchOfACrmIsSmall) {
  EXPECT_LE(Encoded(StagePatch()).size(), 40u);
  Change with_identity = StagePatch();
  with_identity.identity = 1ull << 63;
  EXPECT_LE(Encoded(with_identity).size(), 48u);
}

TEST(ChangeCodec, FieldsOutOfOrderAreRefused) {
  Change change = StagePatch();
  change.fields = {{3, Value::Null()}, {3, Value::Null()}};
  const std::string bytes = Encoded(change);
  ByteReader reader(bytes);
  Change decoded;
  EXPECT_FALSE(DecodeChange(reader, &decoded));
}

// Whatever the bytes, decoding ends without harm, and what it accepts has exactly one encoding.
TEST(ChangeCodec, RandomBytesAreRefusedOrAreACanonicalEncoding) {
  std::mt19937_64 random(20260110);
  int accepted = 0;
  for (int round = 0; round < 200000; ++round) {
    std::string bytes = Encoded(Cases()[random() % 6].change);
    const int flips = static_cast<int>(random() % 4);
    for (int i = 0; i < flips; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    ByteReader reader(bytes);
    Change decoded;
    if (!DecodeChange(reader, &decoded)) continue;
    ++accepted;
    const size_t used = bytes.size() - reader.Remaining();
    // Varints may be written longer than needed; the change itself must survive another round.
    const std::string again = Encoded(decoded);
    EXPECT_LE(again.size(), used);
    ByteReader second(again);
    Change twice;
    ASSERT_TRUE(DecodeChange(second, &twice));
    ExpectEqual(decoded, twice);
  }
  EXPECT_GT(accepted, 50000);
}

// What DecodeChange and the table's Intern make of one change after the other.
void ExpectAsOneByOne(absl::string_view bytes, size_t room) {
  SymbolTable symbols;
  TextMemo texts(symbols);
  std::vector<IncomingChange> together(room);
  together[0].list.fields.resize(7);  // left over
  ByteReader reader(bytes);
  ByteReader one_reader(bytes);
  for (size_t count = room; count == room;) {
    count = DecodeChanges(reader, texts, absl::MakeSpan(together));
    for (size_t i = 0; i < count; ++i) {
      Change one;
      ASSERT_TRUE(DecodeChange(one_reader, &one));
      ASSERT_EQ(together[i].list.changes.size(), 1u);
      Change restored = RestoreChange(together[i].list, together[i].list.changes[0], symbols);
      restored.object = together[i].object;
      restored.id = together[i].id;
      ExpectEqual(restored, one);
      EXPECT_EQ(together[i].list.fields.size(), one.fields.size());
      for (const FieldValue& field : one.fields) {
        if (field.value.kind == ValueKind::kText) {
          EXPECT_TRUE(symbols.Find(field.value.text).has_value());
        }
      }
    }
    EXPECT_EQ(reader.Remaining(), one_reader.Remaining());
  }
  Change none;
  EXPECT_TRUE(reader.AtEnd() || !DecodeChange(one_reader, &none));
}

TEST(ChangeCodec, DecodedTogetherAsOneByOne) {
  std::mt19937_64 random(20260111);
  const std::vector<Case> cases = Cases();
  for (int round = 0; round < 20000; ++round) {
    std::string bytes;
    for (uint64_t count = random() % 9; count > 0; --count) {
      bytes += Encoded(cases[random() % cases.size()].change);
    }
    if (round % 2 == 1 && !bytes.empty()) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
      bytes.resize(bytes.size() - random() % 3 % bytes.size());
    }
    ExpectAsOneByOne(bytes, 1 + random() % 5);
  }
}

}  // namespace
}  // namespace takt
