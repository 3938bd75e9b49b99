#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "connectors/file/file_source.h"
#include "connectors/mapping/mapping_decoder.h"
#include "engine/app/change_text.h"
#include "engine/app/commands.h"
#include "engine/app/configuration.h"
#include "engine/app/moment_text.h"
#include "engine/app/sample_records.h"
#include "engine/app/wiring.h"
#include "engine/base/clock.h"
#include "engine/base/status_macros.h"
#include "engine/model/change_kind_name.h"
#include "engine/pipeline/check.h"
#include "engine/settings/mapping_file.h"
#include "engine/settings/nearest.h"

namespace takt {
namespace {

int Fail(const absl::Status& status) {
  absl::FPrintF(stderr, "takt map: %s\n", std::string(status.message()));
  return kExitWrong;
}

absl::StatusOr<const SourceSettings*> FindSource(const Settings& settings,
                                                 const std::string& name) {
  std::vector<std::string> names;
  for (const SourceSettings& source : settings.sources) {
    if (source.name == name) return &source;
    names.push_back(source.name);
  }
  if (name.empty() && names.size() == 1) return &settings.sources.front();
  if (name.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("say which source the record is from: --source ",
                                                   absl::StrJoin(names, " or --source ")));
  }
  return absl::InvalidArgumentError(UnknownName("source", name, names));
}

absl::StatusOr<std::string> ReadSample(const std::string& path) {
  std::stringstream content;
  if (path == "-") {
    content << std::cin.rdbuf();
    return content.str();
  }
  std::ifstream file(path, std::ios::binary);
  content << file.rdbuf();
  if (!file.is_open() || file.bad()) {
    return absl::InvalidArgumentError(absl::StrCat("cannot read \"", path, "\""));
  }
  return content.str();
}

// A record's own way through Decode, Map and Check, told.
class Mapper {
 public:
  Mapper(const Settings& settings, const SourceSettings& source, std::unique_ptr<Decoder> decoder,
         const MapOptions& options)
      : definition_(*settings.definition),
        checker_(definition_, source.max_ahead),
        decoder_(std::move(decoder)),
        mapping_(dynamic_cast<MappingDecoder*>(decoder_.get())),
        options_(options) {
    if (mapping_ != nullptr) mapping_->Trace();
  }

  absl::Status Open(const std::string& csv_header) {
    record_.topic = options_.topic;
    record_.has_value = true;
    record_.has_key = !options_.key.empty();
    record_.key = options_.key;
    if (!csv_header.empty()) record_.headers.emplace_back(kCsvHeader, csv_header);
    for (const std::string& header : options_.headers) {
      const size_t equals = header.find('=');
      if (equals == std::string::npos) {
        return absl::InvalidArgumentError(
            absl::StrCat("--header \"", Shown(header), "\": write NAME=VALUE"));
      }
      const absl::string_view text(header);
      record_.headers.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    if (options_.record_time.empty()) return absl::OkStatus();
    TAKT_ASSIGN_OR_RETURN(const EventTime time, ParseMoment("--record-time", options_.record_time));
    record_.record_time_micros = time.micros;
    return absl::OkStatus();
  }

  // False: it becomes a dead letter.
  bool Take(const std::string& value, size_t line, JsonWriter* json) {
    record_.value = value;
    Told told;
    const DecodeResult decoded = Decode();
    if (const Rejection* rejection = std::get_if<Rejection>(&decoded)) told.rejection = *rejection;
    told.filtered = std::holds_alternative<Filtered>(decoded);
    if (!told.rejection.has_value() && !told.filtered) Check(told);
    if (mapping_ != nullptr) told.unused = mapping_->UnreachedFields();
    FindUnmapped(told);
    if (json != nullptr) {
      json->Object([&] { Write(told, line, *json); });
    } else {
      Print(told, line);
    }
    return !told.rejection.has_value();
  }

 private:
  struct Told {
    std::optional<Rejection> rejection;
    bool filtered = false;
    std::vector<std::string> unused;    // fields of the record that no rule reads
    std::set<std::string> unknown;      // fields of changes that the definition does not have
    std::vector<std::string> unmapped;  // values in no dictionary
  };

  DecodeResult Decode() {
    raw_.Clear();
    changes_.clear();
    DecodeResult decoded = decoder_->Decode(record_, raw_);
    if (std::holds_alternative<std::monostate>(decoded) && raw_.size() == 0) return Filtered{};
    return decoded;
  }

  void Check(Told& told) {
    const Arrival arrival = {record_.record_time_micros, clock_.Now()};
    for (size_t i = 0; i < raw_.size(); ++i) {
      const std::string object(raw_[i].object);
      const auto known = definition_.object_ids.find(object);
      if (known != definition_.object_ids.end()) {
        for (const RawField& field : raw_[i].fields) {
          const bool is_currency = field.name == "currency";
          if (!is_currency && !definition_.objects[known->second].field_ids.contains(field.name)) {
            told.unknown.insert(absl::StrCat(object, ".", field.name));
          }
        }
      }
      told.rejection = checker_.Check(raw_[i], arrival, &changes_.emplace_back());
      if (!told.rejection.has_value()) continue;
      changes_.clear();
      return;
    }
  }

  // What the decoder counted since the record before.
  void FindUnmapped(Told& told) {
    if (mapping_ == nullptr) return;
    std::map<std::string, uint64_t> now;
    for (const auto& [name, count] : mapping_->UnmappedValues()) {
      now[name] = count;
      if (count != unmapped_[name]) told.unmapped.push_back(name);
    }
    unmapped_ = std::move(now);
  }

  void Print(const Told& told, size_t line) const {
    absl::PrintF("record at line %d\n", line);
    for (const Change& change : changes_) {
      absl::PrintF("  %s %s  %s  %s  %s\n", definition_.objects[change.object].name,
                   absl::CHexEscape(change.id), MomentText(change.time),
                   std::string(ChangeKindName(change.kind)), FieldsText(definition_, change));
    }
    if (told.filtered) absl::PrintF("  filtered: it says nothing that counts\n");
    if (told.rejection.has_value()) {
      absl::PrintF("  dead letter: %s: %s\n", std::string(ReasonName(told.rejection->reason)),
                   Shown(told.rejection->detail));
    }
    PrintList("not used", told.unused);
    PrintList("no field of the definition", {told.unknown.begin(), told.unknown.end()});
    PrintList("in no dictionary", told.unmapped);
  }

  static void PrintList(const char* what, const std::vector<std::string>& names) {
    if (names.empty()) return;
    std::vector<std::string> shown;
    for (const std::string& name : names) shown.push_back(Shown(name));
    absl::PrintF("  %s: %s\n", what, absl::StrJoin(shown, ", "));
  }

  static void WriteList(const char* name, const std::vector<std::string>& texts, JsonWriter& json) {
    json.Key(name).Array([&] {
      for (const std::string& text : texts) json.Value(text);
    });
  }

  void Write(const Told& told, size_t line, JsonWriter& json) const {
    json.Member("line", line).Member("filtered", told.filtered);
    json.Key("changes").Array([&] {
      for (const Change& change : changes_) {
        json.Object([&] { WriteChangeMembers(definition_, change, json); });
      }
    });
    json.Key("dead_letter");
    if (told.rejection.has_value()) {
      json.Object([&] {
        json.Member("reason", ReasonName(told.rejection->reason));
        json.Member("detail", told.rejection->detail);
      });
    } else {
      json.Null();
    }
    WriteList("not_used", told.unused, json);
    WriteList("not_in_definition", {told.unknown.begin(), told.unknown.end()}, json);
    WriteList("in_no_dictionary", told.unmapped, json);
  }

  const Definition& definition_;
  const SystemClock clock_;
  const Checker checker_;
  const std::unique_ptr<Decoder> decoder_;
  MappingDecoder* const mapping_;  // null: a canonical format
  const MapOptions& options_;
  Record record_;
  RawChanges raw_;
  std::vector<Change> changes_;
  std::map<std::string, uint64_t> unmapped_;
};

RecordFormat FormatOf(const SourceSettings& source) {
  if (source.mapping.empty()) return source.format;
  const MappingLoad load = LoadMappingFile(source.mapping);
  return load.file.format == MappingFile::Format::kCsv ? RecordFormat::kCsv : RecordFormat::kJson;
}

absl::StatusOr<int> MapSample(const Settings& settings, const MapOptions& options) {
  TAKT_ASSIGN_OR_RETURN(const SourceSettings* source, FindSource(settings, options.source));
  TAKT_ASSIGN_OR_RETURN(std::unique_ptr<Decoder> decoder,
                        MakeDecoder(*source, settings.definition->calendar));
  TAKT_ASSIGN_OR_RETURN(const std::string sample, ReadSample(options.sample));
  TAKT_ASSIGN_OR_RETURN(const SampleRecords records, SplitSample(sample, FormatOf(*source)));
  Mapper mapper(settings, *source, std::move(decoder), options);
  TAKT_RETURN_IF_ERROR(mapper.Open(records.header));
  const size_t count = std::min(records.records.size(), static_cast<size_t>(options.limit));
  bool all_admitted = true;
  const auto take_all = [&](JsonWriter* json) {
    for (size_t i = 0; i < count; ++i) {
      all_admitted &= mapper.Take(records.records[i], records.lines[i], json);
    }
  };
  if (options.json) {
    JsonWriter json;
    json.Array([&] { take_all(&json); });
    absl::PrintF("%s\n", std::move(json).Finish());
  } else {
    take_all(nullptr);
    if (records.records.size() > count) {
      absl::PrintF("... %d more records; see --limit\n", records.records.size() - count);
    }
  }
  return all_admitted ? kExitDone : kExitFailed;
}

}  // namespace

int MapRecords(const MapOptions& options) {
  const std::optional<Settings> settings =
      LoadOrExplain("takt map", options.configs, ConfigUse::kLookAt);
  if (!settings.has_value()) return kExitWrong;
  const absl::StatusOr<int> code = MapSample(*settings, options);
  return code.ok() ? *code : Fail(code.status());
}

}  // namespace takt
