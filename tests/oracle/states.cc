// States and dimensions of rows (moments.h).
#include <algorithm>

#include "tests/oracle/conditions.h"
#include "tests/oracle/moments.h"

namespace takt::oracle {

bool Rules::StateHolds(const Entity& entity, const State& state, int64_t time) const {
  const Step* step = entity.At(time);
  const Object& object = ObjectOf(entity);
  switch (state.source) {
    case State::Source::kExists:
      return step != nullptr || (entity.created.has_value() && *entity.created <= time);
    case State::Source::kStageKind:
      return step != nullptr && step->stage >= 0 &&
             object.stages[step->stage].kind == state.stage_kind;
    case State::Source::kStage:
      return step != nullptr && step->stage == state.stage;
    case State::Source::kConditions:
      return step != nullptr && PassAt({.entity = &entity}, state.conditions, time);
  }
  return false;
}

bool Rules::HoldsAt(const Entity& entity, const StateUse& use, int64_t time) const {
  const State& state = ObjectOf(entity).states[use.state];
  if (!use.ago.has_value()) return StateHolds(entity, state, time);
  const int64_t then = civil_.Move(MinuteHolding(time), *use.ago, -1);
  return StateHolds(entity, state, (then + 1) * kMicrosInMinute - 1);
}

bool Rules::AllHoldAt(const Row& row, const std::vector<StateUse>& states, int64_t time) const {
  if (row.visit != nullptr) {
    if (time < row.visit->entered) return false;
    if (row.visit->left.has_value() && time >= *row.visit->left) return false;
  }
  if (row.reach != nullptr && time < row.reach->entered) return false;
  return std::all_of(states.begin(), states.end(),
                     [&](const StateUse& use) { return HoldsAt(*row.entity, use, time); });
}

int64_t Rules::HeldSince(const Row& row, const std::vector<StateUse>& states, int64_t time) const {
  // Something can begin only at a change, at the creation or at the row's own start.
  std::vector<int64_t> turns;
  for (const Step& step : row.entity->steps) turns.push_back(step.time);
  if (row.entity->created.has_value()) turns.push_back(*row.entity->created);
  if (row.reach != nullptr) turns.push_back(row.reach->entered);
  std::sort(turns.begin(), turns.end());
  int64_t since = time;
  for (auto turn = turns.rbegin(); turn != turns.rend(); ++turn) {
    if (*turn > time) continue;
    if (!AllHoldAt(row, states, *turn)) break;
    since = *turn;
  }
  return since;
}

DimensionValue Rules::DimensionAt(DimensionId id, const Row& row, int64_t fields_time,
                                  int64_t table_time) const {
  const Dimension& dimension = definition_.dimensions[id];
  const Object& object = ObjectOf(*row.entity);
  const auto value_named = [&](const std::string& name) {
    const auto found = dimension.value_ids.find(name);
    return found == dimension.value_ids.end() ? dimension.unknown() : found->second;
  };
  if (dimension.kind == Dimension::Kind::kStage || dimension.kind == Dimension::Kind::kPipeline) {
    int stage = row.stage();
    if (stage < 0) stage = row.entity->Known(fields_time).stage;
    if (stage < 0 || dimension.object != row.entity->object) return dimension.unknown();
    return value_named(dimension.kind == Dimension::Kind::kStage ? object.stages[stage].name
                                                                 : object.stages[stage].pipeline);
  }
  const DimensionFields& places = object.dimension_fields[id];
  if (places.own.has_value()) {
    const Datum own = FieldAt(row, *places.own, fields_time);
    if (own.kind == ValueKind::kText) return value_named(*own.text);
  }
  if (dimension.kind == Dimension::Kind::kList) return dimension.unknown();
  std::string root;
  if (dimension.of_dimension.has_value()) {
    const DimensionId of = *dimension.of_dimension;
    root = definition_.dimensions[of].values[DimensionAt(of, row, fields_time, table_time)];
  } else {
    const Datum field = places.root.has_value() ? FieldAt(row, *places.root, fields_time) : Datum{};
    if (field.kind != ValueKind::kText) return dimension.unknown();
    root = *field.text;
  }
  const auto rows = dimension.table.find(root);
  if (rows == dimension.table.end()) return dimension.unknown();
  DimensionValue value = dimension.unknown();
  for (const Dimension::Row& one : rows->second) {
    if (one.since.micros <= table_time) value = one.value;
  }
  return value;
}

}  // namespace takt::oracle
