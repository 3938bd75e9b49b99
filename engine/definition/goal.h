// Goals as compiled: where a KPI shall be at which date, and from where it starts.
//
// Between `since` and `by` the target moves on a straight line by local days from `from` to `to`;
// before it is `from`, afterwards `to`. A goal is met while the value is on the better side of the
// line, the line itself included.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/civil_time.h"
#include "engine/definition/kpi.h"

namespace takt {

using GoalId = uint16_t;

struct Goal {
  std::string name;
  KpiId kpi = 0;
  std::optional<Window> window;  // none: the KPI is of now
  LevelId level = 0;
  std::optional<DimensionValue> value;  // of the level's dimension: for this group alone
  double from = 0;                      // in the units of the page
  double to = 0;
  absl::CivilDay since;
  absl::CivilDay by;
  bool higher_is_better = true;
};

}  // namespace takt
