#include <memory>
#include <string>
#include <variant>

#include "absl/strings/str_cat.h"
#include "connectors/csv/csv_decoder.h"
#include "connectors/json/json_decoder.h"
#include "connectors/mapping/mapping_decoder.h"
#include "connectors/protobuf/protobuf_decoder.h"
#include "engine/base/check.h"
#include "engine/settings/mapping_file.h"
#include "google/protobuf/stubs/logging.h"
#include "takt/events/v1/change.pb.h"
#include "tests/fuzz/decode_and_check.h"
#include "tests/fuzz/targets.h"

namespace takt {
namespace {

Record RecordOf(absl::string_view bytes) {
  Record record;
  record.has_value = true;
  record.value = bytes;
  return record;
}

// A mapping that says everything that the language has.
constexpr char kMapping[] = R"(
explode: $
unwrap: payload
otherwise: filter
rules:
  - match: {type: "a*", x: {not: b}, y: {present: false}}
    explode: ids
    object: deal
    id: {join: [item, n]}
    event_id: [e, value.0.e]
    order: [o, p]
    time: {from: [t, record_time], unit: [s, iso]}
    op: {from: op, map: {c: record, "d*": delete}, default: patch}
    fields:
      stage: {from: [s, "/s/t"], map: {w: won}, default: keep, null_if: [""]}
      amount: {from: a, decimal: comma}
      probability: {from: q, scale: percent}
      hot: {from: h, bool: true}
      created_at: {from: c, time: {unit: [days, ms], format: "%m/%d/%Y", zone: Europe/Paris}}
      owner: key.id
  - object: deal
    id: [i, item.0]
    time: t
    patch: {key: k, value: v, fields: {s: stage, a: {to: amount, scale: minor_units}}}
    changes:
      - {when: {u: [1, "2*"]}, time: {from: u, unit: us}}
      - {op: record}
)";

const Calendar& Utc() {
  static const Calendar& calendar = *new Calendar();
  return calendar;
}

std::unique_ptr<MappingDecoder> DecoderOf(MappingLoad load) {
  return *MakeMappingDecoder(std::move(load.file), Utc());
}

}  // namespace

void FuzzJson(absl::string_view bytes) {
  static Decoder& decoder = *MakeJsonDecoder().release();
  DecodeAndCheck(decoder, RecordOf(bytes));
}

void FuzzProtobuf(absl::string_view bytes) {
  static Decoder& decoder = *MakeProtobufDecoder().release();
  DecodeAndCheck(decoder, RecordOf(bytes));
  if (bytes.empty() || bytes[0] == '\0') return;
  RawChanges changes;
  const DecodeResult result = decoder.Decode(RecordOf(bytes), changes);
  if (std::holds_alternative<Rejection>(result)) return;
  google::protobuf::SetLogHandler(nullptr);
  events::v1::Change message;
  TAKT_CHECK(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())),
             "the generated class refuses what was accepted");
  const RawChange& change = changes[0];
  TAKT_CHECK(message.object() == change.object && message.id() == change.id &&
                 message.event_id() == change.event_id &&
                 message.time_micros() == change.time.micros &&
                 message.order_major() == change.order.major &&
                 message.order_minor() == change.order.minor &&
                 static_cast<size_t>(message.fields_size()) == change.fields.size(),
             "the generated class reads another change");
  for (int i = 0; i < message.fields_size(); ++i) {
    TAKT_CHECK(message.fields(i).name() == change.fields[static_cast<size_t>(i)].name,
               "the generated class reads another field");
  }
}

void FuzzCsv(absl::string_view bytes) {
  static Decoder& decoder = *MakeCsvDecoder().release();
  const size_t end = bytes.find('\n');
  Record record = RecordOf(end == absl::string_view::npos ? "" : bytes.substr(end + 1));
  record.headers = {{"csv-header", bytes.substr(0, end)}};
  DecodeAndCheck(decoder, record);
}

void FuzzMapping(absl::string_view bytes) {
  static Decoder& decoder = *DecoderOf(ParseMapping("fuzz", kMapping)).release();
  Record record = RecordOf(bytes);
  record.has_key = true;
  record.key = bytes;
  DecodeAndCheck(decoder, record);
}

void FuzzMappingFile(absl::string_view bytes) {
  MappingLoad load = ParseMapping("fuzz", std::string(bytes));
  for (const Problem& problem : load.problems) {
    TAKT_CHECK(!ProblemText(problem).empty(), "a problem without text");
  }
  if (!load.ok()) return;
  auto decoder = MakeMappingDecoder(std::move(load.file), Utc());
  if (!decoder.ok()) return;
  Record record = RecordOf(R"({"id":"a","t":"2026-01-10T09:30:00Z","x":[1,{"y":null}]})");
  record.headers = {{"csv-header", "id,t,x"}};
  DecodeAndCheck(**decoder, record);
}

}  // namespace takt
