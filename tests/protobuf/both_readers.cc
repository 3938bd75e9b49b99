#include "tests/protobuf/both_readers.h"

#include <algorithm>
#include <memory>
#include <variant>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "connectors/protobuf/protobuf_decoder.h"
#include "gtest/gtest.h"
#include "tests/pipeline/raw_value_text.h"

namespace takt {

using Message = events::v1::Change;

namespace {

void ExpectPlain(const RawChange& change) {
  std::vector<absl::string_view> texts = {change.object, change.id, change.event_id};
  for (const RawField& field : change.fields) {
    texts.push_back(field.name);
    texts.push_back(field.value.text);
  }
  for (const absl::string_view text : texts) {
    const bool plain = std::all_of(text.begin(), text.end(), absl::ascii_isprint);
    EXPECT_TRUE(plain) << absl::CHexEscape(text);
  }
}

}  // namespace

std::string Decoded(absl::string_view value) {
  // As long as the record and no longer, so that a sanitizer sees a read beyond its end.
  const std::unique_ptr<char[]> exact(new char[value.size()]);
  std::copy(value.begin(), value.end(), exact.get());
  const std::unique_ptr<Decoder> decoder = MakeProtobufDecoder();
  Record record;
  record.has_value = true;
  record.value = {exact.get(), value.size()};
  RawChanges changes;
  const DecodeResult result = decoder->Decode(record, changes);
  if (const auto* rejection = std::get_if<Rejection>(&result)) {
    EXPECT_EQ(changes.size(), 0u);
    return std::string(ReasonName(rejection->reason));
  }
  EXPECT_EQ(changes.size(), 1u);
  const RawChange& change = changes[0];
  if (change.is_plain) ExpectPlain(change);
  std::string line =
      absl::StrCat(change.object, " ", change.id, " ", static_cast<int>(change.kind));
  absl::StrAppend(&line, " ", change.has_time ? change.time.micros : 0, " ", change.order.major,
                  ".", change.order.minor, " [", change.event_id, "]");
  for (const RawField& field : change.fields) {
    absl::StrAppend(&line, " ", field.name, "=", RawValueText(field.value));
  }
  return line;
}

std::string ByGeneratedClass(const std::string& bytes) {
  Message message;
  if (!message.ParseFromString(bytes)) return "malformed";
  const int op = message.op() == Message::OP_UNSPECIFIED ? 0 : message.op() - 1;
  if (op < 0 || op > 3) return "bad_value";
  std::string line = absl::StrCat(message.object(), " ", message.id(), " ", op);
  absl::StrAppend(&line, " ", message.time_micros(), " ", message.order_major(), ".",
                  message.order_minor(), " [", message.event_id(), "]");
  for (const events::v1::Field& field : message.fields()) {
    absl::StrAppend(&line, " ", field.name(), "=");
    switch (field.value_case()) {
      case events::v1::Field::kCleared:
        if (!field.cleared()) return "bad_value";
        absl::StrAppend(&line, "null");
        break;
      case events::v1::Field::kText:
        absl::StrAppend(&line, "'", field.text(), "'");
        break;
      case events::v1::Field::kDecimal:
        absl::StrAppend(&line, field.decimal());
        break;
      case events::v1::Field::kInteger:
        absl::StrAppend(&line, field.integer());
        break;
      case events::v1::Field::kFlag:
        absl::StrAppend(&line, field.flag() ? "true" : "false");
        break;
      case events::v1::Field::kTimeMicros:
        absl::StrAppend(&line, "time ", field.time_micros());
        break;
      case events::v1::Field::kMinorUnits:
        absl::StrAppend(&line, "minor ", field.minor_units());
        break;
      case events::v1::Field::VALUE_NOT_SET:
        return "bad_value";
    }
  }
  return line;
}

void AddField(Message& message, const std::string& name, int kind, int64_t number) {
  events::v1::Field& field = *message.add_fields();
  field.set_name(name);
  switch (kind) {
    case 0:
      field.set_cleared(true);
      break;
    case 1:
      field.set_text(absl::StrCat("text ", number));
      break;
    case 2:
      field.set_decimal(absl::StrCat(number, ".50"));
      break;
    case 3:
      field.set_integer(number);
      break;
    case 4:
      field.set_flag(number % 2 == 0);
      break;
    case 5:
      field.set_time_micros(number);
      break;
    case 6:
      field.set_minor_units(number);
      break;
  }
}

Message FullChange() {
  Message message;
  message.set_object("deal");
  message.set_id("D1");
  message.set_op(Message::OP_RECORD);
  message.set_time_micros(1768037400000000);
  message.set_event_id("e-17");
  message.set_order_major(12);
  message.set_order_minor(3);
  for (int kind = 0; kind < 7; ++kind) AddField(message, absl::StrCat("f", kind), kind, -7 + kind);
  return message;
}

}  // namespace takt
