// The groups of a level and a split: the combinations of their dimensions' values, in mixed radix.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/definition/definition.h"
#include "engine/kpi/labels.h"

namespace takt {

// The value of each dimension in group `group`.
std::vector<DimensionValue> GroupValues(const Definition& definition,
                                        const std::vector<DimensionId>& dimensions, uint32_t group);

// Whether one of its values is the dimension's unknown one.
bool HasUnknown(const Definition& definition, const std::vector<DimensionId>& dimensions,
                uint32_t group);

// The label of each dimension with its value.
std::vector<Labels::Pair> GroupLabels(const Definition& definition,
                                      const std::vector<DimensionId>& dimensions, uint32_t group);

}  // namespace takt
