#include "engine/app/offline_engine.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/app/wiring.h"
#include "engine/base/status_macros.h"
#include "engine/journal/memory_files.h"
#include "engine/journal/overlay_files.h"
#include "engine/journal/scan.h"

namespace takt {
namespace {

constexpr absl::Duration kRestoreLimit = absl::Hours(1);

absl::StatusOr<std::unique_ptr<Engine>> StartEngine(EngineParts parts) {
  parts.settings.memory_bytes_max = 0;
  parts.audit_every = absl::ZeroDuration();
  TAKT_ASSIGN_OR_RETURN(std::unique_ptr<Engine> engine, Engine::Create(std::move(parts)));
  TAKT_RETURN_IF_ERROR(engine->Start());
  TAKT_RETURN_IF_ERROR(engine->Drain(kRestoreLimit));
  return engine;
}

// The latest `now` that was written down.
absl::StatusOr<std::optional<EventTime>> LastNow(JournalFiles& files) {
  TAKT_ASSIGN_OR_RETURN(const std::vector<std::string> names, SegmentNames(files));
  uint64_t seconds = 0;
  for (size_t i = names.size(); i > 0 && seconds == 0; --i) {
    TAKT_RETURN_IF_ERROR(ScanSegment(files, names[i - 1], [&](const ScannedBlock& block) {
      seconds = std::max(seconds, block.body->now_seconds);
      return true;
    }));
  }
  if (seconds == 0) return std::nullopt;
  return EventTime{static_cast<int64_t>(seconds) * 1'000'000};
}

absl::StatusOr<OfflineEngine> OfJournal(const Settings& settings,
                                        std::unique_ptr<JournalFiles> folder, Clock& clock) {
  OfflineEngine offline;
  TAKT_ASSIGN_OR_RETURN(offline.now, LastNow(*folder));
  offline.places = PlacesOf(settings);
  EngineParts parts;
  parts.definition = settings.definition;
  parts.settings = settings.engine;
  parts.clock = &clock;
  parts.journal = std::make_unique<OverlayJournalFiles>(std::move(folder));
  TAKT_ASSIGN_OR_RETURN(offline.engine, StartEngine(std::move(parts)));
  return offline;
}

absl::StatusOr<OfflineEngine> OfFiles(Settings settings, Clock& clock) {
  for (SourceSettings& source : settings.sources) {
    if (source.kafka.has_value() || source.file == "-") {
      return absl::NotFoundError(absl::StrCat(
          "there is no journal at \"", settings.engine.journal, "\", and the source \"",
          source.name,
          "\" is no file that could be read again: say --journal FOLDER, or ask a running engine "
          "with --server"));
    }
    source.follow = false;
  }
  // Its letters are a running engine's to write.
  settings.dead_letters = {};
  OfflineEngine offline;
  offline.of_files = true;
  offline.places = PlacesOf(settings);
  TAKT_ASSIGN_OR_RETURN(EngineParts parts, MakePartsWithoutJournal(settings, clock, {}));
  const auto disk = std::make_shared<MemoryDisk>();
  parts.journal = std::make_unique<MemoryJournalFiles>(disk);
  offline.places.open_journal = [disk] {
    return absl::StatusOr<std::unique_ptr<JournalFiles>>(
        std::make_unique<MemoryJournalFiles>(disk));
  };
  TAKT_ASSIGN_OR_RETURN(offline.engine, StartEngine(std::move(parts)));
  return offline;
}

}  // namespace

absl::StatusOr<OfflineEngine> OpenOffline(const Settings& settings, Clock& clock) {
  const std::string& journal = settings.engine.journal;
  if (journal.empty()) return OfFiles(settings, clock);
  if (IsJournalInUse(journal)) {
    return absl::FailedPreconditionError(
        absl::StrCat("an engine is running on the journal \"", journal,
                     "\": ask it, with --server ADDRESS in place of --config"));
  }
  auto folder = OpenJournalForReading(journal);
  if (!folder.ok()) return OfFiles(settings, clock);
  TAKT_ASSIGN_OR_RETURN(const std::vector<std::string> segments, SegmentNames(**folder));
  if (segments.empty()) return OfFiles(settings, clock);
  return OfJournal(settings, *std::move(folder), clock);
}

}  // namespace takt
