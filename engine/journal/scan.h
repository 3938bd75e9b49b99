// Reading a journal that an engine goes on writing: its blocks in order, without a lock and without a
// trace. What is torn or half written at the end of the last segment is taken for the end.
//
// Threads: any; `files` from one at a time. Cost: one pass over the files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/journal/block.h"
#include "engine/journal/files.h"
#include "engine/journal/source_place.h"

namespace takt {

// A folder to be read beside the engine that writes it. What would change it is FailedPrecondition.
absl::StatusOr<std::unique_ptr<JournalFiles>> OpenJournalForReading(const std::string& path);

// Whether an engine holds the folder now. It holds the lock for an instant to know; the
// answer is true of that moment alone.
bool IsJournalInUse(const std::string& path);

struct ScannedBlock {
  const JournalDictionary* dictionary = nullptr;  // what the ids in the changes mean
  // Partitions by their number in the segment so far.
  const std::vector<PartitionName>* partitions = nullptr;
  const BlockBody* body = nullptr;
};

// Calls `visit` with every block of a segment in order. False from it ends the scan of this segment.
absl::Status ScanSegment(JournalFiles& files, const std::string& name,
                         absl::FunctionRef<bool(const ScannedBlock&)> visit);

// The names of all segments, the oldest first.
absl::StatusOr<std::vector<std::string>> SegmentNames(JournalFiles& files);

struct PlaceSearch {
  SourcePlaces places;
  bool is_whole = true;  // false: `bytes_max` ended it before all were found
  uint64_t bytes = 0;    // that were read
};

// Where changes were read: encoded as today's `dictionary` has them. The newest segments are looked at
// first, until every change has a place or `bytes_max` are read. Journals from before coordinates were
// kept know no places.
absl::StatusOr<PlaceSearch> FindPlaces(JournalFiles& files, const JournalDictionary& dictionary,
                                       const absl::flat_hash_set<std::string>& changes,
                                       uint64_t bytes_max);

}  // namespace takt
