// The table of bad input: what every kind of wrong record gets, in each format that can say it. A row
// here is a row there; the answer is a reason, "" for what is admitted.
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "connectors/csv/csv_decoder.h"
#include "connectors/json/json_decoder.h"
#include "connectors/protobuf/protobuf_decoder.h"
#include "engine/pipeline/check.h"
#include "gtest/gtest.h"
#include "takt/events/v1/change.pb.h"

namespace takt {
namespace {

constexpr int64_t kRecordTime = 1768037400000000;  // 2026-01-10T09:30:00Z
constexpr char kColumns[] = "object,id,time,stage,amount,owner";

Definition MakeDefinition() {
  Definition definition;
  Object deal;
  deal.name = "deal";
  const Field fields[] = {{"merged_into", FieldType::kText},   {"created_at", FieldType::kTime},
                          {"stage", FieldType::kText},         {"pipeline", FieldType::kText},
                          {"probability", FieldType::kNumber}, {"amount", FieldType::kMoney},
                          {"owner", FieldType::kText}};
  for (const Field& field : fields) {
    deal.field_ids[field.name] = static_cast<FieldId>(deal.fields.size());
    deal.fields.push_back(field);
  }
  deal.pipelines = {"new"};
  deal.stages = {{"new", "won", StageKind::kWon, 0, 0}};
  deal.keep = absl::Hours(24 * 400);
  definition.objects = {deal};
  definition.object_ids = {{"deal", 0}};
  return definition;
}

std::string Answer(Decoder& decoder, const std::string& value) {
  static const Definition& definition = *new Definition(MakeDefinition());
  Record record;
  record.has_value = true;
  record.value = value;
  record.headers = {{"csv-header", kColumns}};
  RawChanges raw;
  const DecodeResult result = decoder.Decode(record, raw);
  if (const auto* rejection = std::get_if<Rejection>(&result)) {
    return std::string(ReasonName(rejection->reason));
  }
  const Checker checker(definition, absl::Minutes(10));
  Change change;
  const std::optional<Rejection> rejection = checker.Check(raw[0], {kRecordTime, {}}, &change);
  return rejection.has_value() ? std::string(ReasonName(rejection->reason)) : "";
}

std::string Json(const std::string& fields, const std::string& time = "\"2026-01-10T09:30:00Z\"") {
  return absl::StrCat(R"({"object":"deal","id":"D1","time":)", time, R"(,"fields":{)", fields,
                      "}}");
}

std::string Row(const std::string& fields, const std::string& time = "2026-01-10T09:30:00Z") {
  return absl::StrCat("deal,D1,", time, ",", fields);
}

events::v1::Change Message(int64_t time_micros = kRecordTime) {
  events::v1::Change change;
  change.set_object("deal");
  change.set_id("D1");
  change.set_time_micros(time_micros);
  return change;
}

std::string Protobuf(const std::string& name, const std::string& text) {
  events::v1::Change change = Message();
  events::v1::Field& field = *change.add_fields();
  field.set_name(name);
  field.set_text(text);
  return change.SerializeAsString();
}

std::string ProtobufAt(int64_t time_micros) { return Message(time_micros).SerializeAsString(); }

struct Case {
  std::string name;
  std::string json;  // empty: the format cannot say it
  std::string protobuf;
  std::string csv;
  std::string answer;
};

const std::string& Good() {
  static const std::string& good = *new std::string(Protobuf("stage", "won"));
  return good;
}

std::vector<Case> SyntaxCases() {
  return {
      {"nothing_wrong", Json(R"("stage":"won")"), Good(), Row("won,,"), ""},
      {"truncated", Json("").substr(0, 40), Good().substr(0, Good().size() - 1), "deal,D1",
       "malformed"},
      {"trailing_bytes", Json("") + "x", Good() + "x", Row("won,,") + ",x", "malformed"},
      {"byte_order_mark", "\xef\xbb\xbf" + Json(""), "", "", "malformed"},
      {"lone_surrogate", Json(R"("owner":"\ud800")"), "", "", "malformed"},
      {"duplicate_key", Json(R"("owner":"a","owner":"b")"), "", "", "malformed"},
      {"unclosed_quote", "", "", Row("\"won,,"), "malformed"},
      {"avro_frame", std::string("\0\0\0\0\1\2\4", 7), std::string("\0\0\0\0\1\2\4", 7), "",
       "unsupported_frame"},
      {"depth_10000",
       Json("").insert(1, "\"x\":" + std::string(10000, '[') + std::string(10000, ']') + ","), "",
       "", "too_large"},
      {"two_megabytes", Json("\"owner\":\"" + std::string(2 << 20, 'x') + "\""),
       Protobuf("owner", std::string(2 << 20, 'x')), Row("won,," + std::string(2 << 20, 'x')),
       "too_large"},
      {"invalid_utf8", Json("\"owner\":\"\xff\""), "\x0a\x01\xff", Row("won,,\xff"),
       "invalid_utf8"},
  };
}

std::vector<Case> ContentCases() {
  return {
      {"unknown_field", Json(R"("colour":"red")"), Protobuf("colour", "red"), "", ""},
      {"unknown_object", R"({"object":"cow","id":"1","time":1768037400000000})",
       "\x0a\x03"
       "cow",
       "cow,1,2026-01-10T09:30:00Z,,,", "unknown_object"},
      {"missing_id", R"({"object":"deal","time":1768037400000000})",
       "\x0a\x04"
       "deal",
       "deal,,2026-01-10T09:30:00Z,,,", "missing_id"},
      {"unknown_stage", Json(R"("stage":"wonn")"), Protobuf("stage", "wonn"), Row("wonn,,"),
       "unknown_stage"},
      {"not_a_number", Json(R"("amount":NaN)"), Protobuf("amount", "NaN"), Row("won,NaN,"),
       "bad_number"},
      {"infinity", Json(R"("amount":-Infinity)"), Protobuf("amount", "-Infinity"),
       Row("won,-Infinity,"), "bad_number"},
      {"1e999", Json(R"("amount":1e999)"), Protobuf("amount", "1e999"), Row("won,1e999,"),
       "bad_number"},
      {"minus_zero", Json(R"("amount":-0)"), Protobuf("amount", "-0"), Row("won,-0,"), ""},
      {"too_many_decimals", Json(R"("amount":1.005)"), Protobuf("amount", "1.005"),
       Row("won,1.005,"), "too_many_decimals"},
      {"beyond_doubles", Json(R"("amount":9007199254740993)"),
       Protobuf("amount", "9007199254740993"), Row("won,9007199254740993,"), ""},
      {"beyond_64_bits", Json(R"("amount":92233720368547758.08)"),
       Protobuf("amount", "92233720368547758.08"), Row("won,92233720368547758.08,"), "bad_number"},
      {"unknown_currency", Json(R"("currency":"USD")"), Protobuf("currency", "USD"), "",
       "unknown_currency"},
      {"control_character", Json(R"("owner":"a\u0000b")"),
       Protobuf("owner", std::string("a\0b", 3)), Row("won,,a\tb"), "bad_value"},
      {"direction_character", Json(R"("owner":"\u202eab")"),
       Protobuf("owner",
                "\xe2\x80\xae"
                "ab"),
       Row("won,,\xe2\x80\xae"
           "ab"),
       "bad_value"},
      {"text_of_10_kilobytes", Json("\"owner\":\"" + std::string(10000, 'x') + "\""),
       Protobuf("owner", std::string(10000, 'x')), Row("won,," + std::string(10000, 'x')),
       "too_large"},
  };
}

std::vector<Case> TimeCases() {
  return {
      {"time_missing", R"({"object":"deal","id":"D1"})", ProtobufAt(0), Row(",,", ""),
       "missing_time"},
      {"time_zero", Json("", "0"), "", Row(",,", "0"), "bad_time"},
      {"seconds_for_micros", Json("", "1768037400"), ProtobufAt(1768037400),
       Row(",,", "1768037400"), "bad_time"},
      {"millis_for_micros", Json("", "1768037400000"), ProtobufAt(1768037400000),
       Row(",,", "1768037400000"), "bad_time"},
      {"year_1970", Json("", "\"1970-01-01T00:00:01Z\""), ProtobufAt(1000000),
       Row(",,", "1970-01-01T00:00:01Z"), "bad_time"},
      {"year_9999", Json("", "\"9999-12-31T00:00:00Z\""), ProtobufAt(253402214400000000),
       Row(",,", "9999-12-31T00:00:00Z"), "bad_time"},
      {"an_hour_ahead", Json("", "\"2026-01-10T10:30:00Z\""), ProtobufAt(kRecordTime + 3600000000),
       Row(",,", "2026-01-10T10:30:00Z"), "future_time"},
      {"within_max_ahead", Json("", "\"2026-01-10T09:39:00Z\""),
       ProtobufAt(kRecordTime + 540000000), Row(",,", "2026-01-10T09:39:00Z"), ""},
      {"a_month_ago", Json("", "\"2025-12-10T09:30:00Z\""), ProtobufAt(1765359000000000),
       Row(",,", "2025-12-10T09:30:00Z"), ""},
      {"older_than_keep", Json("", "\"2024-01-10T09:30:00Z\""), ProtobufAt(1704879000000000),
       Row(",,", "2024-01-10T09:30:00Z"), "too_old"},
  };
}

std::vector<Case> AllCases() {
  std::vector<Case> all = SyntaxCases();
  for (const std::vector<Case>& more : {ContentCases(), TimeCases()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

class BadInputTest : public testing::TestWithParam<Case> {};

TEST_P(BadInputTest, GetsItsAnswerInEveryFormat) {
  const Case& c = GetParam();
  if (!c.json.empty()) {
    EXPECT_EQ(Answer(*MakeJsonDecoder(), c.json), c.answer) << "json";
  }
  if (!c.protobuf.empty()) {
    EXPECT_EQ(Answer(*MakeProtobufDecoder(), c.protobuf), c.answer) << "protobuf";
  }
  if (!c.csv.empty()) {
    EXPECT_EQ(Answer(*MakeCsvDecoder(), c.csv), c.answer) << "csv";
  }
}

INSTANTIATE_TEST_SUITE_P(All, BadInputTest, testing::ValuesIn(AllCases()),
                         [](const auto& info) { return "Row_" + info.param.name; });

TEST(BadInput, AnEmptyValueIsToldAsSuchByEveryFormat) {
  for (const auto& decoder : {MakeJsonDecoder, MakeProtobufDecoder}) {
    EXPECT_EQ(Answer(*decoder(), ""), "empty_value");
  }
  EXPECT_EQ(Answer(*MakeCsvDecoder(), ""), "empty_value");
}

}  // namespace
}  // namespace takt
