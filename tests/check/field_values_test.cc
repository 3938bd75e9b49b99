#include "engine/pipeline/field_values.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace takt {
namespace {

// The way of the exact formats without a call says what the way of all says, whatever comes.
TEST(FieldValues, AreTheSameByBothWays) {
  Definition definition;
  const std::string longest(kTextBytesMax, 'x');
  const std::string too_long(kTextBytesMax + 1, 'x');
  const std::vector<absl::string_view> texts = {
      "",   "won", "Closed Won", "a\x01", "\xff\xfe",   "Z\xc3\xbcrich", "12.50",
      "-3", "40%", "true",       "0",     "2026-01-10", longest,         too_long};
  std::vector<RawValue> values;
  for (const absl::string_view text : texts) {
    values.push_back({RawValue::Kind::kText, text, 0});
    values.push_back({RawValue::Kind::kNumber, text, 0});
  }
  for (const int64_t integer : {int64_t{0}, int64_t{1}, int64_t{-5}, int64_t{1768037400000000}}) {
    for (const RawValue::Kind kind :
         {RawValue::Kind::kBool, RawValue::Kind::kTime, RawValue::Kind::kMinorUnits}) {
      values.push_back({kind, {}, integer});
    }
  }
  for (const FieldType type : {FieldType::kText, FieldType::kMoney, FieldType::kNumber,
                               FieldType::kBool, FieldType::kTime}) {
    const Field field = {"field", type};
    for (const RawValue& raw : values) {
      SCOPED_TRACE(absl::StrCat("type ", static_cast<int>(type), ", kind ",
                                static_cast<int>(raw.kind), ", '", raw.text.substr(0, 20), "' ",
                                raw.integer));
      Value value;
      Value by_any_way;
      const std::optional<Reason> reason = ConvertValue(raw, field, definition, &value);
      EXPECT_EQ(reason, ConvertAnyValue(raw, field, definition, &by_any_way));
      if (!reason.has_value()) {
        EXPECT_EQ(value, by_any_way);
      }
    }
  }
}

TEST(FieldValues, JudgeTextsTheSameByBothWays) {
  for (const absl::string_view text : {"", "won", "a\nb", "\xff", "Z\xc3\xbcrich"}) {
    for (const size_t bytes_max : {size_t{0}, size_t{3}, size_t{100}}) {
      EXPECT_EQ(JudgeText(text, bytes_max), JudgeAnyText(text, bytes_max)) << text << bytes_max;
    }
  }
}

}  // namespace
}  // namespace takt
