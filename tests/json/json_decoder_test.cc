#include "connectors/json/json_decoder.h"

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/pipeline/raw_value_text.h"

namespace takt {
namespace {

// The whole of what a record was decoded to, in one line per change.
std::string Decoded(Decoder& decoder, absl::string_view value) {
  Record record;
  record.has_value = true;
  record.value = value;
  RawChanges changes;
  const DecodeResult result = decoder.Decode(record, changes);
  if (const auto* rejection = std::get_if<Rejection>(&result)) {
    EXPECT_EQ(changes.size(), 0u);
    EXPECT_FALSE(rejection->detail.empty());
    return std::string(ReasonName(rejection->reason));
  }
  std::vector<std::string> lines;
  for (size_t i = 0; i < changes.size(); ++i) {
    const RawChange& change = changes[i];
    std::string line =
        absl::StrCat(change.object, " ", change.id, " ", static_cast<int>(change.kind));
    absl::StrAppend(&line, " ", change.has_time ? absl::StrCat(change.time.micros) : "-");
    absl::StrAppend(&line, " ", change.order.major, ".", change.order.minor, " [", change.event_id,
                    "]", change.place);
    for (const RawField& field : change.fields) {
      absl::StrAppend(&line, " ", field.name, "=", RawValueText(field.value));
    }
    lines.push_back(line);
  }
  return absl::StrJoin(lines, "\n");
}

std::string Decoded(absl::string_view value) {
  const std::unique_ptr<Decoder> decoder = MakeJsonDecoder();
  return Decoded(*decoder, value);
}

constexpr char kFull[] =
    R"({"object":"deal","id":"D1","op":"patch","time":"2026-01-10T09:30:00Z","event_id":"e-17",)"
    R"("order":[12,3],"fields":{"stage":"won","amount":"10000.00","n":1.10,"flag":true,"lead":null}})";
constexpr char kFullDecoded[] =
    "deal D1 0 1768037400000000 12.3 [e-17]0 stage='won' amount='10000.00' n=1.10 flag=true "
    "lead=null";

struct Case {
  std::string name;
  std::string value;
  std::string expected;
};

std::vector<Case> Accepted() {
  return {
      {"full", kFull, kFullDecoded},
      {"keys_in_any_order", R"({"fields":{},"time":0,"id":"a","object":"o"})", "o a 0 0 0.0 []0"},
      {"record", R"({"op":"record"})", "  1 - 0.0 []0"},
      {"delete", R"({"op":"delete"})", "  2 - 0.0 []0"},
      {"undelete", R"({"op":"undelete"})", "  3 - 0.0 []0"},
      {"numeric_ids", R"({"id":17,"event_id":18})", " 17 0 - 0.0 [18]0"},
      {"micros", R"({"time":1768037400000000})", "  0 1768037400000000 0.0 []0"},
      {"nulls_are_absent",
       R"({"object":null,"id":null,"op":null,"time":null,"event_id":null,"order":null})",
       "  0 - 0.0 []0"},
      {"order_of_one", R"({"order":[7]})", "  0 - 7.0 []0"},
      {"order_as_number", R"({"order":18446744073709551615})", "  0 - 18446744073709551615.0 []0"},
      {"escapes", R"({"id":"a\u00e9\ud83d\ude00\n","fields":{"\u0061":"\u0000"}})",
       absl::StrCat(" a\xc3\xa9\xf0\x9f\x98\x80\n 0 - 0.0 []0 a='", std::string(1, '\0'), "'")},
      {"numbers_as_written", R"({"fields":{"a":9007199254740993,"b":-0,"c":1e999 ,"d":0.1E-2}})",
       "  0 - 0.0 []0 a=9007199254740993 b=-0 c=1e999 d=0.1E-2"},
      {"unknown_keys", R"({"x":{"y":[1,true,null,"z",{}]},"id":"a","z":[]})", " a 0 - 0.0 []0"},
      {"array", R"([{"id":"a"},{"id":"b"}])", " a 0 - 0.0 []0\n b 0 - 0.0 []1"},
      {"empty_array", "[]", ""},
      {"blanks_around", " \n\t{\"id\":\"a\"}\r\n ", " a 0 - 0.0 []0"},
      {"schema_frame", std::string("\0\0\0\0\7", 5) + R"({"id":"a"})", " a 0 - 0.0 []0"},
  };
}

std::vector<Case> Rejected() {
  std::vector<Case> cases = {
      {"empty", "", "empty_value"},
      {"blank", "   ", "malformed"},
      {"not_json", "hello", "malformed"},
      {"scalar", "17", "malformed"},
      {"trailing_object", R"({"id":"a"}{})", "malformed"},
      {"trailing_letter", R"({"id":"a"} x)", "malformed"},
      {"trailing_bracket", R"({"id":"a"}])", "malformed"},
      {"trailing_nul", std::string("{}\0", 3), "malformed"},
      {"byte_order_mark", "\xef\xbb\xbf{}", "malformed"},
      {"lone_surrogate", R"({"id":"\ud800"})", "malformed"},
      {"lone_surrogate_nobody_needs", R"({"x":"\udc00"})", "malformed"},
      {"lone_surrogate_in_a_key", R"({"fields":{"\ud800":1}})", "malformed"},
      {"key_twice", R"({"id":"a","id":"a"})", "malformed"},
      {"key_twice_by_escape", R"({"id":"a","\u0069d":"a"})", "malformed"},
      {"field_twice", R"({"fields":{"a":1,"b":2,"a":1}})", "malformed"},
      {"key_twice_nobody_needs", R"({"x":{"a":1,"a":1}})", "malformed"},
      {"invalid_utf8", "{\"id\":\"\xff\"}", "invalid_utf8"},
      {"raw_control", "{\"id\":\"a\nb\"}", "malformed"},
      {"nan", R"({"fields":{"a":NaN}})", "bad_number"},
      {"infinity", R"({"fields":{"a":-Infinity}})", "bad_number"},
      {"leading_zero", R"({"fields":{"a":01}})", "malformed"},
      {"plus_sign", R"({"fields":{"a":+1}})", "malformed"},
      {"hexadecimal", R"({"fields":{"a":0x10}})", "malformed"},
      {"bare_point", R"({"fields":{"a":1.}})", "malformed"},
      {"bad_number_nobody_needs", R"({"x":1.2.3})", "malformed"},
      {"bad_atom", R"({"fields":{"a":tru}})", "malformed"},
      {"bad_null", R"({"fields":{"a":nulL}})", "malformed"},
      {"bad_atom_nobody_needs", R"({"x":fals})", "malformed"},
      {"missing_comma", R"({"id":"a" "op":"patch"})", "malformed"},
      {"missing_colon", R"({"id" "a"})", "malformed"},
      {"comma_at_end", R"({"id":"a",})", "malformed"},
      {"comma_at_end_of_array", R"([{"id":"a"},])", "malformed"},
      {"array_of_scalars", R"([1])", "malformed"},
      {"second_change_is_bad", R"([{"id":"a"},{"id":true}])", "malformed"},
      {"id_is_object", R"({"id":{}})", "malformed"},
      {"id_is_fraction", R"({"id":1.5})", "malformed"},
      {"unknown_op", R"({"op":"upsert"})", "bad_value"},
      {"field_is_object", R"({"fields":{"a":{"b":1}}})", "bad_value"},
      {"field_is_array", R"({"fields":{"a":[1]}})", "bad_value"},
      {"fields_is_array", R"({"fields":[]})", "malformed"},
      {"time_without_zone", R"({"time":"2026-01-10T09:30:00"})", "bad_time"},
      {"time_is_bool", R"({"time":true})", "bad_time"},
      {"time_is_fraction", R"({"time":1.5e9})", "bad_time"},
      {"order_of_three", R"({"order":[1,2,3]})", "malformed"},
      {"order_is_negative", R"({"order":-1})", "malformed"},
      {"avro_frame", std::string("\0\0\0\0\7\2x", 7), "unsupported_frame"},
      {"frame_alone", std::string("\0\0\0", 3), "unsupported_frame"},
      {"deep", std::string(10000, '['), "malformed"},
      {"deep_nobody_needs", R"({"x":)" + std::string(10000, '[') + std::string(10000, ']') + "}",
       "too_large"},
      {"two_mebibytes", "{\"x\":\"" + std::string(2 << 20, 'x') + "\"}", "too_large"},
  };
  std::string many = R"({"fields":{)";
  for (int i = 0; i < 1025; ++i) absl::StrAppend(&many, i > 0 ? "," : "", "\"f", i, "\":1");
  cases.push_back({"a_thousand_fields", many + "}}", "too_large"});
  return cases;
}

class JsonDecoderTest : public testing::TestWithParam<Case> {};

TEST_P(JsonDecoderTest, Decodes) { EXPECT_EQ(Decoded(GetParam().value), GetParam().expected); }

// A decoder that has seen anything decodes the next record as a fresh one does.
TEST_P(JsonDecoderTest, LeavesNothingBehind) {
  const std::unique_ptr<Decoder> decoder = MakeJsonDecoder();
  Decoded(*decoder, GetParam().value);
  EXPECT_EQ(Decoded(*decoder, kFull), kFullDecoded);
}

INSTANTIATE_TEST_SUITE_P(Accepted, JsonDecoderTest, testing::ValuesIn(Accepted()),
                         [](const auto& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(Rejected, JsonDecoderTest, testing::ValuesIn(Rejected()),
                         [](const auto& info) { return info.param.name; });

TEST(JsonDecoder, EveryTruncationIsRejected) {
  const std::string full = kFull;
  for (size_t size = 0; size < full.size(); ++size) {
    EXPECT_THAT(Decoded(full.substr(0, size)),
                testing::AnyOf("malformed", "empty_value", "bad_time", "bad_number"))
        << size;
  }
}

}  // namespace
}  // namespace takt
