// From the names of an older configuration to those of today's: a journal outlives configurations, so
// each change that is replayed is brought to the ids and types of the definition that is in force.
//
// Objects and fields are found by name. What the definition no longer has is left out here and stays
// in the journal. A field whose type changed keeps the values that are exactly expressible in the new
// type (text that reads as a number, time or bool; a number of whole minor units); others are left out
// and counted.
//
// Threads: one owner. Cost: a few ns for each field; nothing when the dictionaries are equal.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/journal/block.h"
#include "engine/model/change.h"

namespace takt {

struct TranslationCounts {
  uint64_t fields_dropped = 0;  // values of fields, and changes of objects, that are no more
  uint64_t values_converted = 0;
  uint64_t values_lost = 0;
};

class Translator {
 public:
  Translator(const JournalDictionary& from, const JournalDictionary& to);

  bool is_identity() const { return is_identity_; }

  // False: the change's object is no more. Texts stay views into what they were.
  [[nodiscard]] bool Translate(Change* change, TranslationCounts* counts) const;

 private:
  struct FieldRoute {
    std::optional<FieldId> to;
    FieldType from_type = FieldType::kText;
    FieldType to_type = FieldType::kText;
  };
  struct ObjectRoute {
    std::optional<ObjectId> to;
    std::vector<FieldRoute> fields;
  };

  const bool is_identity_;
  const int decimals_;
  std::vector<ObjectRoute> routes_;  // by the old ObjectId
};

}  // namespace takt
