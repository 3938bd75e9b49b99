// The coordinates of the changes that an explanation names: looked up in the journal, which keeps them
// beside the changes; of files also the line, counted in the file itself.
//
// Threads: any; reads files. Cost: one pass over the journal's segments, the newest first, until all are
// found, 1 GiB at most; of a file one pass up to the last place, 256 MiB at most.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/definition/definition.h"
#include "engine/journal/scan.h"
#include "engine/pipeline/explanation.h"

namespace takt {

struct PlaceSources {
  std::string journal;  // its folder; empty: nothing is kept, and no place is known
  std::vector<std::string> file_sources;  // names of the sources that are files
};

absl::StatusOr<PlaceSearch> FindExplainedPlaces(const Definition& definition,
                                                const Explanation& explanation,
                                                const PlaceSources& sources);

}  // namespace takt
