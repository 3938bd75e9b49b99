#include "engine/settings/mapping_file.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/mapping/decode.h"

namespace takt {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(MappingFile, TheSmallestMapping) {
  EXPECT_THAT(ProblemsOf("rules: [{object: o, id: id, time: t}]"), IsEmpty());
}

TEST(MappingFile, EveryMistakeIsToldAtItsPlaceInOneGo) {
  EXPECT_THAT(
      ProblemsOf("format: xml\n"
                 "otherwise: drop\n"
                 "rules:\n"
                 "  - object: o\n"
                 "    id: a..b\n"
                 "    tiem: t\n"
                 "    op: upsert\n"
                 "    fields:\n"
                 "      f: {from: x, scale: permille}\n"
                 "      g: {const: a, from: b}\n"
                 "      h: {from: x, time: [ms, hours]}\n"),
      ElementsAre(HasSubstr("1:9: format: unknown format \"xml\""), HasSubstr("2:12: otherwise: "),
                  HasSubstr("rules[0]: needs time"),
                  HasSubstr("5:9: rules[0].id: the path \"a..b\" has an empty part"),
                  HasSubstr("6:5: rules[0].tiem: unknown key \"tiem\"; did you mean \"time\"?"),
                  HasSubstr("7:9: rules[0].op: unknown op \"upsert\""),
                  HasSubstr("9:27: rules[0].fields.f.scale: must be one of"),
                  HasSubstr("rules[0].fields.g: needs one of from"),
                  HasSubstr("11:31: rules[0].fields.h.time[1]: unknown unit \"hours\"")));
}

struct Case {
  std::string name;
  std::string rule;
  std::string problem;
};

class MappingFileTest : public testing::TestWithParam<Case> {};

TEST_P(MappingFileTest, IsRefused) {
  EXPECT_THAT(ProblemsOf(GetParam().rule), Contains(HasSubstr(GetParam().problem)));
}

INSTANTIATE_TEST_SUITE_P(
    All, MappingFileTest,
    testing::ValuesIn(std::vector<Case>{
        {"empty", "", "must be a map"},
        {"no_rules", "format: json", "needs rules"},
        {"rules_empty", "rules: []", "needs rules"},
        {"rule_is_text", "rules: [x]", "must be a map"},
        {"bad_yaml", "rules: [", "1:"},
        {"key_twice", "rules: [{object: o, object: p, id: a, time: t}]", "stands twice"},
        {"no_object", "rules: [{id: a, time: t}]", "needs object"},
        {"no_id", "rules: [{object: o, time: t}]", "needs id"},
        {"no_time_in_a_change", "rules: [{object: o, id: a, changes: [{op: patch}]}]",
         "needs time"},
        {"changes_empty", "rules: [{object: o, id: a, time: t, changes: []}]",
         "at least one change"},
        {"unknown_key_in_change", "rules: [{object: o, id: a, time: t, changes: [{wen: {x: y}}]}]",
         "did you mean \"when\""},
        {"three_orders", "rules: [{object: o, id: a, time: t, order: [a, b, c]}]", "two paths"},
        {"op_without_map", "rules: [{object: o, id: a, time: t, op: {from: x}}]", "needs map"},
        {"unknown_zone", "rules: [{object: o, id: a, time: {from: t, zone: Mars/Olympus}}]",
         "Mars/Olympus"},
        {"time_without_from", "rules: [{object: o, id: a, time: {unit: s}}]", "needs from"},
        {"test_neither", "rules: [{match: {x: {is: y}}, object: o, id: a, time: t}]",
         "unknown key \"is\""},
        {"test_of_word", "rules: [{match: {x: {present: maybe}}, object: o, id: a, time: t}]",
         "must be {present: true}"},
        {"default_alone",
         "rules: [{object: o, id: a, time: t, fields: {f: {from: x, default: y}}}]",
         "default needs map"},
        {"two_readings",
         "rules: [{object: o, id: a, time: t, fields: {f: {from: x, bool: true, time: s}}}]",
         "may have one of"},
        {"property_without_value",
         "rules: [{object: o, id: a, time: t, patch: {key: k, fields: {}}}]",
         "needs key, value and fields"},
        {"delimiter", "format: csv\ndelimiter: ab\nrules: [{object: o, id: a, time: t}]",
         "one character"},
        {"explode_of_csv", "format: csv\nexplode: x\nrules: [{object: o, id: a, time: t}]",
         "no meaning for rows"},
        {"path_is_map", "rules: [{object: o, id: {x: y}, time: t}]", "unknown key \"x\""},
        {"id_is_null", "rules: [{object: o, id: , time: t}]", "needs id"},
    }),
    [](const auto& info) { return info.param.name; });

TEST(MappingFile, AFileThatIsAwayIsAProblem) {
  const MappingLoad load = LoadMappingFile("config/mappings/none.yaml");
  EXPECT_FALSE(load.ok());
  ASSERT_EQ(load.problems.size(), 1u);
  EXPECT_THAT(ProblemText(load.problems[0]), HasSubstr("config/mappings/none.yaml"));
}

}  // namespace
}  // namespace takt
