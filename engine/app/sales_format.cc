#include "engine/app/sales_format.h"

#include <array>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/app/sales_protobuf.h"
#include "engine/model/change_kind_name.h"

namespace takt {
namespace {

std::string TimeText(EventTime time) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E6SZ", time.ToTime(), absl::UTCTimeZone());
}

std::string MoneyText(int64_t cents) {
  const int64_t magnitude = cents < 0 ? -cents : cents;
  return absl::StrFormat("%s%d.%02d", cents < 0 ? "-" : "", magnitude / 100, magnitude % 100);
}

// Generated texts need no escapes: letters, digits and a few signs.
std::string JsonValue(const SalesValue& value) {
  switch (value.kind) {
    case SalesValue::Kind::kNull:
      return "null";
    case SalesValue::Kind::kText:
      return absl::StrCat("\"", value.text, "\"");
    case SalesValue::Kind::kMoney:
      return absl::StrCat("\"", MoneyText(value.integer), "\"");
    case SalesValue::Kind::kBool:
      return value.integer != 0 ? "true" : "false";
    case SalesValue::Kind::kTime:
      return absl::StrCat("\"", TimeText({value.integer}), "\"");
  }
  return "";
}

std::string PlainValue(const SalesValue& value) {
  switch (value.kind) {
    case SalesValue::Kind::kNull:
      return "\\N";
    case SalesValue::Kind::kText:
      return value.text;
    case SalesValue::Kind::kMoney:
      return MoneyText(value.integer);
    case SalesValue::Kind::kBool:
      return value.integer != 0 ? "true" : "false";
    case SalesValue::Kind::kTime:
      return TimeText({value.integer});
  }
  return "";
}

// The members of a JSON change, each as it is written; spoiling replaces or drops one.
struct JsonParts {
  std::string object, id, op, time, event_id, fields;
};

JsonParts PartsOf(const SalesEvent& event) {
  JsonParts parts;
  parts.object = absl::StrCat("\"object\":\"", event.object, "\"");
  parts.id = absl::StrCat(",\"id\":\"", event.id, "\"");
  parts.op = absl::StrCat(",\"op\":\"", ChangeKindName(event.kind), "\"");
  parts.time = absl::StrCat(",\"time\":\"", TimeText(event.time), "\"");
  parts.event_id = absl::StrCat(",\"event_id\":\"", event.event_id, "\"");
  for (const auto& [name, value] : event.fields) {
    absl::StrAppend(&parts.fields, parts.fields.empty() ? "" : ",", "\"", name,
                    "\":", JsonValue(value));
  }
  parts.fields = absl::StrCat(",\"fields\":{", parts.fields, "}");
  return parts;
}

std::string Join(const JsonParts& parts) {
  return absl::StrCat("{", parts.object, parts.id, parts.op, parts.time, parts.event_id,
                      parts.fields, "}");
}

constexpr std::array<const char*, 16> kCsvFields = {
    "status",    "owner",    "lead_source", "who",        "kind",        "direction",
    "automatic", "pipeline", "stage",       "amount",     "source_lead", "account",
    "recurring", "margin",   "region",      "merged_into"};

std::string CsvRow(const SalesEvent& event, absl::string_view time) {
  std::string row = absl::StrCat(event.object, ",", event.id, ",", ChangeKindName(event.kind), ",",
                                 time, ",", event.event_id);
  for (const char* column : kCsvFields) {
    absl::StrAppend(&row, ",");
    for (const auto& [name, value] : event.fields) {
      if (name == column) absl::StrAppend(&row, PlainValue(value));
    }
  }
  return row;
}

SalesEvent WithFields(SalesEvent event, std::vector<std::pair<std::string, SalesValue>> fields) {
  event.object = "deal";
  event.kind = ChangeKind::kPatch;
  event.fields = std::move(fields);
  return event;
}

}  // namespace

std::string SalesKey(const SalesEvent& event) { return event.id; }

std::string SalesCsvHeader() {
  std::string header = "object,id,op,time,event_id";
  for (const char* column : kCsvFields) absl::StrAppend(&header, ",", column);
  return header;
}

std::string FormatSalesEvent(const SalesEvent& event, RecordFormat format) {
  switch (format) {
    case RecordFormat::kJson:
      return Join(PartsOf(event));
    case RecordFormat::kProtobuf:
      return SalesProtobuf(event);
    case RecordFormat::kCsv:
      return CsvRow(event, TimeText(event.time));
  }
  return "";
}

Spoiler::Spoilt Spoiler::Spoil(const SalesEvent& event) {
  switch (format_) {
    case RecordFormat::kJson:
      return SpoilJson(event);
    case RecordFormat::kProtobuf:
      return SpoilProtobuf(event);
    case RecordFormat::kCsv:
      return SpoilCsv(event);
  }
  return {};
}

Spoiler::Spoilt Spoiler::SpoilJson(const SalesEvent& event) {
  JsonParts parts = PartsOf(event);
  const auto with = [&](std::string JsonParts::*member, std::string text, Reason reason) {
    parts.*member = std::move(text);
    return Spoilt{Join(parts), reason};
  };
  const auto deal = [&](std::string fields, Reason reason) {
    parts.object = "\"object\":\"deal\"";
    return with(&JsonParts::fields, absl::StrCat(",\"fields\":{", fields, "}"), reason);
  };
  switch (turn_++ % 18) {
    case 0:
      return {"", Reason::kEmptyValue};
    case 1:
      return {Join(parts).substr(0, 25), Reason::kMalformed};
    case 2:
      return {absl::StrCat(Join(parts), "x"), Reason::kMalformed};
    case 3:
      return with(&JsonParts::id, ",\"id\":\"\xff\xfe\"", Reason::kInvalidUtf8);
    case 4:
      return deal("\"amount\":NaN", Reason::kBadNumber);
    case 5:
      return deal("\"stage\":\"no such stage\"", Reason::kUnknownStage);
    case 6:
      return with(&JsonParts::id, "", Reason::kMissingId);
    case 7:
      return with(&JsonParts::time, "", Reason::kMissingTime);
    case 8:
      return with(&JsonParts::time, ",\"time\":\"1970-01-01T00:00:00Z\"", Reason::kBadTime);
    case 9:
      return with(&JsonParts::time, ",\"time\":\"9999-12-31T00:00:00Z\"", Reason::kBadTime);
    case 10:
      return with(&JsonParts::time, ",\"time\":1767261600000", Reason::kBadTime);  // millis
    case 11:
      return deal("\"amount\":1e999", Reason::kBadNumber);
    case 12:
      return deal("\"amount\":\"10.005\"", Reason::kTooManyDecimals);
    case 13:
      return with(&JsonParts::time, ",\"time\":\"2098-01-01T00:00:00Z\"", Reason::kFutureTime);
    case 14:
      return with(&JsonParts::object, "\"object\":\"unicorn\"", Reason::kUnknownObject);
    case 15:
      return deal("\"amount\":\"5.00\",\"currency\":\"XTS\"", Reason::kUnknownCurrency);
    case 16:
      return deal("\"amount\":\"a lot\"", Reason::kBadNumber);
    default:
      return deal("\"owner\":\"r1\\u0000\"", Reason::kBadValue);
  }
}

Spoiler::Spoilt Spoiler::SpoilProtobuf(const SalesEvent& event) {
  SalesEvent spoilt = event;
  Reason reason = Reason::kMalformed;
  switch (turn_++ % 10) {
    case 0:
      return {"", Reason::kEmptyValue};
    case 1: {
      // A cut further in may fall between two fields, and what is left is then whole.
      std::string cut = SalesProtobuf(event);
      cut.pop_back();
      return {std::move(cut), Reason::kMalformed};
    }
    case 2:
      return {absl::StrCat(SalesProtobuf(event), "\x0a\x7f"), Reason::kMalformed};
    case 3:
      spoilt.id.clear(), reason = Reason::kMissingId;
      break;
    case 4:
      spoilt.time = {1}, reason = Reason::kBadTime;
      break;
    case 5:
      spoilt.time.micros /= 1000, reason = Reason::kBadTime;
      break;
    case 6:
      spoilt.time = {4039372800000000}, reason = Reason::kFutureTime;
      break;  // 2098
    case 7:
      spoilt.object = "unicorn", reason = Reason::kUnknownObject;
      break;
    case 8:
      spoilt = WithFields(spoilt, {{"stage", SalesValue::Text("no such stage")}});
      reason = Reason::kUnknownStage;
      break;
    default:
      spoilt = WithFields(spoilt, {{"currency", SalesValue::Text("XTS")}});
      reason = Reason::kUnknownCurrency;
      break;
  }
  return {SalesProtobuf(spoilt), reason};
}

Spoiler::Spoilt Spoiler::SpoilCsv(const SalesEvent& event) {
  SalesEvent spoilt = event;
  const std::string time = TimeText(event.time);
  switch (turn_++ % 6) {
    case 0:
      return {CsvRow(event, time).substr(0, 5), Reason::kMalformed};
    case 1:
      spoilt.id.clear();
      return {CsvRow(spoilt, time), Reason::kMissingId};
    case 2:
      return {CsvRow(event, ""), Reason::kMissingTime};
    case 3:
      return {CsvRow(event, "9999-12-31T00:00:00Z"), Reason::kBadTime};
    case 4:
      spoilt.object = "unicorn";
      return {CsvRow(spoilt, time), Reason::kUnknownObject};
    default:
      spoilt = WithFields(spoilt, {{"stage", SalesValue::Text("no such stage")}});
      return {CsvRow(spoilt, time), Reason::kUnknownStage};
  }
}

}  // namespace takt
