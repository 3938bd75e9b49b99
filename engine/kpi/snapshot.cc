#include "engine/kpi/snapshot.h"

#include <algorithm>

namespace takt {

const Sample* Find(const Snapshot& snapshot, const std::string& name, const Labels& labels) {
  for (const Family& family : snapshot.families) {
    if (family.name != name) continue;
    for (const Sample& sample : family.samples) {
      const bool has_all = std::all_of(labels.begin(), labels.end(), [&](const Labels::Pair& pair) {
        const std::string* value = sample.labels.Find(pair.first);
        return value != nullptr && *value == pair.second;
      });
      if (has_all) return &sample;
    }
  }
  return nullptr;
}

std::string UnitOfPart(const Kpi& kpi, const std::string& part) {
  return part == "outcomes" ? "outcome" : UnitText(kpi.unit);
}

}  // namespace takt
