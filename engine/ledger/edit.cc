#include "engine/ledger/edit.h"

#include <algorithm>
#include <numeric>

#include "absl/base/attributes.h"

namespace takt {
namespace {

// What comes after an edit is walked twice.
constexpr size_t kLaterChangesMax = 64;

// Of the masks of kinds of stages in which terms may have facts: set in those of all kinds and none.
constexpr uint32_t kAnywhere = uint32_t{1} << 31;

// What a level adds over a time in which its states hold, by an entity's values.
ABSL_ATTRIBUTE_ALWAYS_INLINE inline int64_t LevelValue(const TermPlan& term,
                                                       const int64_t* values) {
  if (!term.where.empty() && !Passes(term.where, values)) return 0;
  const auto cell = [&](Column column) { return column < 0 ? kNull : values[column]; };
  const int64_t amount = WeightOf(*term.term, cell(term.measure), cell(term.weight));
  return amount == kNull ? 0 : amount;
}

// Adds the same to a row of each group set.
void AddDeltas(const GroupPlan& plan, absl::Span<const GroupId> groups, SumDelta delta,
               std::vector<SumDelta>& sums) {
  const GroupPlan::Set* set = plan.sets.data();
  for (const GroupId group : groups) {
    sums.push_back({set++->first_row + group, delta.minute, delta.amount});
  }
}

bool PassAll(const ObjectPlan& object, const std::vector<StateId>& states, const int64_t* values) {
  return std::all_of(states.begin(), states.end(), [&](StateId state) {
    return Passes(object.states[state].conditions, values);
  });
}

// Whether the levels hold, by an entity's values and the place of its stage.
ABSL_ATTRIBUTE_ALWAYS_INLINE inline bool Hold(const ObjectPlan& object, const LevelsPlan& levels,
                                              const int64_t* values, int place) {
  if (levels.stages[place + 1] == 0) return false;
  return levels.on_conditions.empty() || PassAll(object, levels.on_conditions, values);
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

}  // namespace

Mask Editor::TouchedColumns(const ObjectPlan& object, const Segment& segment) {
  if (segment.before.values == nullptr) return kEverything;
  Mask touched = 0;
  const int64_t* before = segment.before.values;
  const int64_t* after = segment.after.values;
  for (int i = 0; i < object.column_count; ++i) {
    if (before[i] != after[i]) touched |= ColumnBit(static_cast<Column>(i));
  }
  if (object.KindBit(segment.before.place) != object.KindBit(segment.after.place)) {
    touched |= kStageKindMask;
  }
  return touched;
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
    const Mask touched = TouchedColumns(object, segment);
    if (touched != 0) segments_.push_back(segment);
    touched_ |= touched;
    end_before_ = segment.before;
    end_after_ = segment.after;
  }
}

// A creation that does not lie before the edit may be dated or credited otherwise by it.
bool Editor::CreationMayFollow(const ObjectPlan& object, const ChangeList& list) const {
  if (object.created_column >= 0) {
    const int64_t created = end_after_.values[object.created_column];
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
  time_ = change.time.micros;
  touched_ = is_first_ ? kEverything : end_.touched;
  end_after_ = {end_.after.values.data(), end_.after.place};
  end_before_ = is_first_ ? Side{} : Side{end_.before.values.data(), end_.before.place};
  const Segment segment{end_before_, end_after_, time_, kNever};
  return Apply(object, added, absl::MakeConstSpan(&segment, touched_ == 0 ? 0 : 1), deltas);
}

bool Editor::ApplyLate(const ObjectPlan& object, const ChangeList& list, const Placement& placement,
                       DeltaBatch& deltas) {
  is_first_ = placement.at == 0;
  is_last_ = false;
  if (placement.last || !IsPatchAmongOthers(list, placement)) return false;
  if (is_first_ && !object.starts_plainly) return false;
  time_ = list.changes.back().time.micros;
  touched_ = 0;
  segments_.clear();
  AddSegments(object, list, placement);
  return Apply(object, list, segments_, deltas);
}

bool Editor::Apply(const ObjectPlan& object, const ChangeList& list,
                   absl::Span<const Segment> segments, DeltaBatch& deltas) {
  const Mask closing = is_last_ && object.closes_plainly ? kStageKindMask : 0;
  const Mask beyond = (object.edit_columns & ~closing) | object.whole_columns;
  if (!is_first_ && (touched_ & beyond) != 0) return false;
  if (CreationMayFollow(object, list)) return false;
  const uint32_t kinds =
      kAnywhere | object.KindBit(end_before_.place) | object.KindBit(end_after_.place);
  if ((object.counted_kinds & kinds) != 0) {
    const size_t sums = deltas.sums.size();
    const size_t durations = deltas.durations.size();
    const size_t outcomes = deltas.outcomes.size();
    if (!ApplyToDated(object, kinds, deltas)) {
      deltas.sums.resize(sums);
      deltas.durations.resize(durations);
      deltas.outcomes.resize(outcomes);
      return false;
    }
  }
  for (const LevelsPlan& levels : object.edit_levels) {
    if (!is_first_ && (levels.columns & touched_) == 0) continue;
    for (const Segment& segment : segments) ApplyToLevels(object, levels, segment, deltas);
  }
  return true;
}

bool Editor::ApplyToDated(const ObjectPlan& object, uint32_t stage_kinds, DeltaBatch& deltas) {
  for (const TermPlan& term : object.terms) {
    if (term.edit.kind != EditPlan::Kind::kDated) continue;
    const Mask columns = is_last_ ? term.edit.columns : term.edit.late_columns;
    if (!is_first_ && (columns & touched_) == 0) continue;
    if ((term.edit.stage_kinds & stage_kinds) == 0) continue;
    const bool closes = is_last_ && !is_first_ && term.edit.is_plain;
    if (!closes || !closer_.Apply(*addition_, term, deltas)) return false;
  }
  return true;
}

// Where states and groups stay, the difference of weights is all that is added.
void Editor::ApplyToLevels(const ObjectPlan& object, const LevelsPlan& levels,
                           const Segment& segment, DeltaBatch& deltas) {
  const Mask groups = object.terms[levels.terms.front()].groups.columns;
  const Side& before = segment.before;
  const Side& after = segment.after;
  const bool held = before.values != nullptr && Hold(object, levels, before.values, before.place);
  const bool holds = Hold(object, levels, after.values, after.place);
  if (held && holds && (touched_ & groups) == 0 && FindDifferences(object, levels, segment)) {
    AddOver(object, levels, {after, segment.begin, segment.end}, deltas);
    return;
  }
  amounts_.resize(levels.terms.size());
  if (held) {
    for (size_t i = 0; i < amounts_.size(); ++i) {
      amounts_[i] = -LevelValue(object.terms[levels.terms[i]], before.values);
    }
    AddOver(object, levels, {before, segment.begin, segment.end}, deltas);
  }
  if (holds) {
    for (size_t i = 0; i < amounts_.size(); ++i) {
      amounts_[i] = LevelValue(object.terms[levels.terms[i]], after.values);
    }
    AddOver(object, levels, {after, segment.begin, segment.end}, deltas);
  }
}

bool Editor::FindDifferences(const ObjectPlan& object, const LevelsPlan& levels,
                             const Segment& segment) {
  amounts_.assign(levels.terms.size(), 0);
  for (size_t i = 0; i < amounts_.size(); ++i) {
    const TermPlan& term = object.terms[levels.terms[i]];
    if ((term.edit.columns & touched_) == 0) continue;
    const int64_t before = LevelValue(term, segment.before.values);
    const int64_t after = LevelValue(term, segment.after.values);
    if (__builtin_sub_overflow(after, before, &amounts_[i]) || amounts_[i] == kNull) return false;
  }
  return true;
}

void Editor::AddOver(const ObjectPlan& object, const LevelsPlan& levels, const Stretch& stretch,
                     DeltaBatch& deltas) {
  if (std::all_of(amounts_.begin(), amounts_.end(), [](int64_t one) { return one == 0; })) return;
  const GroupPlan& groups = object.terms[levels.terms.front()].groups;
  DimensionInput input{.values = stretch.side.values,
                       .columns = object.dimensions.data(),
                       .object = object.id,
                       .place = stretch.side.place,
                       .time = stretch.begin};
  while (input.time < stretch.end) {
    const GroupMemo::Answer found = memo_.Find(groups, input);
    const int64_t until = std::min(stretch.end, found.valid.until);
    const Minute begin = MinuteClamped(input.time);
    const Minute end = until == kNever ? kMinuteOfNever : MinuteClamped(until);
    input.time = until;
    if (begin == end) continue;
    for (size_t i = 0; i < amounts_.size(); ++i) {
      if (amounts_[i] == 0) continue;
      const GroupPlan& level = object.terms[levels.terms[i]].groups;
      AddDeltas(level, found.groups, {0, begin, amounts_[i]}, deltas.sums);
      if (until != kNever) AddDeltas(level, found.groups, {0, end, -amounts_[i]}, deltas.sums);
    }
  }
}

}  // namespace takt
