// The memo of groups against the tables themselves, with many more values than it has room for.
#include "engine/ledger/group_memo.h"

#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "tests/ledger/definition_builder.h"

namespace takt {
namespace {

constexpr int kOwners = 3'000;
constexpr int64_t kDay = 86'400'000'000;

class GroupMemoTest : public ::testing::Test {
 protected:
  // Owners change teams, teams change regions; a deal may name its team itself.
  GroupMemoTest() {
    build_.AddObject("deal", {{"owner", FieldType::kText}, {"team", FieldType::kText}});
    build_.AddPipeline("deal", {.name = "sales", .open = {"new", "proposal"}});
    std::vector<DefinitionBuilder::TableRow> rows;
    for (int i = 0; i < kOwners; ++i) {
      const std::string owner = absl::StrCat("owner", i);
      rows.push_back({owner, "", absl::StrCat("team", i % 7)});
      if (i % 3 == 0) rows.push_back({owner, "2026-02-01", absl::StrCat("team", i % 5)});
    }
    build_.AddTable("team", "owner", rows);
    build_.AddTable(
        "region", "team",
        {{"team1", "", "north"}, {"team1", "2026-03-01", "south"}, {"team2", "", "west"}});
    build_.AddStageDimension("deal");
    Term level{.kind = TermKind::kLevel};
    level.states.push_back({build_.State("deal", "open")});
    build_.AddTerm(level, "deal", {{}, {"team"}, {"region", "team"}});
    build_.AddTerm(level, "deal", {{"region"}, {"deal_stage"}});
  }

  DefinitionBuilder build_;
};

TEST_F(GroupMemoTest, AnswersWhatTheTablesDo) {
  SymbolTable symbols;
  const Plan plan(build_.Finish(), symbols);
  const ObjectPlan& deal = plan.objects[build_.Object("deal")];
  GroupMemo memo(plan.tables);
  std::mt19937 random(11);
  std::vector<int64_t> row = deal.null_row;
  int64_t narrow = 0;
  for (int i = 0; i < 100'000; ++i) {
    const auto name = [&](absl::string_view what, uint32_t below) {
      const uint32_t number = random() % below;
      return random() % 20 == 0 ? kNull : int64_t{symbols.Intern(absl::StrCat(what, number))};
    };
    row[deal.ColumnOf(build_.Field("deal", "owner"))] =
        name("owner", i % 2 == 0 ? 20 : kOwners + 5);
    row[deal.ColumnOf(build_.Field("deal", "team"))] = random() % 4 == 0 ? name("team", 9) : kNull;
    const DimensionInput input = {
        .values = row.data(),
        .columns = deal.dimensions.data(),
        .object = deal.id,
        .place = static_cast<int>(random() % 3) - 1,
        .time = At("2026-01-01").micros + static_cast<int64_t>(random() % 90) * kDay};
    const GroupPlan& groups = deal.terms[random() % 2].groups;
    const GroupMemo::Answer found = memo.Find(groups, input);
    FoundGroups expected;
    FindGroupsAt(plan.tables, groups, input, expected);
    ASSERT_EQ(found.groups, absl::MakeConstSpan(expected.groups)) << i;
    ASSERT_EQ(found.valid.since, expected.valid.since) << i;
    ASSERT_EQ(found.valid.until, expected.valid.until) << i;
    narrow += found.valid.since != kNull || found.valid.until != kNever;
  }
  EXPECT_GT(narrow, 10'000) << "dated rows were met";
}

}  // namespace
}  // namespace takt
