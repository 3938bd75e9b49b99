// Dimensions: by what numbers are split. Every dimension has a closed list of values, known before
// the first event, so a group is a small integer and the number of series is bounded by
// configuration, never by input. What is not in the list is `unknown`, the last value.
//
// A dimension's value for an entity at time t is found so: the entity's field named like the
// dimension, when it is not null; else, for a table, the row of the root's value (a field, or
// another dimension) with the latest `since` at or before t. The two built-in kinds look at the
// stage and the pipeline that the entity is in at t (for visits and reaches: the row's own).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/model/change.h"
#include "engine/model/event_time.h"

namespace takt {

using DimensionId = uint16_t;
using DimensionValue = uint16_t;  // place in Dimension::values

struct Dimension {
  enum class Kind : uint8_t { kList, kTable, kStage, kPipeline };
  struct Row {
    EventTime since;  // a row without a date has the smallest time
    DimensionValue value = 0;
  };

  std::string name;
  std::string label;  // Prometheus label, "sales_region"; "deal_stage" and "pipeline" for built-ins
  Kind kind = Kind::kList;
  std::string of;                           // kTable: name of the root field or dimension
  std::optional<DimensionId> of_dimension;  // set when the root is a dimension
  std::vector<std::string> values;          // in the order of the configuration; `unknown` is last
  ObjectId object = 0;                      // kStage, kPipeline: whose
  // kTable: by root value, rows by ascending since.
  absl::flat_hash_map<std::string, std::vector<Row>> table;
  absl::flat_hash_map<std::string, DimensionValue> value_ids;  // values[i] -> i

  DimensionValue unknown() const { return static_cast<DimensionValue>(values.size() - 1); }
};

// The groups of a level and a split: the product of its dimensions' values, in mixed radix, the last
// dimension running fastest. No dimension: one group, the company.
struct GroupSet {
  std::vector<DimensionId> dimensions;
  uint32_t size = 1;
  friend bool operator==(const GroupSet&, const GroupSet&) = default;
};

using GroupSetId = uint16_t;
using GroupId = uint32_t;  // within its GroupSet

}  // namespace takt
