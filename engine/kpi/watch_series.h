// Goals and alerts of a snapshot as series of the page:
//
//   sales_alert_active{alert, severity, receiver, kpi, <group>}     0 or 1
//   sales_alert_value, _baseline, _outcomes, _successes, _score, _threshold      where they go with the alert
//   sales_goal_target{goal, kpi, <group>}, sales_goal_value, sales_goal_met
//
// Threads: any. Cost: linear in the states.
#pragma once

#include <string>
#include <vector>

#include "engine/definition/definition.h"
#include "engine/kpi/snapshot.h"

namespace takt {

struct WatchFamily {
  std::string name;
  std::string help;
  std::vector<Sample> samples;
};

// Families without samples are left out.
std::vector<WatchFamily> WatchFamilies(const Definition& definition, const Snapshot& snapshot);

}  // namespace takt
