// The end of a track against the track itself: random histories of all kinds of changes and values,
// each walked to its end and unpacked and walked row by row.
#include "engine/ledger/track.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "absl/strings/str_cat.h"
#include "tests/ledger/definition_builder.h"

namespace takt {
namespace {

class TrackTest : public ::testing::Test {
 protected:
  TrackTest() {
    build_.AddObject("deal", {{"amount", FieldType::kMoney},
                              {"owner", FieldType::kText},
                              {"unfollowed", FieldType::kText}});
    build_.AddPipeline("deal", {.name = "sales", .open = {"new", "proposal"}});
    build_.AddPipeline("deal", {.name = "renewal", .open = {"due", "proposal"}});
    Term level{.kind = TermKind::kLevel};
    level.states.push_back({build_.State("deal", "open")});
    level.measure = {MeasureKind::kWeighted, build_.Field("deal", "amount"), kProbabilityField};
    level.where = {build_.Is("deal", "owner", {"r1"})};
    build_.AddTerm(level, "deal", {{}});
    build_.Finish();
  }

  uint32_t Below(uint32_t n) { return random_() % n; }

  // Of any length as a varint, some of the wrong kind, some null.
  StoredField RandomField(FieldId field, SymbolTable& symbols) {
    const char* const texts[] = {"new", "proposal", "due", "won", "sales", "renewal", "r1", "r2"};
    switch (Below(4)) {
      case 0:
        return {field, ValueKind::kNull, 0};
      case 1: {
        const auto value =
            static_cast<int64_t>((uint64_t{random_()} << 32 | random_()) >> Below(64));
        return {field, ValueKind::kInteger, Below(2) == 0 ? value : -value};
      }
      default:
        return {field, ValueKind::kText, symbols.Intern(texts[Below(8)])};
    }
  }

  // At the end of `list`, after all others.
  void AddRandomChange(const Object& object, SymbolTable& symbols, ChangeList& list) {
    StoredChange change;
    const int64_t previous = list.changes.empty() ? -5 : list.changes.back().time.micros;
    const int64_t steps[] = {1, 20'000, 1'000'000, 7'000'000'000, 86'400'000'000};
    change.time.micros = previous + (1 + Below(300)) * steps[Below(5)];
    if (Below(3) == 0) change.order = {Below(2) * (uint64_t{1} << Below(64)), Below(300)};
    if (Below(3) == 0) change.identity = 1 + Below(20);
    const uint32_t kind = Below(30);
    if (kind < 6) change.kind = ChangeKind::kRecord;
    if (kind == 6) change.kind = ChangeKind::kDelete;
    if (kind == 7) change.kind = ChangeKind::kUndelete;
    change.fields_begin = static_cast<uint32_t>(list.fields.size());
    const uint32_t one_in = 1 + Below(6);
    for (size_t field = 0; field < object.fields.size() + 40; ++field) {
      const bool is_beyond = field >= object.fields.size();
      if (Below(is_beyond ? 200 : one_in) != 0) continue;
      list.fields.push_back(RandomField(static_cast<FieldId>(field), symbols));
    }
    change.fields_end = static_cast<uint32_t>(list.fields.size());
    list.changes.push_back(change);
  }

  DefinitionBuilder build_;
  std::mt19937 random_{7};
};

// What WalkEnd must have found of the whole of `list`, whose last change is the added one.
void ExpectEnd(const ObjectPlan& plan, const ChangeList& list, const TrackEnd& end) {
  std::vector<uint32_t> order(list.changes.size());
  std::iota(order.begin(), order.end(), 0);
  Track track;
  Walk(plan, list, order, track);
  const auto row = [&](size_t at) {
    const int64_t* begin = track.Row(static_cast<int>(at));
    return std::vector<int64_t>(begin, begin + track.columns);
  };
  const size_t last = list.changes.size() - 1;
  const StoredChange& added = list.changes[last];
  bool erases = false;
  bool knows = false;
  for (size_t i = 0; i < last; ++i) {
    const ChangeKind kind = list.changes[i].kind;
    erases |= kind == ChangeKind::kDelete || kind == ChangeKind::kUndelete;
    knows |= added.identity != 0 && list.changes[i].identity == added.identity;
  }
  EXPECT_EQ(end.count, last);
  EXPECT_EQ(end.erases, erases);
  EXPECT_EQ(end.knows, knows);
  EXPECT_EQ(end.time, last == 0 ? EventTime{} : list.changes[last - 1].time);
  EXPECT_EQ(end.before.values, last == 0 ? plan.null_row : row(last - 1));
  EXPECT_EQ(end.before.place, last == 0 ? -1 : track.places[last - 1]);
  EXPECT_EQ(end.after.values, row(last));
  EXPECT_EQ(end.after.place, track.places[last]);
  Mask touched = kEverything;
  if (added.kind != ChangeKind::kRecord) {
    touched = plan.KindBit(end.before.place) != plan.KindBit(end.after.place) ? kStageKindMask : 0;
    for (int column = 0; column < plan.column_count; ++column) {
      if (end.before.values[column] != end.after.values[column]) {
        touched |= ColumnBit(static_cast<Column>(column));
      }
    }
  }
  EXPECT_EQ(end.touched, touched);
}

TEST_F(TrackTest, EndsAsItIsWalkedRowByRow) {
  const Object& object = build_.definition().objects[build_.Object("deal")];
  TrackEnd end;  // kept, as its owner keeps it
  for (int round = 0; round < 4'000; ++round) {
    SymbolTable symbols;
    const Plan plan(build_.definition(), symbols);
    for (uint32_t i = Below(4) * 100; i > 0; --i) symbols.Intern(absl::StrCat("text", i));
    ChangeList list;
    const uint32_t count = 1 + Below(8);
    for (uint32_t i = 0; i < count; ++i) AddRandomChange(object, symbols, list);
    ChangePacker packer;
    packer.Begin(EventTime{});
    for (uint32_t i = 0; i + 1 < count; ++i) packer.Add(list, list.changes[i]);
    ChangeList added = list;
    added.changes.erase(added.changes.begin(), added.changes.end() - 1);
    const ObjectPlan& deal = plan.objects[build_.Object("deal")];
    WalkEnd(deal, packer.bytes(), added, end);
    ExpectEnd(deal, list, end);
    ASSERT_FALSE(HasFailure()) << "round " << round;
  }
}

}  // namespace
}  // namespace takt
