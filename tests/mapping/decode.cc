#include "tests/mapping/decode.h"

#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "engine/model/change_kind_name.h"
#include "engine/settings/mapping_file.h"
#include "gtest/gtest.h"
#include "tests/pipeline/raw_value_text.h"

namespace takt {
namespace {

std::string TimeText(int64_t micros) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", absl::FromUnixMicros(micros),
                          absl::UTCTimeZone());
}

std::string ValueText(const RawValue& value) {
  if (value.kind == RawValue::Kind::kTime) return TimeText(value.integer);
  return RawValueText(value);
}

std::string ChangeText(const RawChange& change) {
  std::string line = absl::StrCat(ChangeKindName(change.kind), " ", change.object, " ", change.id,
                                  " ", change.has_time ? TimeText(change.time.micros) : "-");
  if (change.order != OrderKey{}) {
    absl::StrAppend(&line, " order=", change.order.major, ".", change.order.minor);
  }
  if (!change.event_id.empty()) {
    absl::StrAppend(&line, " event=", absl::StrReplaceAll(change.event_id, {{"\x1f", "+"}}));
  }
  if (change.place != 0) absl::StrAppend(&line, " place=", change.place);
  for (const RawField& field : change.fields) {
    absl::StrAppend(&line, " ", field.name, "=", ValueText(field.value));
  }
  return line;
}

std::string DecodedByLoad(MappingLoad load, const Sample& sample) {
  for (const Problem& problem : load.problems) return ProblemText(problem);
  auto decoder = MakeMappingDecoder(std::move(load.file), *Calendar::Create("Europe/Paris", 1));
  if (!decoder.ok()) return std::string(decoder.status().message());
  return DecodedBy(**decoder, sample);
}

}  // namespace

std::string DecodedBy(Decoder& decoder, const Sample& sample) {
  Record record;
  record.topic = "crm.deals";
  record.has_value = true;
  record.value = sample.value;
  record.has_key = !sample.key.empty();
  record.key = sample.key;
  record.record_time_micros = sample.record_time_micros;
  for (const auto& [name, value] : sample.headers) record.headers.emplace_back(name, value);
  RawChanges changes;
  const DecodeResult result = decoder.Decode(record, changes);
  if (std::holds_alternative<Filtered>(result)) return "filtered";
  if (const auto* rejection = std::get_if<Rejection>(&result)) {
    EXPECT_EQ(changes.size(), 0u);
    return absl::StrCat(ReasonName(rejection->reason), ": ", rejection->detail);
  }
  std::vector<std::string> lines;
  for (size_t i = 0; i < changes.size(); ++i) lines.push_back(ChangeText(changes[i]));
  return absl::StrJoin(lines, "\n");
}

std::string DecodedByText(const std::string& mapping, const Sample& sample) {
  return DecodedByLoad(ParseMapping("mapping.yaml", mapping), sample);
}

std::string DecodedByFile(const std::string& name, const Sample& sample) {
  return DecodedByLoad(LoadMappingFile(absl::StrCat("config/mappings/", name, ".yaml")), sample);
}

std::vector<std::string> ProblemsOf(const std::string& mapping) {
  std::vector<std::string> texts;
  for (const Problem& problem : ParseMapping("mapping.yaml", mapping).problems) {
    texts.push_back(
        absl::StrCat(problem.line, ":", problem.column, ": ", problem.path, ": ", problem.text));
  }
  return texts;
}

}  // namespace takt
