#include "connectors/mapping/mapping_decoder.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "connectors/mapping/mapping_values.h"
#include "engine/settings/mapping_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/mapping/decode.h"

namespace takt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

// A JSON mapping of one rule with these lines; time is always 2026-01-01T10:00:00Z.
std::string Rule(const std::string& lines) {
  return "rules:\n  - object: o\n    id: id\n    time: {from: t, unit: s}\n" + lines;
}

// What that rule makes of {"id":"a","t":1767261600,<members>}, without what is always so.
std::string Fields(const std::string& lines, const std::string& members) {
  const std::string text =
      DecodedByText(Rule(lines), {absl::StrCat(R"({"id":"a","t":1767261600)", members, "}")});
  const std::string always = "patch o a 2026-01-01T10:00:00Z";
  return text.rfind(always, 0) == 0 ? text.substr(always.size()) : text;
}

struct Case {
  std::string name;
  std::string lines;
  std::string members;
  std::string expected;
};

std::vector<Case> FieldCases() {
  const auto field = [](const std::string& rule) { return "    fields: {f: " + rule + "}\n"; };
  return {
      {"as_written", field("x"), R"(,"x":1.10)", " f=1.10"},
      {"text", field("x"), R"(,"x":"1.10")", " f='1.10'"},
      {"bool", field("x"), R"(,"x":false)", " f=false"},
      {"absent", field("x"), "", ""},
      {"null", field("x"), R"(,"x":null)", " f=null"},
      {"nested", field("x.y.z"), R"(,"x":{"y":{"z":"deep"}})", " f='deep'"},
      {"element", field("x.1"), R"(,"x":["a","b"])", " f='b'"},
      {"element_beyond", field("x.2"), R"(,"x":["a","b"])", ""},
      {"pointer", field("\"/a.b/c~1d\""), R"(,"a.b":{"c/d":1})", " f=1"},
      {"through_a_text", field("x.y"), R"(,"x":"y")", ""},
      {"object_for_a_field", field("x"), R"(,"x":{"y":1})",
       "bad_value: f: \"an object or an array\""},
      {"coalesce_takes_the_first", field("[x, y]"), R"(,"x":1,"y":2)", " f=1"},
      {"coalesce_skips_absent", field("[x, y]"), R"(,"y":2)", " f=2"},
      {"coalesce_skips_null", field("[x, y]"), R"(,"x":null,"y":2)", " f=2"},
      {"coalesce_of_nulls_is_null", field("[x, y]"), R"(,"x":null)", " f=null"},
      {"constant", field("{const: web}"), "", " f='web'"},
      {"null_if", field("{from: x, null_if: [\"\", \"-\"]}"), R"(,"x":"-")", " f=null"},
      {"null_if_empty", field("{from: x, null_if: [\"\", \"-\"]}"), R"(,"x":"")", " f=null"},
      {"dictionary", field("{from: x, map: {N: north}}"), R"(,"x":"N")", " f='north'"},
      {"dictionary_of_numbers", field("{from: x, map: {7: seven, true: yes}}"), R"(,"x":7)",
       " f='seven'"},
      {"dictionary_of_bools", field("{from: x, map: {7: seven, true: yes}}"), R"(,"x":true)",
       " f='yes'"},
      {"dictionary_keeps", field("{from: x, map: {N: north}}"), R"(,"x":"S")", " f='S'"},
      {"dictionary_default", field("{from: x, map: {N: north}, default: other}"), R"(,"x":"S")",
       " f='other'"},
      {"dictionary_dead_letter", field("{from: x, map: {N: north}, default: dead_letter}"),
       R"(,"x":"S")", "unmapped: f: \"S\""},
      {"dictionary_leaves_null", field("{from: x, map: {N: north}, default: dead_letter}"),
       R"(,"x":null)", " f=null"},
      {"key_as_text", field("key"), "", " f='{\"k\":{\"id\":5}}'"},
      {"key_by_path", field("key.k.id"), "", " f=5"},
      {"header", field("headers.ce.type"), "", " f='t.x'"},
      {"header_absent", field("headers.none"), "", ""},
      {"topic", field("topic"), "", " f='crm.deals'"},
      {"record_time", field("record_time"), "", " f=2026-01-01T10:00:01Z"},
      {"value_root", field("value.x"), R"(,"x":1)", " f=1"},
      {"a_member_called_key", field("value.key"), R"(,"key":1)", " f=1"},
  };
}

std::vector<Case> ConversionCases() {
  const auto field = [](const std::string& rule) { return "    fields: {f: " + rule + "}\n"; };
  return {
      {"decimal_point", field("{from: x, decimal: point}"), R"(,"x":"$1,234,567.50")",
       " f=1234567.50"},
      {"decimal_comma", field("{from: x, decimal: comma}"),
       ","
       R"("x":"1.234,50 €")",
       " f=1234.50"},
      {"decimal_swiss", field("{from: x, decimal: point}"), R"(,"x":"1'234.50")", " f=1234.50"},
      {"decimal_number", field("{from: x, decimal: point}"), R"(,"x":-12.5e1)", " f=-12.5e1"},
      {"decimal_of_the_other_sign", field("{from: x, decimal: point}"), R"(,"x":"1,5")",
       "bad_number: f: \"1,5\""},
      {"decimal_two_signs", field("{from: x, decimal: point}"), R"(,"x":"1.2.3")",
       "bad_number: f: \"1.2.3\""},
      {"decimal_group_in_fraction", field("{from: x, decimal: comma}"), R"(,"x":"1,5.000")",
       "bad_number: f: \"1,5.000\""},
      {"decimal_of_bool", field("{from: x, decimal: point}"), R"(,"x":true)",
       "bad_number: f: \"true\""},
      {"percent", field("{from: x, scale: percent}"), R"(,"x":40)", " f=40%"},
      {"percent_with_its_sign", field("{from: x, scale: percent}"), R"(,"x":"40%")", " f=40%"},
      {"minor_units", field("{from: x, scale: minor_units}"), R"(,"x":1234)", " f=minor 1234"},
      {"minor_units_of_a_fraction", field("{from: x, scale: minor_units}"), R"(,"x":12.5)",
       "too_many_decimals: f: \"12.5\""},
      {"bool_word", field("{from: x, bool: true}"), R"(,"x":"Yes")", " f=true"},
      {"bool_zero", field("{from: x, bool: true}"), R"(,"x":0)", " f=false"},
      {"bool_of_something", field("{from: x, bool: true}"), R"(,"x":"maybe")",
       "bad_value: f: \"maybe\""},
      {"time_date", field("{from: x, time: date}"), R"(,"x":"2026-07-01")",
       " f=2026-06-30T22:00:00Z"},
      {"time_in_a_zone", field("{from: x, time: {unit: iso, zone: America/New_York}}"),
       R"(,"x":"2026-07-01 08:00")", " f=2026-07-01T12:00:00Z"},
      {"time_by_format", field("{from: x, time: {format: \"%m/%d/%Y\"}}"), R"(,"x":"07/01/2026")",
       " f=2026-06-30T22:00:00Z"},
      {"time_days", field("{from: x, time: days}"), R"(,"x":20635)", " f=2026-06-30T22:00:00Z"},
      {"time_first_that_reads", field("{from: x, time: [ms, iso]}"),
       R"(,"x":"2026-07-01T00:00:00Z")", " f=2026-07-01T00:00:00Z"},
      {"time_unreadable", field("{from: x, time: [ms, date]}"), R"(,"x":"soon")",
       "bad_time: f: \"soon\""},
  };
}

class MappingFieldTest : public testing::TestWithParam<Case> {};

TEST_P(MappingFieldTest, IsRead) {
  const std::string always = "patch o a 2026-01-01T10:00:00Z";
  std::string text = DecodedByText(
      Rule(GetParam().lines), {absl::StrCat(R"({"id":"a","t":1767261600)", GetParam().members, "}"),
                               R"({"k":{"id":5}})",
                               {{"ce.type", "t.x"}},
                               1767261601000000});
  if (text.rfind(always, 0) == 0) text = text.substr(always.size());
  EXPECT_EQ(text, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(Sources, MappingFieldTest, testing::ValuesIn(FieldCases()),
                         [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(Conversions, MappingFieldTest, testing::ValuesIn(ConversionCases()),
                         [](const auto& info) { return info.param.name; });

std::vector<Case> RuleCases() {
  const std::string op =
      "    op: {from: x, map: {c: record, \"d*\": delete, u: undelete, n: filter}";
  return {
      {"op_constant", "    op: delete\n", "", "delete o a 2026-01-01T10:00:00Z"},
      {"op_mapped", op + "}\n", R"(,"x":"c")", "record o a 2026-01-01T10:00:00Z"},
      {"op_by_beginning", op + "}\n", R"(,"x":"deleted")", "delete o a 2026-01-01T10:00:00Z"},
      {"op_filters", op + "}\n", R"(,"x":"n")", "filtered"},
      {"op_unknown", op + "}\n", R"(,"x":"z")", "unmapped: operation: z"},
      {"op_absent", op + "}\n", "", "unmapped: operation: "},
      {"op_default", op + ", default: patch}\n", R"(,"x":"z")", ""},
      {"order", "    order: [x, y]\n", R"(,"x":7,"y":"18446744073709551615")",
       " order=7.18446744073709551615"},
      {"order_absent", "    order: [x, y]\n", "", ""},
      {"order_of_text", "    order: x\n", R"(,"x":"abc")",
       "bad_value: x: an order is a whole number"},
      {"event_id", "    event_id: x\n", R"(,"x":9)", " event=9"},
      {"event_id_joined", "    event_id: [x, y, z]\n", R"(,"x":9,"z":"q")", " event=9++q"},
      {"event_id_absent", "    event_id: [x, y]\n", "", ""},
      {"match_fails", "    match: {x: a}\n", R"(,"x":"b")",
       "unmapped: no rule of the mapping matches"},
      {"match_one_of", "    match: {x: [a, \"b*\"]}\n", R"(,"x":"bcd")", ""},
      {"match_number", "    match: {x: 7}\n", R"(,"x":7)", ""},
      {"match_not", "    match: {x: {not: [a]}}\n", R"(,"x":"b")", ""},
      {"match_not_of_absent", "    match: {x: {not: a}}\n", "", ""},
      {"match_present", "    match: {x: {present: true}}\n", R"(,"x":null)",
       "unmapped: no rule of the mapping matches"},
      {"match_absent", "    match: {x: {present: false}}\n", R"(,"x":null)", ""},
      {"match_object_is_present", "    match: {x: {present: true}}\n", R"(,"x":{})", ""},
      {"match_object_has_no_text", "    match: {x: \"*\"}\n", R"(,"x":{})",
       "unmapped: no rule of the mapping matches"},
      {"explode", "    explode: x\n    fields: {f: item.n}\n", R"(,"x":[{"n":1},{"n":2}])",
       " f=1\npatch o a 2026-01-01T10:00:00Z place=64 f=2"},
      {"explode_identified_items", "    explode: x\n    event_id: item\n", R"(,"x":["p","q"])",
       " event=p\npatch o a 2026-01-01T10:00:00Z event=q"},
      {"explode_nothing", "    explode: x\n", "", "missing_id: nothing in x"},
      {"property", "    patch: {key: k, value: v, fields: {p: f, q: {to: g, time: ms}}}\n",
       R"(,"k":"q","v":"1767261600000")", " g=2026-01-01T10:00:00Z"},
      {"property_nobody_needs", "    patch: {key: k, value: v, fields: {p: f}}\n",
       R"(,"k":"z","v":1)", "filtered"},
      {"property_beside_fields",
       "    fields: {g: y}\n    patch: {key: k, value: v, fields: {p: f}}\n",
       R"(,"k":"p","v":null,"y":1)", " g=1 f=null"},
      {"changes",
       "    fields: {g: y}\n    changes:\n"
       "      - {op: record, fields: {f: {const: new}}}\n"
       "      - {when: {x: {present: true}}, object: p, id: x, time: {from: u, unit: s}}\n"
       "      - {when: {x: absent}, fields: {g: z}}\n",
       R"(,"x":"b","y":1,"u":1767261601)",
       "record o a 2026-01-01T10:00:00Z f='new' g=1\n"
       "patch p b 2026-01-01T10:00:01Z order=0.1 place=1 g=1"},
      {"no_change_applies", "    changes: [{when: {x: a}}]\n", "", "filtered"},
  };
}

class MappingRuleTest : public testing::TestWithParam<Case> {};

TEST_P(MappingRuleTest, IsCarriedOut) {
  EXPECT_EQ(Fields(GetParam().lines, GetParam().members), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(All, MappingRuleTest, testing::ValuesIn(RuleCases()),
                         [](const auto& info) { return info.param.name; });

TEST(MappingDecoder, TimesFallBackInOrderAndAreTheRecordsOwn) {
  const std::string mapping =
      "as_of: 2026-02-01\nrules: [{object: o, id: id, time: {from: [x, as_of], unit: date}}]";
  EXPECT_EQ(DecodedByText(mapping, {R"({"id":"a","x":"2026-01-01"})"}),
            "patch o a 2025-12-31T23:00:00Z");
  EXPECT_EQ(DecodedByText(mapping, {R"({"id":"a","x":null})"}), "patch o a 2026-01-31T23:00:00Z");
  EXPECT_EQ(DecodedByText(mapping, {R"({"id":"a","x":"soon"})"}),
            "bad_time: x: not as the mapping says");
  const std::string bare = "rules: [{object: o, id: id, time: x}]";
  EXPECT_EQ(DecodedByText(bare, {R"({"id":"a"})"}), "patch o a -");
  EXPECT_THAT(DecodedByText("as_of: soon\n" + bare, {"{}"}), HasSubstr("as_of is no time: soon"));
}

TEST(MappingDecoder, IdsAreTheFirstThereOrAllJoined) {
  const std::string first = "rules: [{object: o, id: [x, y], time: t}]";
  EXPECT_EQ(DecodedByText(first, {R"({"y":2})"}), "patch o 2 -");
  EXPECT_EQ(DecodedByText(first, {R"({"x":{},"y":2})"}), "patch o 2 -");
  EXPECT_EQ(DecodedByText(first, {"{}"}), "patch o  -");
  const std::string joined = "rules: [{object: o, id: {join: [x, y]}, time: t}]";
  EXPECT_EQ(DecodedByText(joined, {R"({"x":1,"y":2})"}), "patch o 1/2 -");
}

TEST(MappingDecoder, DocumentsAreTakenByTheFirstRuleThatMatches) {
  const std::string mapping =
      "explode: events\notherwise: filter\nrules:\n"
      "  - {match: {k: a}, object: o, id: id, time: t, event_id: value.batch}\n"
      "  - {match: {k: [a, b]}, object: p, id: id, time: t, event_id: id}\n";
  EXPECT_EQ(DecodedByText(mapping, {R"({"batch":"B","events":[{"k":"a","id":1},{"k":"b","id":2},)"
                                    R"({"k":"c","id":3},{"k":"a","id":4}]})"}),
            "patch o 1 - event=B\npatch p 2 - event=2\npatch o 4 - event=B place=786432");
  EXPECT_EQ(DecodedByText(mapping, {R"({"events":[]})"}), "filtered");
  EXPECT_EQ(DecodedByText(mapping, {R"({"x":1})"}), "filtered");
}

TEST(MappingDecoder, OneBadDocumentRejectsTheWholeRecord) {
  const std::string mapping = "explode: $\nrules: [{match: {k: a}, object: o, id: id, time: t}]";
  EXPECT_EQ(DecodedByText(mapping, {R"([{"k":"a","id":1},{"k":"b","id":2}])"}),
            "unmapped: no rule of the mapping matches");
}

TEST(MappingDecoder, RowsAreReadByTheNamesOfTheirColumns) {
  const std::string mapping =
      "format: csv\ndelimiter: \";\"\nrules:\n"
      "  - {object: o, id: Deal ID, time: {from: Won at, format: \"%d.%m.%Y\"},\n"
      "     fields: {amount: {from: Amount (EUR), decimal: comma}, owner: {from: Owner, null_if: "
      "[\"\"]},\n"
      "              who: Contact.Name}}\n";
  const std::vector<std::pair<std::string, std::string>> header = {
      {"csv-header", "Contact.Name;Deal ID;Won at;Amount (EUR);Owner"}};
  EXPECT_EQ(DecodedByText(mapping, {"Ann;D 1;01.07.2026;\"1.234,50\";", "", header}),
            "patch o D 1 2026-06-30T22:00:00Z amount=1234.50 owner=null who='Ann'");
  EXPECT_EQ(DecodedByText(mapping, {";D 1;;;x", "", header}), "patch o D 1 - owner='x'");
  EXPECT_THAT(DecodedByText(mapping, {"D 1;x", "", header}), HasSubstr("malformed: "));
  EXPECT_THAT(DecodedByText(mapping, {"D 1;x"}), HasSubstr("unsupported_frame: "));
}

TEST(MappingDecoder, FramesAndBadJsonHaveTheReasonsOfTheJsonDecoder) {
  const std::string mapping = "rules: [{object: o, id: id, time: t}]";
  EXPECT_EQ(DecodedByText(mapping, {std::string("\0\0\0\0\7", 5) + R"({"id":"a"})"}),
            "patch o a -");
  EXPECT_THAT(DecodedByText(mapping, {std::string("\0\0\0\0\7\2", 6)}),
              HasSubstr("unsupported_frame: "));
  EXPECT_THAT(DecodedByText(mapping, {""}), HasSubstr("empty_value: "));
  EXPECT_THAT(DecodedByText(mapping, {R"({"id":"a"}})"}), HasSubstr("malformed: "));
  EXPECT_THAT(DecodedByText(mapping, {R"({"x":[{"y":1,"y":2}]})"}), HasSubstr("malformed: "));
  EXPECT_THAT(DecodedByText(mapping, {"{\"id\":\"\xff\"}"}), HasSubstr("invalid_utf8: "));
  EXPECT_THAT(DecodedByText(mapping, {R"({"x":NaN})"}), HasSubstr("bad_number: "));
  const std::string deep = std::string(10000, '[') + std::string(10000, ']');
  EXPECT_THAT(DecodedByText(mapping, {R"({"x":)" + deep + "}"}), HasSubstr("too_large: "));
  std::string wide = "[1";
  for (int i = 0; i < 70000; ++i) wide += ",1";
  EXPECT_THAT(DecodedByText(mapping, {R"({"x":)" + wide + "]}"}), HasSubstr("too_large: "));
  std::string many = "[1";
  for (int i = 0; i < 17000; ++i) many += ",1";
  EXPECT_THAT(DecodedByText("rules: [{object: o, id: item, time: t, explode: x}]",
                            {R"({"x":)" + many + "]}"}),
              HasSubstr("too_large: "));
}

TEST(MappingDecoder, UnmappedValuesAreCountedByNameUpToABound) {
  MappingLoad load = ParseMapping(
      "m", "rules: [{object: o, id: id, time: t, fields: {region: {from: r, map: {N: north}}}}]");
  ASSERT_TRUE(load.ok());
  auto decoder = *MakeMappingDecoder(std::move(load.file), Calendar());
  DecodedBy(*decoder, {R"({"id":1,"r":"N"})"});
  EXPECT_TRUE(decoder->UnmappedValues().empty());
  DecodedBy(*decoder, {R"({"id":1,"r":"S"})"});
  DecodedBy(*decoder, {R"({"id":1,"r":"S"})"});
  DecodedBy(*decoder, {R"({"id":1,"r":"\u0001"})"});
  EXPECT_THAT(decoder->UnmappedValues(),
              ElementsAre(Pair("region: S", 2), Pair("region: \\x01", 1)));
  for (int i = 0; i < 200; ++i) DecodedBy(*decoder, {absl::StrCat("{\"r\":", i, "}")});
  EXPECT_EQ(decoder->UnmappedValues().size(), 101u);
  EXPECT_THAT(decoder->UnmappedValues(), testing::Contains(Pair("(others)", 102)));
}

TEST(MappingDecoder, AFileWithoutRulesOrWithAnUnknownZoneIsRefused) {
  EXPECT_EQ(MakeMappingDecoder(MappingFile(), Calendar()).status().code(),
            absl::StatusCode::kInvalidArgument);
  MappingFile file;
  file.rules.resize(1);
  file.rules[0].changes.resize(1);
  file.rules[0].changes[0].time.unit.zone = "Mars/Olympus";
  EXPECT_THAT(MakeMappingDecoder(file, Calendar()).status().message(), HasSubstr("Mars/Olympus"));
}

}  // namespace
}  // namespace takt
