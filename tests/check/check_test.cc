#include "engine/pipeline/check.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "connectors/json/json_decoder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace takt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr int64_t kRecordTime = 1768037400000000;  // 2026-01-10T09:30:00Z
constexpr char kTime[] = "2026-01-10T09:30:00Z";

void AddFields(Object& object, const std::vector<Field>& fields) {
  for (const Field& field : fields) {
    object.field_ids[field.name] = static_cast<FieldId>(object.fields.size());
    object.fields.push_back(field);
  }
}

Object Deal() {
  Object deal;
  deal.name = "deal";
  AddFields(deal, {{"merged_into", FieldType::kText},
                   {"created_at", FieldType::kTime},
                   {"stage", FieldType::kText},
                   {"pipeline", FieldType::kText},
                   {"probability", FieldType::kNumber},
                   {"amount", FieldType::kMoney},
                   {"owner", FieldType::kText},
                   {"hot", FieldType::kBool},
                   {"close_date", FieldType::kTime}});
  deal.pipelines = {"new", "renewal"};
  deal.stages = {{"new", "proposal", StageKind::kOpen, 0, 400000},
                 {"new", "won", StageKind::kWon, 1, 1000000},
                 {"renewal", "due", StageKind::kOpen, 0, 0},
                 {"renewal", "won", StageKind::kWon, 1, 1000000}};
  return deal;
}

Object Activity() {
  Object activity;
  activity.name = "activity";
  AddFields(activity, {{"merged_into", FieldType::kText}, {"created_at", FieldType::kTime}});
  for (int i = 0; i < 65; ++i) AddFields(activity, {{absl::StrCat("f", i), FieldType::kText}});
  activity.keep = absl::Hours(24 * 400);
  return activity;
}

Definition MakeDefinition() {
  Definition definition;
  definition.calendar = *Calendar::Create("Europe/Paris", 1);
  definition.objects = {Deal(), Activity()};
  definition.object_ids = {{"deal", 0}, {"activity", 1}};
  return definition;
}

// Holds what a change needs to live, so that a test may look at it.
class CheckTest : public testing::Test {
 protected:
  // What Check says of the JSON `record`: "" when it is admitted, else the reason.
  std::string Checked(absl::string_view json, int64_t record_time = kRecordTime) {
    record_.has_value = true;
    record_.value = json;
    const DecodeResult result = decoder_->Decode(record_, raw_);
    if (const auto* rejection = std::get_if<Rejection>(&result)) {
      return absl::StrCat("decode: ", ReasonName(rejection->reason));
    }
    const Arrival arrival{record_time, absl::FromUnixMicros(kRecordTime)};
    const std::optional<Rejection> rejection = checker_.Check(raw_[0], arrival, &change_);
    detail_ = rejection.has_value() ? rejection->detail : "";
    return rejection.has_value() ? std::string(ReasonName(rejection->reason)) : "";
  }
  // Of a deal with these fields, as the inside of a JSON object.
  std::string CheckedFields(absl::string_view fields) {
    json_ = absl::StrCat(R"({"object":"deal","id":"D1","time":")", kTime, R"(","fields":{)", fields,
                         "}}");
    return Checked(json_);
  }
  // Of a deal at this time, which is JSON.
  std::string CheckedTime(absl::string_view time, int64_t record_time = kRecordTime) {
    json_ = absl::StrCat(R"({"object":"deal","id":"D1","time":)", time, "}");
    return Checked(json_, record_time);
  }

  const Definition definition_ = MakeDefinition();
  const Checker checker_{definition_, absl::Minutes(10)};
  const std::unique_ptr<Decoder> decoder_ = MakeJsonDecoder();
  Record record_;
  RawChanges raw_;
  Change change_;
  std::string json_;
  std::string detail_;
};

// What the decoder saw to be plain is judged by its size alone, with the same answer.
TEST_F(CheckTest, SaysTheSameOfTextsThatAreSeenToBePlain) {
  for (const size_t id_size : {0, 1, 1024, 1025}) {
    for (const size_t text_size : {0, 1, 4096, 4097}) {
      RawChange raw;
      const std::string id(id_size, 'i');
      const std::string text(text_size, 't');
      raw.object = "deal";
      raw.id = id;
      raw.has_time = true;
      raw.time = {kRecordTime};
      raw.fields = {{"owner", {RawValue::Kind::kText, text, 0}},
                    {"hot", {RawValue::Kind::kText, "true", 0}}};
      const Arrival arrival{kRecordTime, absl::FromUnixMicros(kRecordTime)};
      Change change;
      const std::optional<Rejection> judged = checker_.Check(raw, arrival, &change);
      raw.is_plain = true;
      const std::optional<Rejection> plain = checker_.Check(raw, arrival, &change_);
      ASSERT_EQ(judged.has_value(), plain.has_value()) << id_size << " " << text_size;
      if (plain.has_value()) {
        EXPECT_EQ(plain->reason, judged->reason) << id_size << " " << text_size;
        continue;
      }
      EXPECT_EQ(change_.id, change.id);
      EXPECT_EQ(change_.fields, change.fields);
    }
  }
}

TEST_F(CheckTest, AdmitsAWholeChange) {
  ASSERT_EQ(Checked(R"({"object":"deal","id":"D1","op":"record","time":"2026-01-10T09:30:00Z",)"
                    R"("event_id":"e","order":[5,6],"fields":{"owner":"r1","amount":"10000.00",)"
                    R"("stage":"won","unknown":1,"hot":null}})"),
            "");
  EXPECT_EQ(change_.object, 0);
  EXPECT_EQ(change_.kind, ChangeKind::kRecord);
  EXPECT_EQ(change_.id, "D1");
  EXPECT_EQ(change_.time.micros, kRecordTime);
  EXPECT_EQ(change_.order, (OrderKey{5, 6}));
  EXPECT_NE(change_.identity, 0u);
  EXPECT_THAT(change_.fields,
              ElementsAre(FieldValue{2, Value::Text("won")}, FieldValue{5, Value::Integer(1000000)},
                          FieldValue{6, Value::Text("r1")}, FieldValue{7, Value::Null()}));
}

TEST_F(CheckTest, IdentityFollowsFromEventIdAndPlace) {
  RawChange raw;
  raw.object = "deal";
  raw.id = "D1";
  raw.has_time = true;
  raw.time = {kRecordTime};
  const Arrival arrival{kRecordTime, {}};
  EXPECT_FALSE(checker_.Check(raw, arrival, &change_).has_value());
  EXPECT_EQ(change_.identity, 0u);
  raw.event_id = "e1";
  EXPECT_FALSE(checker_.Check(raw, arrival, &change_).has_value());
  const uint64_t first = change_.identity;
  EXPECT_FALSE(checker_.Check(raw, arrival, &change_).has_value());
  EXPECT_EQ(change_.identity, first);
  raw.place = 1;
  EXPECT_FALSE(checker_.Check(raw, arrival, &change_).has_value());
  EXPECT_NE(change_.identity, first);
}

TEST_F(CheckTest, ObjectAndId) {
  EXPECT_EQ(Checked(R"({"object":"dael","id":"D1","time":"2026-01-10T09:30:00Z"})"),
            "unknown_object");
  EXPECT_THAT(detail_, HasSubstr("dael"));
  EXPECT_EQ(Checked(R"({"id":"D1","time":"2026-01-10T09:30:00Z"})"), "unknown_object");
  EXPECT_EQ(Checked(R"({"object":"deal","time":"2026-01-10T09:30:00Z"})"), "missing_id");
  EXPECT_EQ(Checked(R"({"object":"deal","id":"","time":"2026-01-10T09:30:00Z"})"), "missing_id");
  EXPECT_EQ(Checked(R"({"object":"deal","id":"a\u0000b","time":"2026-01-10T09:30:00Z"})"),
            "bad_value");
  EXPECT_EQ(Checked(R"({"object":"deal","id":"\u202eabc","time":"2026-01-10T09:30:00Z"})"),
            "bad_value");
  const std::string largest = absl::StrCat(R"({"object":"deal","time":1768037400000000,"id":")",
                                           std::string(kIdBytesMax, 'x'), "\"}");
  EXPECT_EQ(Checked(largest), "");
  const std::string larger = absl::StrCat(R"({"object":"deal","time":1768037400000000,"id":")",
                                          std::string(kIdBytesMax + 1, 'x'), "\"}");
  EXPECT_EQ(Checked(larger), "too_large");
}

TEST_F(CheckTest, InvalidUtf8IsRejectedWhereverItComesFrom) {
  RawChange raw;
  raw.object = "deal";
  raw.id = "D\xff";
  raw.has_time = true;
  raw.time = {kRecordTime};
  const Arrival arrival{kRecordTime, {}};
  EXPECT_EQ(checker_.Check(raw, arrival, &change_)->reason, Reason::kInvalidUtf8);
  raw.id = "D1";
  raw.fields = {{"owner", {RawValue::Kind::kText, "\xc0\xaf", 0}}};
  EXPECT_EQ(checker_.Check(raw, arrival, &change_)->reason, Reason::kInvalidUtf8);
}

TEST_F(CheckTest, TimesOutsideTheBoundsAreRejected) {
  EXPECT_EQ(Checked(R"({"object":"deal","id":"D1"})"), "missing_time");
  EXPECT_EQ(CheckedTime("null"), "missing_time");
  EXPECT_EQ(CheckedTime("0"), "bad_time");
  EXPECT_EQ(CheckedTime("1768037400"), "bad_time");     // seconds for microseconds
  EXPECT_EQ(CheckedTime("1768037400000"), "bad_time");  // milliseconds for microseconds
  EXPECT_EQ(CheckedTime("\"1970-01-01T00:00:00Z\""), "bad_time");
  EXPECT_EQ(CheckedTime("\"1989-12-31T23:59:59.999999Z\""), "bad_time");
  EXPECT_EQ(CheckedTime("\"1990-01-01T00:00:00Z\""), "");
  EXPECT_EQ(CheckedTime("\"9999-12-31T00:00:00Z\""), "bad_time");
  EXPECT_EQ(CheckedTime("\"2100-01-01T00:00:00Z\""), "bad_time");
}

TEST_F(CheckTest, TheFutureIsMeasuredFromTheRecordsTime) {
  EXPECT_EQ(CheckedTime("\"2026-01-10T09:40:00Z\""), "");
  EXPECT_EQ(CheckedTime("\"2026-01-10T09:40:00.000001Z\""), "future_time");
  EXPECT_EQ(CheckedTime("\"2026-01-10T10:30:00Z\""), "future_time");
  EXPECT_THAT(detail_, HasSubstr("1h"));
  // The wall clock stands in only where the record's time is unknown.
  EXPECT_EQ(CheckedTime("\"2026-01-10T10:30:00Z\"", kRecordTime + 3600000000), "");
  EXPECT_EQ(CheckedTime("\"2026-01-10T09:40:00Z\"", 0), "");
  EXPECT_EQ(CheckedTime("\"2026-01-10T09:40:01Z\"", 0), "future_time");
  EXPECT_EQ(CheckedTime("\"2026-01-10T09:40:01Z\"", INT64_MIN), "future_time");
}

TEST_F(CheckTest, OlderThanTheObjectsKeepIsRefused) {
  const auto activity = [](absl::string_view time) {
    return absl::StrCat(R"({"object":"activity","id":"A1","time":")", time, "\"}");
  };
  EXPECT_EQ(Checked(activity("2024-12-06T09:30:00Z")), "");  // 400 days before
  EXPECT_EQ(Checked(activity("2024-12-06T09:29:59Z")), "too_old");
  EXPECT_EQ(CheckedTime("\"1990-01-01T00:00:00Z\""), "");  // a deal is kept
}

struct FieldCase {
  std::string name;
  std::string fields;            // JSON
  std::string reason;            // "" when admitted
  std::optional<Value> value{};  // of the first field, when admitted
};

class CheckFieldTest : public CheckTest, public testing::WithParamInterface<FieldCase> {};

TEST_P(CheckFieldTest, GivesValueOrReason) {
  EXPECT_EQ(CheckedFields(GetParam().fields), GetParam().reason);
  if (!GetParam().value.has_value()) return;
  ASSERT_EQ(change_.fields.size(), 1u);
  EXPECT_EQ(change_.fields[0].value, *GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(
    All, CheckFieldTest,
    testing::ValuesIn(std::vector<FieldCase>{
        {"money_text", R"("amount":"10000.00")", "", Value::Integer(1000000)},
        {"money_number", R"("amount":1.10)", "", Value::Integer(110)},
        {"money_exponent", R"("amount":1e3)", "", Value::Integer(100000)},
        {"money_negative", R"("amount":"-5")", "", Value::Integer(-500)},
        {"money_minus_zero", R"("amount":-0)", "", Value::Integer(0)},
        {"money_beyond_doubles", R"("amount":9007199254740993)", "",
         Value::Integer(900719925474099300)},
        {"money_null", R"("amount":null)", "", Value::Null()},
        {"money_too_fine", R"("amount":"1.005")", "too_many_decimals"},
        {"money_word", R"("amount":"much")", "bad_number"},
        {"money_nan_text", R"("amount":"NaN")", "bad_number"},
        {"money_nan", R"("amount":NaN)", "decode: bad_number"},
        {"money_infinity", R"("amount":Infinity)", "decode: bad_number"},
        {"money_1e999", R"("amount":1e999)", "bad_number"},
        {"money_beyond_64_bits", R"("amount":92233720368547758.08)", "bad_number"},
        {"money_percent", R"("amount":"40%")", "bad_number"},
        {"money_bool", R"("amount":true)", "bad_number"},
        {"money_empty", R"("amount":"")", "bad_number"},
        {"number", R"("probability":0.4)", "", Value::Integer(400000)},
        {"number_percent", R"("probability":"40%")", "", Value::Integer(400000)},
        {"number_rounded", R"("probability":0.33333333333)", "", Value::Integer(333333)},
        {"number_word", R"("probability":"high")", "bad_number"},
        {"bool", R"("hot":true)", "", Value::Integer(1)},
        {"bool_text", R"("hot":"false")", "", Value::Integer(0)},
        {"bool_one", R"("hot":1)", "", Value::Integer(1)},
        {"bool_word", R"("hot":"yes")", "bad_value"},
        {"bool_two", R"("hot":2)", "bad_value"},
        {"time_zoned", R"("close_date":"2026-01-10T09:30:00Z")", "", Value::Integer(kRecordTime)},
        {"time_date", R"("close_date":"2026-01-10")", "", Value::Integer(1767999600000000)},
        {"time_local", R"("close_date":"2026-01-10 10:30:00")", "", Value::Integer(kRecordTime)},
        {"time_micros", R"("close_date":1768037400000000)", "", Value::Integer(kRecordTime)},
        {"time_ahead_is_fine", R"("close_date":"2026-12-31")", "",
         Value::Integer(1798671600000000)},
        {"time_seconds", R"("close_date":1768037400)", "bad_time"},
        {"time_9999", R"("close_date":"9999-12-31")", "bad_time"},
        {"time_word", R"("close_date":"soon")", "bad_time"},
        {"time_american", R"("close_date":"01/10/2026")", "bad_time"},
        {"text", R"("owner":"r1")", "", Value::Text("r1")},
        {"text_empty", R"("owner":"")", "", Value::Text("")},
        {"text_whole_number", R"("owner":7)", "", Value::Text("7")},
        {"text_bool", R"("owner":true)", "", Value::Text("true")},
        {"text_fraction", R"("owner":7.5)", "bad_value"},
        {"text_nul", R"("owner":"a\u0000")", "bad_value"},
        {"text_newline", R"("owner":"a\nb")", "bad_value"},
        {"text_direction", R"("owner":"\u202egnp")", "bad_value"},
        {"text_largest", absl::StrCat("\"owner\":\"", std::string(4096, 'x'), "\""), ""},
        {"text_10_kilobytes", absl::StrCat("\"owner\":\"", std::string(10000, 'x'), "\""),
         "too_large"},
        {"stage", R"("stage":"proposal")", "", Value::Text("proposal")},
        {"stage_null", R"("stage":null)", "", Value::Null()},
        {"stage_unknown", R"("stage":"Proposal")", "unknown_stage"},
        {"stage_of_its_pipeline", R"("stage":"due","pipeline":"renewal")", ""},
        {"stage_of_two_pipelines", R"("pipeline":"new","stage":"won")", ""},
        {"stage_of_another_pipeline", R"("stage":"due","pipeline":"new")", "unknown_stage"},
        {"pipeline_unknown", R"("pipeline":"old")", "unknown_stage"},
        {"pipeline_null", R"("stage":"due","pipeline":null)", ""},
        {"currency_ours", R"("amount":"1","currency":"EUR")", ""},
        {"currency_null", R"("currency":null)", ""},
        {"currency_other", R"("amount":"1","currency":"USD")", "unknown_currency"},
        {"currency_no_text", R"("currency":978)", "unknown_currency"},
        {"unknown_fields_are_ignored", R"("foo":"\u0000","bar":1e999)", ""},
        {"field_twice", R"("owner":"a","owner":"b")", "decode: malformed"},
    }),
    [](const auto& info) { return info.param.name; });

TEST_F(CheckTest, FieldsAreSortedAndNoneStandsTwice) {
  ASSERT_EQ(CheckedFields(R"("hot":true,"owner":"r","stage":"won")"), "");
  EXPECT_EQ(change_.fields[0].field, kStageField);
  EXPECT_EQ(change_.fields[2].field, 7);
  RawChange raw;
  raw.object = "deal";
  raw.id = "D1";
  raw.has_time = true;
  raw.time = {kRecordTime};
  raw.fields = {{"hot", {RawValue::Kind::kBool, {}, 1}},
                {"owner", {RawValue::Kind::kText, "a", 0}},
                {"hot", {RawValue::Kind::kBool, {}, 0}}};
  const std::optional<Rejection> rejection = checker_.Check(raw, {kRecordTime, {}}, &change_);
  ASSERT_TRUE(rejection.has_value());
  EXPECT_EQ(rejection->reason, Reason::kMalformed);
  EXPECT_THAT(rejection->detail, HasSubstr("hot"));
}

TEST_F(CheckTest, SixtyFourFieldsAreTheMost) {
  const auto with_fields = [](int count) {
    std::string json = R"({"object":"activity","id":"A","time":1768037400000000,"fields":{"y":1)";
    for (int i = 0; i < count; ++i) absl::StrAppend(&json, ",\"f", i, "\":\"v\"");
    return json + "}}";
  };
  const std::string most = with_fields(64);
  EXPECT_EQ(Checked(most), "");
  EXPECT_EQ(change_.fields.size(), 64u);
  const std::string more = with_fields(65);
  EXPECT_EQ(Checked(more), "too_large");
}

TEST_F(CheckTest, RejectionsShowTheValueEscapedAndCapped) {
  EXPECT_EQ(CheckedFields(R"("owner":"a\u0001\"b")"), "bad_value");
  EXPECT_EQ(detail_, R"(owner: "a\x01\"b")");
  EXPECT_EQ(CheckedFields(absl::StrCat("\"stage\":\"", std::string(200, 's'), "\"")),
            "unknown_stage");
  EXPECT_LT(detail_.size(), 120u);
}

}  // namespace
}  // namespace takt
