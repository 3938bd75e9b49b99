#include "engine/app/explain_places.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <utility>

#include "engine/base/status_macros.h"
#include "engine/pipeline/restore.h"

namespace takt {
namespace {

constexpr uint64_t kJournalBytesMax = 1u << 30;
constexpr int64_t kFileBytesMax = 256 << 20;

void Collect(const Causes& causes, absl::flat_hash_set<std::string>& changes) {
  for (const Cause& cause : causes.causes) {
    if (!cause.change.empty()) changes.insert(cause.change);
  }
}

// Counts the lines before each place in one pass over the file.
void AddLines(const std::string& path, std::vector<SourcePlace*> places) {
  std::sort(places.begin(), places.end(),
            [](const SourcePlace* a, const SourcePlace* b) { return a->offset < b->offset; });
  std::ifstream file(path, std::ios::binary);
  std::string buffer(1 << 16, '\0');
  int64_t line = 1;
  int64_t begin = 0;  // of the buffer in the file
  size_t next = 0;
  while (next < places.size() && begin < kFileBytesMax && file.good()) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    const int64_t end = begin + file.gcount();
    for (int64_t at = begin; at < end && next < places.size(); ++at) {
      while (next < places.size() && places[next]->offset == at) places[next++]->line = line;
      if (buffer[static_cast<size_t>(at - begin)] == '\n') ++line;
    }
    begin = end;
  }
}

}  // namespace

PlaceSources PlacesOf(const Settings& settings) {
  PlaceSources places;
  const std::string& folder = settings.engine.journal;
  if (!folder.empty()) places.open_journal = [folder] { return OpenJournalForReading(folder); };
  for (const SourceSettings& source : settings.sources) {
    if (!source.kafka.has_value()) places.file_sources.push_back(source.name);
  }
  return places;
}

absl::StatusOr<PlaceSearch> FindExplainedPlaces(const Definition& definition,
                                                const Explanation& explanation,
                                                const PlaceSources& sources) {
  absl::flat_hash_set<std::string> changes;
  for (const ExplainedPart& part : explanation.parts) {
    for (const ExplainedEntity& entity : part.listed) Collect(entity.causes, changes);
  }
  for (const auto& [key, causes] : explanation.told) Collect(causes, changes);
  if (changes.empty()) return PlaceSearch();
  TAKT_ASSIGN_OR_RETURN(const std::unique_ptr<JournalFiles> files, sources.open_journal());
  TAKT_ASSIGN_OR_RETURN(PlaceSearch search,
                        FindPlaces(*files, DictionaryOf(definition), changes, kJournalBytesMax));
  std::map<std::string, std::vector<SourcePlace*>> by_path;
  for (auto& [change, places] : search.places) {
    for (SourcePlace& place : places) {
      const std::vector<std::string>& names = sources.file_sources;
      const bool is_file = std::find(names.begin(), names.end(), place.source) != names.end();
      if (is_file && place.offset < kFileBytesMax) by_path[place.topic].push_back(&place);
    }
  }
  for (auto& [path, places] : by_path) AddLines(path, std::move(places));
  return search;
}

}  // namespace takt
