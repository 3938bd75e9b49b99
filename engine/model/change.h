// A change: at event time T, fields of entity E took these values. It is what Map makes of a record,
// what Check admits, what the journal keeps and what a history is a set of.
//
// Ids of objects and fields are places in the Definition's tables (definition/definition.h). Values
// are exact integers in the unit of the field's type, or text:
//
//   kText    text, UTF-8                     kMoney   minor units of the reporting currency
//   kNumber  millionths (0.4 = 400000)       kBool    0 or 1        kTime  event-time microseconds
//
// A field may be absent (unchanged by this change), null (cleared) or hold a value.
//
// Threads: a value; texts are views, so what they point into must outlive the change.
#pragma once

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "engine/model/event_time.h"

namespace takt {

using ObjectId = uint16_t;
using FieldId = uint16_t;  // within its object

enum class FieldType : uint8_t { kText, kMoney, kNumber, kBool, kTime };

enum class ChangeKind : uint8_t {
  kPatch,     // the named fields changed; the rest stays
  kRecord,    // the whole record as it stands: fields not named are null. The earliest one creates.
  kDelete,    // the entity is gone: none of its facts count
  kUndelete,  // it is back, as it was. A later kRecord brings it back too; a patch does not.
};

enum class ValueKind : uint8_t { kNull, kInteger, kText };

struct Value {
  ValueKind kind = ValueKind::kNull;
  int64_t integer = 0;     // kInteger: everything but text
  absl::string_view text;  // kText

  static Value Null() { return {}; }
  static Value Integer(int64_t value) { return {ValueKind::kInteger, value, {}}; }
  static Value Text(absl::string_view value) { return {ValueKind::kText, 0, value}; }
  friend bool operator==(const Value&, const Value&) = default;
};

struct FieldValue {
  FieldId field = 0;
  Value value;
  friend bool operator==(const FieldValue&, const FieldValue&) = default;
};

// The source's total order inside one entity (commit number, log sequence number, place in an
// export). Compared only between changes of one event time; 0, 0 where the source has none.
struct OrderKey {
  uint64_t major = 0;
  uint64_t minor = 0;
  friend auto operator<=>(const OrderKey&, const OrderKey&) = default;
};

struct Change {
  ObjectId object = 0;
  ChangeKind kind = ChangeKind::kPatch;
  absl::string_view id;  // of the entity, unique within its object; never empty
  EventTime time;
  OrderKey order;
  // StableHash of the source's event id and of the change's place in its record; 0 where the source
  // gives no event id, then the change's content is its identity. Scoped to the entity: two changes
  // of one entity with one identity are one change, of several contents the smallest stands.
  uint64_t identity = 0;
  absl::InlinedVector<FieldValue, 8> fields;  // by ascending field, no field twice
};

}  // namespace takt
