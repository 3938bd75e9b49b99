// Records of a CRM to changes, by a mapping file (definition/mapping_rules.h says what it can say).
//
// A record is taken whole or not at all. What is wrong with it says the reason: the reasons of the
// JSON and CSV decoders; kUnmapped when no rule matches (unless the file filters such records),
// when an operation or a dictionary says dead_letter; kBadTime, kBadNumber and kBadValue for values
// that cannot be read as the rule says; kMissingId when there is nothing to explode. A record whose
// every document is filtered is Filtered.
//
// Identity. The place of a change in its record counts documents and items only where the event id
// does not come from them, so a source that packs the same events differently when it sends them
// again gives the same identities. Several changes of one rule keep their order at equal times.
//
// Threads: Decode by one; UnmappedValues by any. Owns its rules. Cost: about 1 ns per byte for the
// parse, and 20 to 100 ns per path; allocates only while it grows and for unmapped values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/definition/mapping_rules.h"
#include "engine/pipeline/decoder.h"
#include "engine/time/calendar.h"

namespace takt {

class MappingDecoder : public Decoder {
 public:
  // How often which value was in none of its dictionary, by "field: value", by name. At most 100
  // names; what came later is under "(others)".
  virtual std::vector<std::pair<std::string, uint64_t>> UnmappedValues() const = 0;

  // For looking at single records: from now on it remembers what of a record the rules reach.
  virtual void Trace() = 0;
  // The fields of the last record that no rule reached, as paths or columns.
  virtual std::vector<std::string> UnreachedFields() const = 0;
};

// InvalidArgument for a file without rules, an as_of that is no time and a zone that is not known.
absl::StatusOr<std::unique_ptr<MappingDecoder>> MakeMappingDecoder(MappingFile file,
                                                                   const Calendar& calendar);

}  // namespace takt
