// What edits are, worked out with the plan (edit.h).
#include <algorithm>
#include <utility>

#include "engine/ledger/edit.h"

namespace takt {
namespace {

Mask StageColumns(const ObjectPlan& plan) {
  return ColumnBit(plan.ColumnOf(kStageField)) | ColumnBit(plan.ColumnOf(kPipelineField));
}

Mask ColumnsOf(const Conditions& conditions) {
  Mask columns = 0;
  for (const CompiledCondition& condition : conditions) columns |= ColumnBit(condition.column);
  return columns;
}

// What a moment follows from. Conditions are asked as of an occurrence, which an edit can come
// before only if it lies ahead; that is rare enough to go the general way.
Mask ColumnsOf(const ObjectPlan& plan, const MomentPlan& planned) {
  Mask columns = ColumnsOf(planned.conditions);
  switch (planned.moment->source) {
    case Moment::Source::kCreated:
      return columns | ColumnBit(plan.ColumnOf(kCreatedAtField));
    case Moment::Source::kOutcome:
      return columns | kStageKindMask;
    case Moment::Source::kStage:
      return columns | StageColumns(plan);
    case Moment::Source::kField:
      return columns | ColumnBit(planned.field);
    case Moment::Source::kLinked:  // conditions on the origin's fields; nothing is handed here
      return 0;
    case Moment::Source::kOwn:
    case Moment::Source::kAfter:
    case Moment::Source::kEntered:
    case Moment::Source::kLeft:
    case Moment::Source::kPassed:
      return columns;
  }
  return kEverything;
}

Mask ColumnsOf(const ObjectPlan& plan, const StatePlan& state) {
  switch (state.state->source) {
    case State::Source::kExists:
      return 0;
    case State::Source::kStageKind:
      return kStageKindMask;
    case State::Source::kStage:
      return StageColumns(plan);
    case State::Source::kConditions:
      return ColumnsOf(state.conditions);
  }
  return kEverything;
}

bool IsSimpleLevel(const Term& term) {
  return term.kind == TermKind::kLevel && !term.recent.has_value() && !term.states.empty() &&
         term.credit == Credit::kAtMoment && term.measure.kind != MeasureKind::kStart &&
         std::none_of(term.states.begin(), term.states.end(),
                      [](const StateUse& use) { return use.ago.has_value(); });
}

// Facts at moments in the past are dated and credited as of then.
bool IsSettled(const Term& term) {
  return (term.kind != TermKind::kLevel || term.recent.has_value()) &&
         term.credit != Credit::kCurrent && !term.as_posted;
}

// The kinds of stages in which one of the term's moments may have an occurrence.
uint32_t StageKindsOf(const ObjectPlan& plan, const Term& term) {
  uint32_t kinds = 0;
  for (const MomentId id : term.at) {
    const Moment& moment = *plan.moments[id].moment;
    if (moment.source != Moment::Source::kOutcome) return ~uint32_t{0};
    for (const StageKind kind : moment.stage_kinds) kinds |= 1u << static_cast<int>(kind);
  }
  return kinds;
}

bool LiesAhead(const ObjectPlan& plan) {
  return std::any_of(plan.moments.begin(), plan.moments.end(), [](const MomentPlan& planned) {
    return planned.needed && planned.moment->source == Moment::Source::kAfter;
  });
}

void PlanEdit(const ObjectPlan& plan, TermPlan& planned) {
  const Term& term = *planned.term;
  EditPlan& edit = planned.edit;
  const Mask weights = ColumnBit(planned.measure) | ColumnBit(planned.weight);
  if (term.rows == RowSource::kEntity && IsSettled(term) && !LiesAhead(plan)) {
    edit = {EditPlan::Kind::kDated, weights,
            weights | ColumnsOf(planned.where) | planned.groups.columns, StageKindsOf(plan, term)};
    return;
  }
  edit.columns = weights | ColumnsOf(planned.where) | planned.groups.columns;
  for (const StateUse& use : term.states) edit.columns |= ColumnsOf(plan, plan.states[use.state]);
  if (term.rows != RowSource::kEntity) {
    edit.columns |= StageColumns(plan) | kStageKindMask;
  } else if (IsSimpleLevel(term)) {
    edit.kind = EditPlan::Kind::kLevel;
  }
  edit.late_columns = edit.columns;
}

bool IsByStage(const State& state) { return state.source != State::Source::kConditions; }

// Of a state that is by stage; `place` -1: in none.
bool HoldsAt(const ObjectPlan& plan, const State& state, int place) {
  switch (state.source) {
    case State::Source::kExists:
      return true;
    case State::Source::kStageKind:
      return place >= 0 && plan.object->stages[place].kind == state.stage_kind;
    case State::Source::kStage:
      return place == state.stage;
    case State::Source::kConditions:
      break;
  }
  return false;
}

LevelsPlan LevelsOf(const ObjectPlan& plan, std::vector<StateId> states) {
  LevelsPlan levels;
  levels.stages.assign(1 + plan.stages.size(), 1);
  for (const StateId id : states) {
    const State& state = *plan.states[id].state;
    if (!IsByStage(state)) {
      levels.on_conditions.push_back(id);
      continue;
    }
    for (size_t at = 0; at < levels.stages.size(); ++at) {
      levels.stages[at] &= HoldsAt(plan, state, static_cast<int>(at) - 1) ? 1 : 0;
    }
  }
  levels.states = std::move(states);
  return levels;
}

void AddLevel(ObjectPlan& plan, uint16_t place) {
  const TermPlan& term = plan.terms[place];
  std::vector<StateId> states;
  for (const StateUse& use : term.term->states) states.push_back(use.state);
  auto like =
      std::find_if(plan.edit_levels.begin(), plan.edit_levels.end(), [&](const LevelsPlan& levels) {
        return levels.states == states &&
               plan.terms[levels.terms.front()].groups.shape == term.groups.shape;
      });
  if (like == plan.edit_levels.end()) {
    like = plan.edit_levels.insert(like, LevelsOf(plan, std::move(states)));
  }
  like->terms.push_back(place);
  like->columns |= term.edit.columns;
}

// Whether nothing but levels and moments of stages' kinds is asked of an entity, so that what comes
// before all else only begins levels, as long as the entity is of a kind that no moment is of.
bool StartsPlainly(const ObjectPlan& plan) {
  for (const TermPlan& term : plan.terms) {
    if (term.edit.kind == EditPlan::Kind::kWhole) return false;
    if (term.edit.kind == EditPlan::Kind::kDated && term.edit.stage_kinds == ~uint32_t{0}) {
      return false;
    }
  }
  return std::none_of(plan.links.begin(), plan.links.end(),
                      [](const LinkPlan& link) { return link.needed; });
}

}  // namespace

void PlanEdits(ObjectPlan& plan) {
  for (const MomentPlan& moment : plan.moments) {
    if (moment.needed) plan.edit_columns |= ColumnsOf(plan, moment);
  }
  for (const LinkPlan& link : plan.links) {
    if (!link.needed) continue;
    plan.edit_columns |= ColumnBit(link.field);
    for (const Column column : link.columns) plan.edit_columns |= ColumnBit(column);
  }
  plan.edit_columns |= ColumnBit(plan.created_column);
  for (TermPlan& term : plan.terms) {
    PlanEdit(plan, term);
    switch (term.edit.kind) {
      case EditPlan::Kind::kWhole:
        plan.whole_columns |= term.edit.columns;
        break;
      case EditPlan::Kind::kLevel:
        AddLevel(plan, static_cast<uint16_t>(&term - plan.terms.data()));
        break;
      case EditPlan::Kind::kDated:
        plan.counted_kinds |= term.edit.stage_kinds;
        break;
    }
  }
  plan.starts_plainly = StartsPlainly(plan);
}

}  // namespace takt
