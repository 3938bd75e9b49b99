#include "engine/kpi/json_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace takt {
namespace {

TEST(JsonWriterTest, PutsCommasBetweenNeighboursOnly) {
  JsonWriter json;
  json.Object([&] {
    json.Member("a", 1).Member("b", "x");
    json.Key("none").Array([] {});
    json.Key("list").Array([&] {
      json.Value(true).Object([] {}).Object([&] { json.Member("c", std::optional<int>()); });
    });
    json.Member("last", std::string("y"));
  });
  EXPECT_EQ(std::move(json).Finish(),
            R"({"a":1,"b":"x","none":[],"list":[true,{},{"c":null}],"last":"y"})");
}

TEST(JsonWriterTest, KeepsWholeNumbersWhole) {
  JsonWriter json;
  json.Array([&] {
    json.Value(std::numeric_limits<uint64_t>::max()).Value(std::numeric_limits<int64_t>::min());
    json.Value(0.1).Value(std::optional<int64_t>(7));
  });
  EXPECT_EQ(std::move(json).Finish(), "[18446744073709551615,-9223372036854775808,0.1,7]");
}

TEST(JsonWriterTest, NumbersThatJsonHasNotAreNull) {
  JsonWriter json;
  json.Array([&] { json.Value(NAN).Value(INFINITY).Value(-INFINITY); });
  EXPECT_EQ(std::move(json).Finish(), "[null,null,null]");
}

TEST(JsonWriterTest, RawIsOneValueAmongOthers) {
  JsonWriter json;
  json.Array([&] { json.Value(1).Raw("{\"a\":2}").Value(3); });
  EXPECT_EQ(std::move(json).Finish(), R"([1,{"a":2},3])");
}

TEST(JsonWriterTest, IndentedIsTheSameInLines) {
  EXPECT_EQ(Indented(R"({"a":[1,{"b":"x,{\"y\":\\"}],"c":{},"d":[]})"),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x,{\\\"y\\\":\\\\\"\n    }\n  ],\n"
            "  \"c\": {},\n  \"d\": []\n}\n");
}

struct TextCase {
  const char* name;
  std::string text;
  std::string json;
};

class JsonTextTest : public testing::TestWithParam<TextCase> {};

TEST_P(JsonTextTest, IsEscaped) {
  std::string json;
  AppendJsonText(GetParam().text, &json);
  EXPECT_EQ(json, GetParam().json);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, JsonTextTest,
    testing::Values(TextCase{"Plain", "north", R"("north")"}, TextCase{"Empty", "", R"("")"},
                    TextCase{"QuoteAndBackslash", R"(a"b\c)", R"("a\"b\\c")"},
                    TextCase{"Control", "a\n\x01\x1f", R"("a\u000a\u0001\u001f")"},
                    TextCase{"Utf8", "Zürich €", "\"Zürich €\""},
                    TextCase{"LoneByte", "a\xff z", "\"a\xef\xbf\xbd z\""},
                    TextCase{"CutCharacter", "a\xe2\x82", "\"a\xef\xbf\xbd\xef\xbf\xbd\""},
                    TextCase{"InvalidBesideQuote", "\"\xc3\xa9\x80",
                             "\"\\\"\xc3\xa9\xef\xbf\xbd\""}),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace takt
