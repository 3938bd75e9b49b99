// What a record costs until it is an admitted change: decode by each format, check, and the compact
// encoding. The change is that of the workload "deals": a stage patch of about 125 bytes.
#include <memory>
#include <string>

#include "benchmark/benchmark.h"
#include "connectors/csv/csv_decoder.h"
#include "connectors/json/json_decoder.h"
#include "connectors/mapping/mapping_decoder.h"
#include "connectors/protobuf/protobuf_decoder.h"
#include "engine/model/change_codec.h"
#include "engine/pipeline/check.h"
#include "engine/settings/mapping_file.h"
#include "takt/events/v1/change.pb.h"

namespace takt {
namespace {

constexpr int64_t kTimeMicros = 1768037400000000;

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
  deal.pipelines = {"new_business"};
  deal.stages = {{"new_business", "proposal", StageKind::kOpen, 0, 0},
                 {"new_business", "won", StageKind::kWon, 1, 0}};
  definition.objects = {deal};
  definition.object_ids = {{"deal", 0}};
  return definition;
}

std::string JsonRecord() {
  return R"({"object":"deal","id":"D-1234567","op":"patch","time":"2026-01-10T09:30:00Z",)"
         R"("event_id":"e-7654321","fields":{"stage":"proposal","amount":"10000.00","owner":"rep-1234"}})";
}

std::string ProtobufRecord() {
  events::v1::Change change;
  change.set_object("deal");
  change.set_id("D-1234567");
  change.set_op(events::v1::Change::OP_PATCH);
  change.set_time_micros(kTimeMicros);
  change.set_event_id("e-7654321");
  const std::pair<const char*, const char*> texts[] = {{"stage", "proposal"},
                                                       {"owner", "rep-1234"}};
  for (const auto& [name, text] : texts) {
    events::v1::Field& field = *change.add_fields();
    field.set_name(name);
    field.set_text(text);
  }
  events::v1::Field& amount = *change.add_fields();
  amount.set_name("amount");
  amount.set_minor_units(1000000);
  return change.SerializeAsString();
}

std::string SalesforceRecord() {
  return R"({"ChangeEventHeader":{"entityName":"Opportunity","recordIds":["0065g00000ABCDEFGH"],)"
         R"("changeType":"UPDATE","changeOrigin":"com/salesforce/api/soap/59.0;client=Web",)"
         R"("transactionKey":"0002343d-8c2a-1f6c-3bf6-0ca3b2b8e7c4","sequenceNumber":1,)"
         R"("commitTimestamp":1768037400000,"commitNumber":10585193272713,)"
         R"("commitUser":"0055g000001","nulledFields":[],"diffFields":[],)"
         R"("changedFields":["StageName","Probability","LastModifiedDate"]},)"
         R"("StageName":"proposal","Probability":40,"Amount":10000.00,)"
         R"("LastModifiedDate":"2026-01-10T09:30:00.000Z"})";
}

Record RecordOf(const std::string& value) {
  Record record;
  record.has_value = true;
  record.value = value;
  record.record_time_micros = kTimeMicros;
  return record;
}

void DecodeLoop(benchmark::State& state, Decoder& decoder, const Record& record) {
  RawChanges changes;
  for (auto _ : state) {
    const DecodeResult result = decoder.Decode(record, changes);
    if (result.index() != 0 || changes.size() != 1) state.SkipWithError("the record was refused");
    benchmark::DoNotOptimize(changes);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * record.value.size()));
}

void BM_DecodeProtobuf(benchmark::State& state) {
  const std::string value = ProtobufRecord();
  DecodeLoop(state, *MakeProtobufDecoder(), RecordOf(value));
}
BENCHMARK(BM_DecodeProtobuf);

// The generated class on the same bytes, to compare with.
void BM_ParseByGeneratedClass(benchmark::State& state) {
  const std::string value = ProtobufRecord();
  events::v1::Change change;
  for (auto _ : state) {
    if (!change.ParseFromString(value)) state.SkipWithError("the record was refused");
    benchmark::DoNotOptimize(change);
  }
}
BENCHMARK(BM_ParseByGeneratedClass);

void BM_DecodeJson(benchmark::State& state) {
  const std::string value = JsonRecord();
  DecodeLoop(state, *MakeJsonDecoder(), RecordOf(value));
}
BENCHMARK(BM_DecodeJson);

void BM_DecodeCsv(benchmark::State& state) {
  const std::string value =
      "deal,D-1234567,,2026-01-10T09:30:00Z,e-7654321,proposal,10000.00,rep-1234";
  Record record = RecordOf(value);
  record.headers = {{"csv-header", "object,id,op,time,event_id,stage,amount,owner"}};
  DecodeLoop(state, *MakeCsvDecoder(), record);
}
BENCHMARK(BM_DecodeCsv);

void BM_DecodeByMapping(benchmark::State& state) {
  MappingLoad load = LoadMappingFile("config/mappings/salesforce-cdc.yaml");
  auto decoder = MakeMappingDecoder(std::move(load.file), Calendar());
  if (!load.ok() || !decoder.ok()) {
    state.SkipWithError("run it in the root of the source tree");
    return;
  }
  const std::string value = SalesforceRecord();
  DecodeLoop(state, **decoder, RecordOf(value));
}
BENCHMARK(BM_DecodeByMapping);

void BM_Check(benchmark::State& state) {
  const std::string value = ProtobufRecord();
  const std::unique_ptr<Decoder> decoder = MakeProtobufDecoder();
  const Definition definition = MakeDefinition();
  const Checker checker(definition, absl::Minutes(10));
  RawChanges raw;
  decoder->Decode(RecordOf(value), raw);
  Change change;
  for (auto _ : state) {
    const auto rejection = checker.Check(raw[0], {kTimeMicros, {}}, &change);
    if (rejection.has_value()) state.SkipWithError("the change was refused");
    benchmark::DoNotOptimize(change);
  }
}
BENCHMARK(BM_Check);

void BM_EncodeAndDecodeChange(benchmark::State& state) {
  Change change;
  change.id = "D-1234567";
  change.time = {kTimeMicros};
  change.identity = 1ull << 63;
  change.fields = {{kStageField, Value::Text("proposal")}, {5, Value::Integer(1000000)}};
  std::string bytes;
  Change decoded;
  for (auto _ : state) {
    bytes.clear();
    EncodeChange(change, &bytes);
    ByteReader reader(bytes);
    if (!DecodeChange(reader, &decoded)) state.SkipWithError("the change does not decode");
    benchmark::DoNotOptimize(decoded);
  }
  state.counters["bytes"] = static_cast<double>(bytes.size());
}
BENCHMARK(BM_EncodeAndDecodeChange);

}  // namespace
}  // namespace takt

BENCHMARK_MAIN();
