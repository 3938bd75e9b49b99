#include "engine/kpi/select.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/kpi/small_definition.h"

namespace takt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SelectTest : public testing::Test {
 protected:
  SelectTest() {
    small_.AddKpi("won", KpiKind::kCount, {"7d", "28d"});
    small_.AddKpi("open_deals", KpiKind::kLevel, {});
    snapshot_.now = At("2026-01-20T12:00:00Z");
    snapshot_.families = {
        {.name = "sales_company_won",
         .kpi = small_.Id("won"),
         .level = kCompanyLevel,
         .samples = {{{{"window", "7d"}}, 1}, {{{"window", "28d"}}, 2}}},
        {.name = "sales_region_won",
         .kpi = small_.Id("won"),
         .level = kRegionLevel,
         .samples = {{{{"window", "7d"}, {"sales_region", "north"}}, 3},
                     {{{"window", "28d"}, {"sales_region", "south"}}, 4}}},
        {.name = "sales_region_open_deals",
         .kpi = small_.Id("open_deals"),
         .level = kRegionLevel,
         .samples = {{{{"sales_region", "north"}}, 5}, {{{"sales_region", "south"}}, 6}}}};
  }

  absl::StatusOr<std::vector<double>> Values(const std::map<std::string, std::string>& query) {
    const auto selection = ParseSelection(small_.definition, query);
    if (!selection.ok()) return selection.status();
    const Snapshot selected = Select(small_.definition, snapshot_, *selection);
    EXPECT_EQ(selected.now, snapshot_.now);
    std::vector<double> values;
    for (const Family& family : selected.families) {
      EXPECT_THAT(family.samples, testing::Not(IsEmpty()));
      for (const Sample& sample : family.samples) values.push_back(sample.value);
    }
    return values;
  }

  SmallDefinition small_;
  Snapshot snapshot_;
};

TEST_F(SelectTest, NothingAskedIsEverything) {
  EXPECT_THAT(*Values({{"at", "2026-01-01T00:00:00Z"}}), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_F(SelectTest, LevelKeepsItsFamilies) {
  EXPECT_THAT(*Values({{"level", "company"}}), ElementsAre(1, 2));
  EXPECT_THAT(*Values({{"level", "region"}}), ElementsAre(3, 4, 5, 6));
}

TEST_F(SelectTest, GroupKeepsItsSamples) {
  EXPECT_THAT(*Values({{"level", "region"}, {"group", "south"}}), ElementsAre(4, 6));
}

TEST_F(SelectTest, WindowKeepsWhatHasNone) {
  EXPECT_THAT(*Values({{"window", "28d"}}), ElementsAre(2, 4, 5, 6));
  EXPECT_THAT(*Values({{"level", "region"}, {"group", "north"}, {"window", "28d"}}),
              ElementsAre(5));
}

struct WrongCase {
  const char* name;
  std::map<std::string, std::string> query;
  const char* text;
};

class WrongSelectionTest : public SelectTest, public testing::WithParamInterface<WrongCase> {};

TEST_P(WrongSelectionTest, SaysWhatThereIs) {
  const auto values = Values(GetParam().query);
  ASSERT_TRUE(absl::IsInvalidArgument(values.status()));
  EXPECT_THAT(std::string(values.status().message()), HasSubstr(GetParam().text));
}

INSTANTIATE_TEST_SUITE_P(
    Queries, WrongSelectionTest,
    testing::Values(
        WrongCase{
            "Level", {{"level", "country"}}, "no level \"country\"; there are company, region"},
        WrongCase{"Empty", {{"level", ""}}, "no level \"\"; there are"},
        WrongCase{"Group",
                  {{"level", "region"}, {"group", "east\n"}},
                  "no group \"east\\n\"; there are north, south, unassigned"},
        WrongCase{"GroupOfCompany", {{"group", "north"}}, "group=\"north\" needs a level"},
        WrongCase{"Window", {{"window", "29d"}}, "no window \"29d\"; there are 28d, 7d"}),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace takt
