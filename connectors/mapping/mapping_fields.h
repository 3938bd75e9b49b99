// Carries out what a mapping file says of single fields: finds the value, looks it up, converts it.
//
// Threads: Read by one; the counts by any. Texts live until the next Clear of the arena or the next
// record. The file and the arena must outlive it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "connectors/mapping/mapping_values.h"
#include "engine/base/mutex.h"
#include "engine/model/reason.h"
#include "engine/pipeline/decoder.h"

namespace takt {

// The time zones that a file names, loaded once. The empty name is the organisation's.
class MappingZones {
 public:
  explicit MappingZones(absl::TimeZone organisation) : organisation_(organisation) {}
  absl::Status Load(const std::string& name);
  absl::TimeZone Of(const std::string& name) const;

 private:
  absl::TimeZone organisation_;
  absl::flat_hash_map<std::string, absl::TimeZone> zones_;
};

// Values that were in no dictionary, counted by name; bounded.
class UnmappedCounts {
 public:
  void Add(absl::string_view field, absl::string_view value);
  std::vector<std::pair<std::string, uint64_t>> Get() const;

 private:
  mutable Mutex mutex_;
  std::map<std::string, uint64_t> counts_ ABSL_GUARDED_BY(mutex_);
};

class MappingFields {
 public:
  MappingFields(MappingInput& input, const MappingZones& zones, TextArena& arena)
      : input_(input), zones_(zones), arena_(arena) {}

  // Appends the field to `change`, unless its value is absent.
  [[nodiscard]] std::optional<Rejection> Read(const MappingField& field, const MappingFocus& focus,
                                              RawChange& change);
  const UnmappedCounts& unmapped() const { return unmapped_; }

 private:
  MappingCell Find(const MappingField& field, const MappingFocus& focus);
  std::optional<Rejection> LookUp(const MappingField& field, MappingCell& cell);
  std::optional<Rejection> Convert(const MappingField& field, const MappingCell& cell,
                                   RawValue* value);
  std::optional<Reason> ConvertNumber(MappingField::As as, const MappingCell& cell,
                                      RawValue* value);

  MappingInput& input_;
  const MappingZones& zones_;
  TextArena& arena_;
  UnmappedCounts unmapped_;
};

}  // namespace takt
