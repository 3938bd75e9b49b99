#include "engine/kpi/watch_series.h"

#include <utility>

namespace takt {
namespace {

struct AlertColumn {
  const char* name;
  const char* help;
  bool (*goes_with)(const Alert& alert, KpiKind kind);
  double (*value)(const AlertState& state);
};

const AlertColumn kAlertColumns[] = {
    {"sales_alert_active", "1 while the alert's condition holds.",
     [](const Alert&, KpiKind) { return true; },
     [](const AlertState& state) { return state.active ? 1.0 : 0.0; }},
    {"sales_alert_value", "Value of the KPI that the alert looks at.",
     [](const Alert&, KpiKind) { return true; },
     [](const AlertState& state) { return state.value; }},
    {"sales_alert_baseline", "What is usual: the same of the own past.",
     [](const Alert& alert, KpiKind) { return alert.baseline.has_value(); },
     [](const AlertState& state) { return state.baseline; }},
    {"sales_alert_outcomes", "Outcomes in the window (n).",
     [](const Alert&, KpiKind kind) {
       return kind == KpiKind::kShare || kind == KpiKind::kDurations;
     },
     [](const AlertState& state) { return state.outcomes; }},
    {"sales_alert_successes", "Successes among the outcomes of the window (k).",
     [](const Alert&, KpiKind kind) { return kind == KpiKind::kShare; },
     [](const AlertState& state) { return state.successes; }},
    {"sales_alert_score", "Score of the CUSUM over the outcomes of the window.",
     [](const Alert& alert, KpiKind) { return alert.kind == AlertKind::kCusum; },
     [](const AlertState& state) { return state.score; }},
    {"sales_alert_threshold", "What the value is held against; of a CUSUM, what the score is.",
     [](const Alert&, KpiKind) { return true; },
     [](const AlertState& state) { return state.threshold; }},
};

struct GoalColumn {
  const char* name;
  const char* help;
  double GoalState::*value;
};

const GoalColumn kGoalColumns[] = {
    {"sales_goal_target", "Where the goal's line is now.", &GoalState::target},
    {"sales_goal_value", "Value of the KPI that the goal is for.", &GoalState::value},
    {"sales_goal_met", "1 while the value is on the better side of the line.", &GoalState::met},
};

}  // namespace

std::vector<WatchFamily> WatchFamilies(const Definition& definition, const Snapshot& snapshot) {
  std::vector<WatchFamily> families;
  const auto add = [&](WatchFamily family) {
    if (!family.samples.empty()) families.push_back(std::move(family));
  };
  for (const AlertColumn& column : kAlertColumns) {
    WatchFamily family{.name = column.name, .help = column.help};
    for (const AlertState& state : snapshot.alerts) {
      const Alert& alert = definition.alerts[state.alert];
      if (!column.goes_with(alert, definition.kpis[alert.kpi].kind)) continue;
      family.samples.push_back({.labels = state.labels, .value = column.value(state)});
    }
    add(std::move(family));
  }
  for (const GoalColumn& column : kGoalColumns) {
    WatchFamily family{.name = column.name, .help = column.help};
    for (const GoalState& state : snapshot.goals) {
      family.samples.push_back({.labels = state.labels, .value = state.*column.value});
    }
    add(std::move(family));
  }
  return families;
}

}  // namespace takt
