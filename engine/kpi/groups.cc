#include "engine/kpi/groups.h"

namespace takt {

std::vector<DimensionValue> GroupValues(const Definition& definition,
                                        const std::vector<DimensionId>& dimensions,
                                        uint32_t group) {
  std::vector<DimensionValue> values(dimensions.size());
  for (size_t i = dimensions.size(); i-- > 0;) {
    const auto size = static_cast<uint32_t>(definition.dimensions[dimensions[i]].values.size());
    values[i] = static_cast<DimensionValue>(group % size);
    group /= size;
  }
  return values;
}

bool HasUnknown(const Definition& definition, const std::vector<DimensionId>& dimensions,
                uint32_t group) {
  const std::vector<DimensionValue> values = GroupValues(definition, dimensions, group);
  for (size_t i = 0; i < dimensions.size(); ++i) {
    if (values[i] == definition.dimensions[dimensions[i]].unknown()) return true;
  }
  return false;
}

std::vector<Labels::Pair> GroupLabels(const Definition& definition,
                                      const std::vector<DimensionId>& dimensions, uint32_t group) {
  std::vector<Labels::Pair> pairs;
  const std::vector<DimensionValue> values = GroupValues(definition, dimensions, group);
  for (size_t i = 0; i < dimensions.size(); ++i) {
    const Dimension& dimension = definition.dimensions[dimensions[i]];
    pairs.emplace_back(dimension.label, dimension.values[values[i]]);
  }
  return pairs;
}

}  // namespace takt
