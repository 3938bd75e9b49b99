#include "engine/app/wiring.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <utility>

#include "absl/strings/str_format.h"
#include "connectors/csv/csv_decoder.h"
#include "connectors/file/file_dead_letters.h"
#include "connectors/file/file_source.h"
#include "connectors/json/json_decoder.h"
#include "connectors/kafka/kafka_dead_letters.h"
#include "connectors/kafka/kafka_source.h"
#include "connectors/mapping/mapping_decoder.h"
#include "connectors/protobuf/protobuf_decoder.h"
#include "engine/app/discarded_letters.h"
#include "engine/base/status_macros.h"
#include "engine/settings/mapping_file.h"

namespace takt {
namespace {

absl::StatusOr<std::unique_ptr<Decoder>> MakeMapped(const std::string& path,
                                                    const Calendar& calendar) {
  MappingLoad load = LoadMappingFile(path);
  for (const Problem& problem : load.problems) {
    if (!problem.warning) return absl::InvalidArgumentError(ProblemText(problem));
  }
  return MakeMappingDecoder(std::move(load.file), calendar);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Decoder>> MakeDecoder(const SourceSettings& settings,
                                                     const Calendar& calendar) {
  if (!settings.mapping.empty()) return MakeMapped(settings.mapping, calendar);
  switch (settings.format) {
    case RecordFormat::kJson:
      return MakeJsonDecoder();
    case RecordFormat::kProtobuf:
      return MakeProtobufDecoder();
    case RecordFormat::kCsv:
      return MakeCsvDecoder();
  }
  return absl::InvalidArgumentError("unknown format");
}

namespace {

// Kafka sources put their dead letters on their own cluster when a topic is named; everything else goes
// to the file.
absl::StatusOr<std::unique_ptr<DeadLetters>> MakeDeadLetters(const Settings& settings,
                                                             const SourceSettings& source,
                                                             Clock& clock, const LogFunction& log) {
  const DeadLetterSettings& place = settings.dead_letters;
  if (source.kafka.has_value() && !place.topic.empty()) {
    return KafkaDeadLetters::Create(place.topic, *source.kafka, clock, log);
  }
  if (place.file.empty()) return std::make_unique<DiscardedLetters>();
  return FileDeadLetters::Create(place.file, clock);
}

absl::StatusOr<SourceParts> MakeSource(const Settings& settings, const SourceSettings& source,
                                       Clock& clock, const LogFunction& log) {
  SourceParts parts;
  parts.settings = source;
  TAKT_ASSIGN_OR_RETURN(parts.decoder, MakeDecoder(source, settings.definition->calendar));
  if (source.kafka.has_value()) {
    TAKT_ASSIGN_OR_RETURN(parts.source,
                          KafkaSource::Create(source.name, *source.kafka, clock, log));
  } else {
    if (!source.follow && source.file != "-" && access(source.file.c_str(), R_OK) != 0) {
      return absl::NotFoundError(absl::StrFormat("cannot read \"%s\"", source.file));
    }
    parts.source = FileSource::Create(source, clock);
  }
  TAKT_ASSIGN_OR_RETURN(parts.dead_letters, MakeDeadLetters(settings, source, clock, log));
  return parts;
}

// Resident bytes of this process; 0 where the system does not tell.
uint64_t ResidentBytes() {
  uint64_t total_pages = 0;
  uint64_t resident_pages = 0;
  std::ifstream("/proc/self/statm") >> total_pages >> resident_pages;
  return resident_pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

absl::StatusOr<EngineParts> MakePartsWithoutJournal(const Settings& settings, Clock& clock,
                                                    const LogFunction& log) {
  EngineParts parts;
  parts.definition = settings.definition;
  parts.settings = settings.engine;
  parts.clock = &clock;
  parts.log = log;
  parts.memory_bytes = &ResidentBytes;
  parts.audit_every = absl::Minutes(10);
  parts.config_hash = settings.hash;
  for (const SourceSettings& source : settings.sources) {
    auto made = MakeSource(settings, source, clock, log);
    if (!made.ok()) {
      return absl::Status(
          made.status().code(),
          absl::StrFormat("source \"%s\": %s", source.name, std::string(made.status().message())));
    }
    parts.sources.push_back(*std::move(made));
  }
  if (parts.sources.empty()) {
    return absl::InvalidArgumentError("no source is configured; add one under `sources:`");
  }
  return parts;
}

absl::Status AddJournal(EngineParts& parts) {
  if (parts.settings.journal.empty()) return absl::OkStatus();
  TAKT_ASSIGN_OR_RETURN(parts.journal, OpenJournalFolder(parts.settings.journal));
  return absl::OkStatus();
}

absl::StatusOr<EngineParts> MakeParts(const Settings& settings, Clock& clock,
                                      const LogFunction& log) {
  TAKT_ASSIGN_OR_RETURN(EngineParts parts, MakePartsWithoutJournal(settings, clock, log));
  TAKT_RETURN_IF_ERROR(AddJournal(parts));
  return parts;
}

}  // namespace takt
