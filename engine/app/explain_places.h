// The coordinates of the changes that an explanation names: looked up in the journal, which keeps them
// beside the changes; of files also the line, counted in the file itself.
//
// Threads: any; reads files. Cost: one pass over the journal's segments, the newest first, until all are
// found, 1 GiB at most; of a file one pass up to the last place, 256 MiB at most.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/definition/definition.h"
#include "engine/journal/scan.h"
#include "engine/pipeline/explanation.h"
#include "engine/settings/settings.h"

namespace takt {

struct PlaceSources {
  // Opens the journal for reading. Empty: nothing is kept, and no place is known.
  std::function<absl::StatusOr<std::unique_ptr<JournalFiles>>()> open_journal;
  std::vector<std::string> file_sources;  // names of the sources that are files
};

// Of an engine of these settings.
PlaceSources PlacesOf(const Settings& settings);

absl::StatusOr<PlaceSearch> FindExplainedPlaces(const Definition& definition,
                                                const Explanation& explanation,
                                                const PlaceSources& sources);

}  // namespace takt
