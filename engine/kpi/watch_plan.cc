// PlanWatch: the columns and labels of goals and alerts.
#include <algorithm>
#include <optional>
#include <utility>

#include "engine/base/check.h"
#include "engine/kpi/groups.h"
#include "engine/kpi/watch.h"

namespace takt {
namespace {

// Which groups of a level are watched, and what their series begin with.
struct Watched {
  KpiId kpi = 0;
  LevelId level = 0;
  std::optional<DimensionValue> only;
  std::vector<Labels::Pair> first_labels;
  bool names_containing = false;  // series also say what contains the group
};

Scope ScopeOf(const Definition& definition, const Watched& watched) {
  return {.level = definition.levels[watched.level].dimension,
          .split = definition.kpis[watched.kpi].split};
}

// The labels of what contains the level's group, such as the region of a team, so that an alert of the
// region can speak for its teams. As tables say last; what is unknown there has none.
void AddContaining(const Definition& definition, DimensionId inner, const std::string& value,
                   std::vector<Labels::Pair>& labels) {
  for (size_t i = 0; i < definition.dimensions.size(); ++i) {
    const Dimension& outer = definition.dimensions[i];
    if (outer.of_dimension != inner) continue;
    const auto rows = outer.table.find(value);
    if (rows == outer.table.end() || rows->second.back().value == outer.unknown()) continue;
    const std::string& outer_value = outer.values[rows->second.back().value];
    const auto is_label = [&](const Labels::Pair& pair) { return pair.first == outer.label; };
    if (std::any_of(labels.begin(), labels.end(), is_label)) continue;
    labels.emplace_back(outer.label, outer_value);
    AddContaining(definition, static_cast<DimensionId>(i), outer_value, labels);
  }
}

std::vector<WatchedGroup> GroupsOf(const Definition& definition, const Planner& planner,
                                   const Watched& watched) {
  const std::vector<DimensionId> dimensions = ScopeOf(definition, watched).Dimensions();
  std::vector<WatchedGroup> groups;
  for (uint32_t group = 0; group < planner.GroupCount(dimensions); ++group) {
    if (HasUnknown(definition, dimensions, group)) continue;
    if (watched.only.has_value() &&
        GroupValues(definition, dimensions, group).front() != *watched.only) {
      continue;
    }
    const std::vector<Labels::Pair> own = GroupLabels(definition, dimensions, group);
    std::vector<Labels::Pair> all = watched.first_labels;
    all.insert(all.end(), own.begin(), own.end());
    const std::optional<DimensionId> level = definition.levels[watched.level].dimension;
    if (watched.names_containing && level.has_value()) {
      AddContaining(definition, *level, own.front().second, all);
    }
    groups.push_back({.group = group, .labels = own, .all = std::move(all)});
  }
  return groups;
}

WatchedLevel PlanAlert(const Definition& definition, AlertId id, LevelId level, Planner& planner) {
  const Alert& alert = definition.alerts[id];
  const Kpi& kpi = definition.kpis[alert.kpi];
  const Watched watched{.kpi = alert.kpi,
                        .level = level,
                        .only = alert.only_value,
                        .first_labels = {{"alert", alert.name},
                                         {"severity", SeverityName(alert.severity)},
                                         {"receiver", alert.receiver},
                                         {"kpi", kpi.name}},
                        .names_containing = true};
  const Scope scope = ScopeOf(definition, watched);
  WatchedLevel at{.of = id, .level = level, .groups = GroupsOf(definition, planner, watched)};
  at.value_span = planner.SpanFor({.window = alert.window});
  at.value = planner.ColumnFor(alert.kpi, scope, at.value_span);
  if (alert.baseline.has_value()) {
    at.baseline_span = planner.SpanFor({.window = alert.baseline, .before = alert.window});
    at.baseline = planner.ColumnFor(alert.kpi, scope, at.baseline_span);
  }
  if (alert.short_window.has_value()) {
    at.recent_span = planner.SpanFor({.window = alert.short_window});
    at.recent = planner.ColumnFor(alert.kpi, scope, at.recent_span);
  }
  if (alert.kind == AlertKind::kCusum) {
    TAKT_CHECK(kpi.outcomes_term.has_value(), "a CUSUM has a sequence of outcomes");
    at.outcomes_row = planner.FirstRow(*kpi.outcomes_term, scope);
  }
  return at;
}

}  // namespace

WatchPlan PlanWatch(const Definition& definition, Planner& planner) {
  WatchPlan plan;
  for (size_t i = 0; i < definition.alerts.size(); ++i) {
    for (const LevelId level : definition.alerts[i].per) {
      plan.alerts.push_back(PlanAlert(definition, static_cast<AlertId>(i), level, planner));
    }
  }
  for (size_t i = 0; i < definition.goals.size(); ++i) {
    const Goal& goal = definition.goals[i];
    const Watched watched{
        .kpi = goal.kpi,
        .level = goal.level,
        .only = goal.value,
        .first_labels = {{"goal", goal.name}, {"kpi", definition.kpis[goal.kpi].name}}};
    WatchedLevel at{.of = i, .level = goal.level, .groups = GroupsOf(definition, planner, watched)};
    at.value_span = planner.SpanFor({.window = goal.window});
    at.value = planner.ColumnFor(goal.kpi, ScopeOf(definition, watched), at.value_span);
    plan.goals.push_back(std::move(at));
  }
  return plan;
}

}  // namespace takt
