// Everything that one configuration says: the definition, and how this process reads, keeps and
// serves. Made by LoadSettings from YAML files; see schema.h for every key.
//
// Threads: immutable once loaded.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "engine/definition/definition.h"

namespace takt {

// One mistake, where it stands, and what to do.
struct Problem {
  std::string file;
  int line = 0;      // 1-based; 0: the whole file
  int column = 0;    // 1-based
  std::string path;  // "kpis.win_ratio.over[1]"
  std::string text;  // the value, what is wrong, the nearest valid name
  bool warning = false;
};

enum class RecordFormat : uint8_t { kJson, kProtobuf, kCsv };
enum class TombstonePolicy : uint8_t { kIgnore, kDeadLetter };

struct KafkaSettings {
  std::string brokers;
  std::vector<std::string> topics;
  // Passed through to librdkafka as written ("sasl.password"); a key that ends in "_file" names a file
  // whose content, less one trailing newline, is the value.
  std::map<std::string, std::string> properties;
  // Where each is written, for whoever can tell whether librdkafka takes it; without a text.
  std::map<std::string, Problem> places;
};

struct SourceSettings {
  std::string name;
  std::optional<KafkaSettings> kafka;  // one of the two
  std::string file;                    // path, as resolved against the configuration's folder
  bool follow = false;                 // file: goes on reading what is appended
  RecordFormat format = RecordFormat::kJson;
  std::string mapping;  // path, resolved; empty: the canonical form of the format
  TombstonePolicy tombstones = TombstonePolicy::kIgnore;
  absl::Duration out_of_orderness = absl::Minutes(1);
  absl::Duration max_ahead = absl::Minutes(10);
  absl::Duration silent_after = absl::Hours(1);
};

struct DeadLetterSettings {
  std::string file;   // path, resolved; used by file sources and where no Kafka is
  std::string topic;  // of Kafka sources, on their own brokers
};

struct EngineSettings {
  std::string journal = "takt-journal";  // folder, resolved; empty: nothing is kept
  absl::Duration fsync_every = absl::Seconds(1);
  int workers = 1;
  std::string listen = "127.0.0.1:9464";      // /kpis, /metrics, health
  std::string listen_api = "127.0.0.1:9465";  // /api/v1; empty: none
  std::string web_config;                     // path, resolved; empty: plain HTTP without passwords
  uint64_t memory_bytes_max = 0;              // 0: none
  uint64_t series_max = 100000;
  absl::Duration evaluate_every = absl::Milliseconds(200);
};

struct Settings {
  // Of the bytes of every file that was read, mappings and tables too: replicas compare it.
  uint64_t hash = 0;
  std::shared_ptr<const Definition> definition;
  std::vector<SourceSettings> sources;
  DeadLetterSettings dead_letters;
  EngineSettings engine;
};

// Without a word on whether it is a warning:
// "config.yaml:12:9: kpis.win_ratio.of: unknown KPI "closd"; did you mean "closed"?"
std::string ProblemText(const Problem& problem);

struct LoadResult {
  Settings settings;               // of use only when no problem is an error
  std::vector<Problem> problems;   // errors and warnings, by file, line and column
  std::vector<std::string> files;  // all that were read, mappings and tables too
  bool ok() const;
};

// Reads and merges `paths` and the catalogue files that they `use:` (looked up beside the file, then in
// `catalogue_folders`), and compiles. Never throws; every mistake is found in one go.
LoadResult LoadSettings(const std::vector<std::string>& paths,
                        const std::vector<std::string>& catalogue_folders);

}  // namespace takt
