#include "engine/model/history.h"

#include <gtest/gtest.h>

#include <random>

namespace takt {
namespace {

Change MakeChange(int64_t micros, std::vector<FieldValue> fields) {
  Change change;
  change.time = {micros};
  for (const FieldValue& field : fields) change.fields.push_back(field);
  return change;
}

struct Case {
  const char* name;
  Change change;
};

std::vector<Case> Cases() {
  std::vector<Case> cases;
  cases.push_back({"Empty", MakeChange(1'767'225'600'000'000, {})});
  cases.push_back({"WholeMinute", MakeChange(1'767'225'660'000'000, {})});
  cases.push_back({"WholeSecond", MakeChange(1'767'225'661'000'000, {})});
  cases.push_back({"Millisecond", MakeChange(1'767'225'661'001'000, {})});
  cases.push_back({"Microsecond", MakeChange(1'767'225'661'001'001, {})});
  cases.push_back({"BeforeTheEpoch", MakeChange(-5, {})});
  cases.push_back({"EarliestTime", MakeChange(INT64_MIN, {})});
  cases.push_back({"LatestTime", MakeChange(INT64_MAX, {})});
  cases.push_back({"Null", MakeChange(0, {{2, Value::Null()}})});
  cases.push_back({"Text", MakeChange(0, {{2, Value::Text("proposal")}})});
  cases.push_back({"EmptyText", MakeChange(0, {{2, Value::Text("")}})});
  cases.push_back({"Extremes", MakeChange(0, {{1, Value::Integer(INT64_MIN)},
                                              {2, Value::Integer(INT64_MAX)},
                                              {3, Value::Integer(-1)},
                                              {40000, Value::Integer(0)}})});
  Change all = MakeChange(77, {{0, Value::Text("x")}, {9, Value::Null()}});
  all.kind = ChangeKind::kUndelete;
  all.order = {UINT64_MAX, 3};
  all.identity = UINT64_MAX;
  cases.push_back({"Everything", all});
  return cases;
}

class HistoryEncoding : public ::testing::TestWithParam<Case> {};

TEST_P(HistoryEncoding, PackedFormGivesTheChangeBack) {
  SymbolTable symbols;
  ChangeList list;
  list.Add(GetParam().change, symbols);
  ChangePacker packed;
  packed.Begin(EventTime{});
  packed.Add(list, list.changes[0]);
  packed.Add(list, list.changes[0]);
  ChangeList read;
  UnpackChanges(packed.bytes(), read);
  ASSERT_EQ(read.changes.size(), 2);
  for (const StoredChange& stored : read.changes) {
    const Change change = RestoreChange(read, stored, symbols);
    EXPECT_EQ(change.kind, GetParam().change.kind);
    EXPECT_EQ(change.time, GetParam().change.time);
    EXPECT_EQ(change.order, GetParam().change.order);
    EXPECT_EQ(change.identity, GetParam().change.identity);
    EXPECT_EQ(change.fields, GetParam().change.fields);
  }
}

TEST_P(HistoryEncoding, CanonicalFormDoesNotDependOnSymbols) {
  SymbolTable first;
  SymbolTable second;
  second.Intern("something that came before");
  ChangeList list;
  list.Add(GetParam().change, first);
  std::string bytes;
  EncodeChanges(list, 0, first, &bytes);
  ChangeList decoded;
  ASSERT_TRUE(DecodeChanges(bytes, second, decoded));
  std::string again;
  EncodeChanges(decoded, 0, second, &again);
  EXPECT_EQ(bytes, again);
}

TEST_P(HistoryEncoding, EveryCutOfTheCanonicalFormIsRefused) {
  SymbolTable symbols;
  ChangeList list;
  list.Add(GetParam().change, symbols);
  std::string bytes;
  EncodeChanges(list, 0, symbols, &bytes);
  for (size_t size = 0; size < bytes.size(); ++size) {
    ChangeList decoded;
    EXPECT_FALSE(DecodeChanges(absl::string_view(bytes).substr(0, size), symbols, decoded)) << size;
  }
  ChangeList decoded;
  EXPECT_FALSE(DecodeChanges(bytes + "x", symbols, decoded));
}

INSTANTIATE_TEST_SUITE_P(All, HistoryEncoding, ::testing::ValuesIn(Cases()),
                         [](const auto& info) { return info.param.name; });

TEST(HistoryEncoding, PatchOfAStageTakesFewBytes) {
  SymbolTable symbols;
  ChangeList list;
  Change change = MakeChange(1'767'225'600'000'000, {{2, Value::Text("proposal")}});
  list.Add(change, symbols);
  ChangePacker packed;
  packed.Begin(EventTime{1'767'225'600'000'000 - 3 * 86'400'000'000});
  packed.Add(list, list.changes[0]);
  EXPECT_LE(packed.bytes().size(), 6) << "header, three days in minutes, field, symbol";
}

TEST(HistoryEncoding, PackedChangesFollowOneAnother) {
  SymbolTable symbols;
  ChangeList list;
  for (const Case& one : Cases()) list.Add(one.change, symbols);
  ChangePacker packed;
  packed.Begin(EventTime{});
  packed.Add(list, list.changes[3]);
  packed.Begin(EventTime{});
  for (const StoredChange& change : list.changes) packed.Add(list, change);
  ChangeList read;
  UnpackChanges(packed.bytes(), read);
  ASSERT_EQ(read.changes.size(), list.changes.size());
  const auto no_stage = [](absl::Span<const StoredField>) { return 0u; };
  for (const StoredChange& change : read.changes) {
    const size_t place = static_cast<size_t>(&change - read.changes.data());
    ChangeList both;
    both.changes = {list.changes[place]};
    both.fields = list.fields;
    ChangeList alone;
    alone.changes = {change};
    alone.fields = read.fields;
    both.AddFirst(alone);
    const HistoryOrder order(both, symbols, no_stage);
    EXPECT_EQ(order.Compare(both.changes[0], both.changes[1]), 0) << place;
  }
}

// Stages in the order of their names; one that begins with "z" closes.
uint32_t StageOrderForTest(const SymbolTable& symbols, absl::Span<const StoredField> fields) {
  for (const StoredField& field : fields) {
    if (field.field == 2 && field.kind == ValueKind::kText) {
      return symbols.Text(static_cast<Symbol>(field.value))[0] == 'z' ? 2 : 1;
    }
  }
  return 0;
}

TEST(HistoryOrder, TimeThenOrderKeyThenClosingThenContent) {
  SymbolTable symbols;
  symbols.Intern("b");  // symbols in another order than texts
  ChangeList list;
  std::vector<Change> expected;
  expected.push_back(MakeChange(5, {{2, Value::Text("zz")}}));
  expected.push_back(MakeChange(7, {{9, Value::Text("no stage")}}));
  expected.push_back(MakeChange(7, {{2, Value::Text("a")}}));
  expected.push_back(MakeChange(7, {{2, Value::Text("b")}}));
  expected.push_back(MakeChange(7, {{2, Value::Text("z")}}));
  expected.push_back(MakeChange(7, {{2, Value::Text("a")}}));
  expected.back().order = {0, 1};
  expected.push_back(MakeChange(7, {{2, Value::Text("a")}}));
  expected.back().order = {1, 0};
  for (const Change& change : expected) list.Add(change, symbols);
  const auto stage_order = [&](absl::Span<const StoredField> fields) {
    return StageOrderForTest(symbols, fields);
  };
  const HistoryOrder order(list, symbols, stage_order);
  for (size_t i = 0; i < list.changes.size(); ++i) {
    for (size_t j = 0; j < list.changes.size(); ++j) {
      const int compared = order.Compare(list.changes[i], list.changes[j]);
      EXPECT_EQ(compared < 0, i < j) << i << " " << j;
      EXPECT_EQ(compared == 0, i == j) << i << " " << j;
    }
  }
}

}  // namespace
}  // namespace takt
