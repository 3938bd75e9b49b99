#include "engine/ledger/edit.h"

#include <algorithm>
#include <numeric>

namespace takt {
namespace {

constexpr Mask kStageKindMask = Mask{1} << kStageKindBit;

// What comes after an edit is walked twice.
constexpr size_t kLaterChangesMax = 64;

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

bool Holds(const ObjectPlan& object, const StatePlan& plan, const int64_t* values, int place) {
  switch (plan.state->source) {
    case State::Source::kExists:
      return true;
    case State::Source::kStageKind:
      return place >= 0 && object.object->stages[place].kind == plan.state->stage_kind;
    case State::Source::kStage:
      return place == plan.state->stage;
    case State::Source::kConditions:
      return Passes(plan.conditions, values);
  }
  return false;
}

int KindAt(const ObjectPlan& object, int place) {
  return place < 0 ? -1 : static_cast<int>(object.object->stages[place].kind);
}

// Whether the added change, which is not the last, is a patch of an entity that was never deleted, at
// a time of its own, not long before the last.
bool IsPatchAmongOthers(const ChangeList& list, const Placement& placement) {
  const size_t added = list.changes.size() - 1;
  const StoredChange& change = list.changes[added];
  if (change.kind != ChangeKind::kPatch) return false;
  if (added - placement.at > kLaterChangesMax) return false;
  if (placement.at > 0 && list.changes[placement.at - 1].time >= change.time) return false;
  if (list.changes[placement.at].time <= change.time) return false;
  return std::none_of(list.changes.begin(), list.changes.end(), [](const StoredChange& one) {
    return one.kind == ChangeKind::kDelete || one.kind == ChangeKind::kUndelete;
  });
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
  plan.edit_columns |= ColumnBit(plan.ColumnOf(kCreatedAtField));
  for (TermPlan& term : plan.terms) {
    PlanEdit(plan, term);
    switch (term.edit.kind) {
      case EditPlan::Kind::kWhole:
        plan.whole_columns |= term.edit.columns;
        break;
      case EditPlan::Kind::kLevel:
        plan.edit_levels.push_back(static_cast<uint16_t>(&term - plan.terms.data()));
        break;
      case EditPlan::Kind::kDated:
        plan.counted_kinds |= term.edit.stage_kinds;
        break;
    }
  }
  plan.starts_plainly = StartsPlainly(plan);
}

Mask Editor::TouchedColumns(const ObjectPlan& object, const Segment& segment) {
  if (segment.before.values == nullptr) return kEverything;
  Mask touched = 0;
  const int64_t* before = segment.before.values;
  const int64_t* after = segment.after.values;
  for (int i = 0; i < object.column_count; ++i) {
    if (before[i] != after[i]) touched |= ColumnBit(static_cast<Column>(i));
  }
  if (KindAt(object, segment.before.place) != KindAt(object, segment.after.place)) {
    touched |= kStageKindMask;
  }
  return touched;
}

void Editor::AddSegment(const ObjectPlan& object, const Segment& segment) {
  const Mask touched = TouchedColumns(object, segment);
  if (touched != 0) segments_.push_back(segment);
  touched_ |= touched;
  end_before_ = segment.before;
  end_after_ = segment.after;
}

void Editor::AddSegments(const ObjectPlan& object, const ChangeList& list,
                         const Placement& placement) {
  const size_t count = list.changes.size();
  order_.resize(count - 1);
  std::iota(order_.begin(), order_.end(), 0);
  Walk(object, list, order_, before_);
  OrderAfter(placement, count, order_);
  Walk(object, list, order_, after_);
  for (size_t i = placement.at; i < count; ++i) {
    const int row = static_cast<int>(i);
    Segment segment;
    if (i > 0) segment.before = {before_.Row(row - 1), before_.places[i - 1]};
    segment.after = {after_.Row(row), after_.places[i]};
    segment.begin = after_.times[i];
    segment.end = i + 1 < count ? after_.times[i + 1] : kNever;
    AddSegment(object, segment);
  }
}

// A creation that does not lie before the edit may be dated or credited otherwise by it.
bool Editor::CreationMayFollow(const ObjectPlan& object, const ChangeList& list) const {
  if (const Column created_at = object.ColumnOf(kCreatedAtField); created_at >= 0) {
    const int64_t created = end_after_.values[created_at];
    if (is_first_) return created != kNull;
    if (created != kNull) return created >= time_;
  }
  if (is_last_) return false;
  const auto record =
      std::find_if(list.changes.begin(), list.changes.end(),
                   [](const StoredChange& one) { return one.kind == ChangeKind::kRecord; });
  return record != list.changes.end() && record->time.micros >= time_;
}

bool Editor::ApplyLast(const Addition& addition, DeltaBatch& deltas) {
  const auto& [object, id, history, added] = addition;
  const StoredChange& change = added.changes.front();
  WalkEnd(object, history, added, end_);
  if (end_.erases || end_.knows || end_.count >= changes_max_) return false;
  is_first_ = end_.count == 0;
  is_last_ = true;
  addition_ = &addition;
  closer_.Forget();
  if (is_first_ && (change.kind != ChangeKind::kRecord || !object.starts_plainly)) return false;
  if (!is_first_ && (change.kind != ChangeKind::kPatch || end_.time >= change.time)) return false;
  Begin(change.time);
  Segment segment{.begin = time_, .end = kNever};
  segment.after = {end_.after.values.data(), end_.after.place};
  if (!is_first_) segment.before = {end_.before.values.data(), end_.before.place};
  AddSegment(object, segment);
  return ApplySegments(object, added, deltas);
}

bool Editor::ApplyLate(const ObjectPlan& object, const ChangeList& list, const Placement& placement,
                       DeltaBatch& deltas) {
  is_first_ = placement.at == 0;
  is_last_ = false;
  if (placement.last || !IsPatchAmongOthers(list, placement)) return false;
  if (is_first_ && !object.starts_plainly) return false;
  Begin(list.changes.back().time);
  AddSegments(object, list, placement);
  return ApplySegments(object, list, deltas);
}

void Editor::Begin(EventTime time) {
  time_ = time.micros;
  segments_.clear();
  touched_ = 0;
  found_ = nullptr;
}

bool Editor::ApplySegments(const ObjectPlan& object, const ChangeList& list, DeltaBatch& deltas) {
  const Mask closing = is_last_ && object.closes_plainly ? kStageKindMask : 0;
  const Mask beyond = (object.edit_columns & ~closing) | object.whole_columns;
  if (!is_first_ && (touched_ & beyond) != 0) return false;
  if (CreationMayFollow(object, list)) return false;
  const size_t sums = deltas.sums.size();
  const size_t durations = deltas.durations.size();
  const size_t outcomes = deltas.outcomes.size();
  if (!ApplyToDated(object, deltas)) {
    deltas.sums.resize(sums);
    deltas.durations.resize(durations);
    deltas.outcomes.resize(outcomes);
    return false;
  }
  for (const uint16_t place : object.edit_levels) {
    const TermPlan& term = object.terms[place];
    if (!is_first_ && (term.edit.columns & touched_) == 0) continue;
    for (const Segment& segment : segments_) ApplyToLevel(object, term, segment, deltas);
  }
  return true;
}

bool Editor::IsIn(const ObjectPlan& object, uint32_t stage_kinds) const {
  if (stage_kinds == ~uint32_t{0}) return true;
  for (const int place : {end_before_.place, end_after_.place}) {
    const int kind = KindAt(object, place);
    if (kind >= 0 && (stage_kinds >> kind & 1) != 0) return true;
  }
  return false;
}

bool Editor::ApplyToDated(const ObjectPlan& object, DeltaBatch& deltas) {
  if (!IsIn(object, object.counted_kinds)) return true;
  for (const TermPlan& term : object.terms) {
    if (term.edit.kind != EditPlan::Kind::kDated) continue;
    const Mask columns = is_last_ ? term.edit.columns : term.edit.late_columns;
    if (!is_first_ && (columns & touched_) == 0) continue;
    if (!IsIn(object, term.edit.stage_kinds)) continue;
    const bool closes = is_last_ && !is_first_ && term.edit.is_plain;
    if (!closes || !closer_.Apply(*addition_, term, deltas)) return false;
  }
  return true;
}

// What a piece of time adds at its begin it takes away at its end. A segment has several pieces where
// a dated table has rows within it.
void Editor::ApplyToLevel(const ObjectPlan& object, const TermPlan& term, const Segment& segment,
                          DeltaBatch& deltas) {
  const bool was = segment.before.values != nullptr;
  const int64_t before = was ? LevelValue(object, term, segment.before) : 0;
  const int64_t after = LevelValue(object, term, segment.after);
  const bool moves = was && (touched_ & term.groups.columns) != 0;
  int64_t change = 0;
  const bool fits = !__builtin_sub_overflow(after, before, &change) && change != kNull;
  if (fits && change == 0 && (!moves || after == 0)) return;
  Piece piece;
  for (piece.from = segment.begin; piece.from < segment.end; piece.from = piece.until) {
    piece.until = segment.end;
    if (moves) before_groups_ = FindGroups(object, term, segment.before, piece);
    piece.groups = &FindGroups(object, term, segment.after, piece);
    piece.begin = MinuteClamped(piece.from);
    piece.end = piece.until == kNever ? kMinuteMax : MinuteClamped(piece.until);
    if (piece.begin == piece.end) continue;
    if (fits && !moves) {
      Add(piece, term, change, deltas);
      continue;
    }
    Add(piece, term, after, deltas);
    if (moves) piece.groups = &before_groups_;
    Add(piece, term, -before, deltas);
  }
}

void Editor::Add(const Piece& piece, const TermPlan& term, int64_t amount, DeltaBatch& deltas) {
  if (amount == 0) return;
  for (size_t i = 0; i < term.groups.sets.size(); ++i) {
    const RowId row = term.groups.sets[i].first_row + piece.groups->groups[i];
    deltas.sums.push_back({row, piece.begin, amount});
    if (piece.until != kNever) deltas.sums.push_back({row, piece.end, -amount});
  }
}

int64_t Editor::LevelValue(const ObjectPlan& object, const TermPlan& term, const Side& side) const {
  for (const StateUse& use : term.term->states) {
    if (!Holds(object, object.states[use.state], side.values, side.place)) return 0;
  }
  if (!Passes(term.where, side.values)) return 0;
  const auto cell = [&](Column column) { return column < 0 ? kNull : side.values[column]; };
  const int64_t amount = WeightOf(*term.term, cell(term.measure), cell(term.weight));
  return amount == kNull ? 0 : amount;
}

const FoundGroups& Editor::FindGroups(const ObjectPlan& object, const TermPlan& term,
                                      const Side& side, Piece& piece) {
  const Asked asked = {side.values, piece.from, term.groups.shape};
  if (found_ != nullptr && asked_ == asked) {
    piece.until = std::min(piece.until, found_->valid.until);
    return *found_;
  }
  const FoundGroups& found = memo_.Find(term.groups, {.values = side.values,
                                                      .columns = object.dimensions.data(),
                                                      .object = object.id,
                                                      .place = side.place,
                                                      .time = piece.from});
  asked_ = asked;
  found_ = &found;
  piece.until = std::min(piece.until, found.valid.until);
  return found;
}

}  // namespace takt
