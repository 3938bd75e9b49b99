// Check: the last gate before a change counts. It turns what a decoder read (fields by name, values
// as written) into a Change of the definition's ids and exact integers, or says why it does not
// count.
//
//   object     known by the definition
//   id         1 byte to 1 KiB of plain UTF-8
//   time       there, within 1990 to 2099, at most `max_ahead` after the record's own time (the
//   wall
//              clock where that is unknown), not older than the object's `keep` before it
//   fields     unknown names are ignored; at most 64 known ones, none twice
//   currency   a field of this name must say the reporting currency
//   stage      one of the object's, of the pipeline that the same change names, if it names one
//
// By the field's type, from what the decoder read:
//
//   kText    text of at most 4 KiB without control or direction characters; whole numbers as
//   digits;
//            true and false as such
//   kMoney   decimal text or number, no finer than the currency; minor units as they are
//   kNumber  decimal text or number, also "40%"; beyond millionths it is rounded half to even
//   kBool    true, false, 1, 0, and the texts of these
//   kTime    time with a zone, local time or date of the calendar's zone, microseconds as a number;
//            within 1990 to 2099
//
// It judges by the record alone, so the same record gets the same answer at every reading (where it
// carries its record time).
//
// Threads: immutable; any number may call. The definition must outlive it. Errors: a Rejection that
// names the field and the value. Cost: one look-up per field, no allocation unless it rejects.
#pragma once

#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/definition/definition.h"
#include "engine/model/change.h"
#include "engine/model/reason.h"
#include "engine/pipeline/decoder.h"
#include "engine/pipeline/field_values.h"
#include "engine/pipeline/name_table.h"

namespace takt {

inline constexpr size_t kIdBytesMax = 1024;
inline constexpr size_t kFieldsPerChangeMax = 64;

// When a record arrived, for admission alone.
struct Arrival {
  int64_t record_time_micros = 0;  // 0: unknown
  absl::Time wall_clock;
};

class Checker {
 public:
  // `max_ahead` is the source's.
  Checker(const Definition& definition, absl::Duration max_ahead);

  // Fills `change` and answers nothing, or answers why not, and `change` is of no use. Its texts
  // are the views of `raw`.
  [[nodiscard]] std::optional<Rejection> Check(const RawChange& raw, const Arrival& arrival,
                                               Change* change) const;

 private:
  struct Names {                                      // of one object
    NameTable fields;                                 // by FieldId
    NameTable stages;                                 // by place in `stage_places`
    std::vector<std::vector<uint16_t>> stage_places;  // in Object::stages: one name, many pipelines
  };

  const Definition& definition_;
  int64_t max_ahead_micros_;
  NameTable objects_;
  std::vector<Names> names_;  // by ObjectId
};

}  // namespace takt
