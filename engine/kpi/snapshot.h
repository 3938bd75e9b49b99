// A snapshot: every exported KPI value at one `now`, computed from one state of the cells, immutable.
// The page, the JSON API, the terminal table and the tests all read this.
//
// A family is one series name; its samples differ in labels. Values are doubles computed from exact
// integers; NaN means "undefined" (no outcomes), absence means "not known yet".
//
// Threads: immutable after Evaluate; shared by shared_ptr.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/definition/alert.h"
#include "engine/definition/kpi.h"
#include "engine/kpi/labels.h"
#include "engine/model/event_time.h"

namespace takt {

struct Sample {
  Labels labels;  // in order: window, level label, splits
  double value = 0;
};

struct Family {
  std::string name;  // sales_region_win_ratio_lower
  std::string help;
  KpiId kpi = 0;
  LevelId level = 0;
  std::string part;  // "" the value itself; "lower", "upper", "p50", "p90", "mean", "outcomes"
  std::vector<Sample> samples;
};

// Up to where a partition was read: the snapshot reflects its records below `next_offset`.
struct ReadPosition {
  std::string source;  // its name in the configuration
  std::string topic;   // or the file's path
  int32_t partition = 0;
  int64_t next_offset = 0;
};

// One group of one alert. What does not go with the alert's kind, or is undefined now, is NaN.
struct AlertState {
  AlertId alert = 0;
  LevelId level = 0;
  Labels group;   // of the level and the split: sales_region="north"
  Labels labels;  // alert, severity, receiver, kpi, and those of the group
  bool active = false;
  double value = 0;      // of the KPI, as on the page
  double baseline = 0;   // the same of the own past; of counts and sums for as long a time
  double successes = 0;  // of shares
  double outcomes = 0;   // of shares and durations
  double score = 0;      // of a CUSUM
  double threshold = 0;  // what the value is held against; of a CUSUM what the score is
};

// One group of one goal.
struct GoalState {
  GoalId goal = 0;
  LevelId level = 0;
  Labels group;
  Labels labels;      // goal, kpi, and those of the group
  double target = 0;  // the line's value at now
  double value = 0;
  double met = 0;  // 0 or 1; NaN while the value is undefined
};

struct Snapshot {
  EventTime now;
  // The records that the values are a function of; empty where that cannot be told exactly (while
  // several workers are under way), and in snapshots of other moments than the engine's own now.
  std::vector<ReadPosition> read;
  std::vector<Family> families;    // in the order of definition.kpis, then levels, then parts
  std::vector<AlertState> alerts;  // in the order of definition.alerts, their levels, groups
  std::vector<GoalState> goals;    // in the order of definition.goals, groups
};

// The first sample of family `name` that has all of `labels`; nullptr when there is none.
const Sample* Find(const Snapshot& snapshot, const std::string& name, const Labels& labels);

// The unit of a part's values: that of its KPI, but "outcomes" of a durations KPI counts.
std::string UnitOfPart(const Kpi& kpi, const std::string& part);

}  // namespace takt
