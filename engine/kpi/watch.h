// Goals and alerts: what they need of a plan, made once, and what they come to at one `now`. The
// meaning of each kind is told in engine/definition/alert.h and goal.h.
//
// Threads: pure. Cost: O(1) per watched group; of a CUSUM O(outcomes of the window), at most the last
// 100,000 of each group.
#pragma once

#include <optional>
#include <vector>

#include "engine/cells/cell_table.h"
#include "engine/definition/definition.h"
#include "engine/kpi/columns.h"
#include "engine/kpi/labels.h"
#include "engine/kpi/plan.h"
#include "engine/kpi/snapshot.h"

namespace takt {

struct WatchedGroup {
  uint32_t group = 0;
  Labels labels;  // of the group
  Labels all;     // of the series
};

// One alert or goal at one level.
struct WatchedLevel {
  size_t of = 0;  // AlertId or GoalId
  LevelId level = 0;
  int value = -1;  // columns; -1: not needed
  int baseline = -1;
  int recent = -1;  // of the latest quarter of the window
  int value_span = 0;
  int baseline_span = 0;
  int recent_span = 0;
  RowId outcomes_row = 0;  // of the first group; kCusum
  std::vector<WatchedGroup> groups;
};

struct WatchPlan {
  std::vector<WatchedLevel> alerts;  // all levels of an alert stand together
  std::vector<WatchedLevel> goals;
};

WatchPlan PlanWatch(const Definition& definition, Planner& planner);

// Of what an evaluation is made.
struct WatchInput {
  const Definition& definition;
  const EvaluationPlan& plan;
  const WatchPlan& watch;
  const CellTable& cells;
  const std::vector<Column>& columns;
  EventTime now;
};

// Fills `snapshot.alerts` and `snapshot.goals`.
void EvaluateWatch(const WatchInput& input, Snapshot& snapshot);

// Where the line of `goal` is on the local day `day`.
double GoalTarget(const Goal& goal, absl::CivilDay day);

}  // namespace takt
