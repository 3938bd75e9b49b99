#include "engine/settings/process_settings.h"

#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/settings/schema.h"
#include "engine/settings/values.h"

namespace takt {
namespace {

std::string Resolved(const Node& node, const Problems& problems) {
  return ResolvePath(problems.FileName(node.place.file), node.text);
}

void CheckFile(const Node& node, const std::string& path, Problems& problems) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(path, ignored)) return;
  Error(problems, node, absl::StrCat("there is no file \"", path, "\""));
}

void ReadDuration(const Node* node, absl::Duration& duration) {
  if (node != nullptr) duration = ParseDuration(node->text).value_or(duration);
}

template <typename T>
void ReadInteger(const Node* node, T min, T max, Problems& problems, T& value) {
  if (node == nullptr) return;
  int64_t read = 0;
  if (!absl::SimpleAtoi(node->text, &read)) return;
  if (read < static_cast<int64_t>(min) || read > static_cast<int64_t>(max)) {
    return Error(problems, *node,
                 absl::StrCat("\"", node->text, "\" is not from ", min, " to ", max));
  }
  value = static_cast<T>(read);
}

KafkaSettings ReadKafka(const Node& node, SourceFiles files, Problems& problems) {
  KafkaSettings kafka;
  for (const char* key : {"brokers", "topics"}) {
    if (!node.Has(key) && !node.HasBad())
      KeyError(problems, node, absl::StrCat("needs `", key, "`"));
  }
  for (const Node& entry : node.items) {
    if (entry.bad || entry.kind == Node::Kind::kNull) continue;
    kafka.places[entry.key] = problems.At(entry.key_place, entry.path);
    if (entry.key == "brokers") {
      kafka.brokers = entry.text;
    } else if (entry.key == "topics") {
      for (const Node* topic : entry.Many()) kafka.topics.push_back(topic->text);
    } else if (absl::EndsWith(entry.key, "_file")) {
      const std::string path = Resolved(entry, problems);
      if (files == SourceFiles::kMustExist) CheckFile(entry, path, problems);
      kafka.properties[entry.key] = path;
    } else {
      kafka.properties[entry.key] = entry.text;
    }
  }
  return kafka;
}

void ReadFormat(const Node& entry, SourceSettings& source) {
  if (absl::EndsWith(source.file, ".csv")) source.format = RecordFormat::kCsv;
  const Node* format = entry.Get("format");
  if (format == nullptr) return;
  if (format->text == "json") source.format = RecordFormat::kJson;
  if (format->text == "protobuf") source.format = RecordFormat::kProtobuf;
  if (format->text == "csv") source.format = RecordFormat::kCsv;
}

void ReadFile(const Node& entry, SourceFiles files, Problems& problems, SourceSettings& source) {
  const Node* follow = entry.Get("follow");
  source.follow = follow != nullptr && follow->text == "true";
  const Node* file = entry.Get("file");
  if (file == nullptr) return;
  source.file = Resolved(*file, problems);
  if (!source.follow && files == SourceFiles::kMustExist) CheckFile(*file, source.file, problems);
}

SourceSettings ReadSource(const Node& entry, SourceFiles files, Problems& problems) {
  SourceSettings source{.name = entry.key};
  if (entry.Has("kafka") == entry.Has("file") && !entry.HasBad()) {
    KeyError(problems, entry, "say one of `kafka` and `file`");
  }
  if (const Node* kafka = entry.Get("kafka")) source.kafka = ReadKafka(*kafka, files, problems);
  ReadFile(entry, files, problems, source);
  ReadFormat(entry, source);
  if (const Node* mapping = entry.Get("mapping")) source.mapping = Resolved(*mapping, problems);
  const Node* tombstones = entry.Get("tombstones");
  if (tombstones != nullptr && tombstones->text == "dead_letter") {
    source.tombstones = TombstonePolicy::kDeadLetter;
  }
  ReadDuration(entry.Get("out_of_orderness"), source.out_of_orderness);
  ReadDuration(entry.Get("max_ahead"), source.max_ahead);
  ReadDuration(entry.Get("silent_after"), source.silent_after);
  return source;
}

}  // namespace

std::vector<SourceSettings> ReadSources(const Node& root, SourceFiles files, Problems& problems) {
  std::vector<SourceSettings> sources;
  const Node* section = root.Get("sources");
  if (section == nullptr) return sources;
  for (const Node& entry : section->items) {
    if (!entry.bad) sources.push_back(ReadSource(entry, files, problems));
  }
  return sources;
}

DeadLetterSettings ReadDeadLetters(const Node& root, const std::string& config_file,
                                   Problems& problems) {
  DeadLetterSettings settings;
  settings.file = ResolvePath(config_file, "dead-letters.jsonl");
  const Node* section = root.Get("dead_letters");
  if (section == nullptr) return settings;
  if (const Node* topic = section->Get("topic")) settings.topic = topic->text;
  if (const Node* file = section->Get("file")) settings.file = Resolved(*file, problems);
  return settings;
}

EngineSettings ReadEngine(const Node& root, const std::string& config_file, Problems& problems) {
  EngineSettings engine;
  engine.journal = ResolvePath(config_file, engine.journal);
  const Node* section = root.Get("engine");
  if (section == nullptr) return engine;
  if (const Node* journal = section->Get("journal")) engine.journal = Resolved(*journal, problems);
  ReadDuration(section->Get("fsync_every"), engine.fsync_every);
  ReadInteger(section->Get("workers"), 1, 64, problems, engine.workers);
  if (const Node* listen = section->Get("listen")) {
    if (listen->text.empty()) Error(problems, *listen, "must not be empty");
    engine.listen = listen->text;
  }
  if (const Node* listen = section->Get("listen_api")) engine.listen_api = listen->text;
  if (const Node* web = section->Get("web_config")) engine.web_config = Resolved(*web, problems);
  if (const Node* memory = section->Get("memory_max")) {
    engine.memory_bytes_max = ParseBytes(memory->text).value_or(0);
  }
  ReadInteger<uint64_t>(section->Get("series_max"), 1, 10'000'000, problems, engine.series_max);
  ReadDuration(section->Get("evaluate_every"), engine.evaluate_every);
  return engine;
}

}  // namespace takt
