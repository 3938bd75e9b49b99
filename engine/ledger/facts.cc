#include "engine/ledger/facts.h"

#include <algorithm>

namespace takt {
namespace {

FactRow RowOf(const Visit& visit, const ObjectPlan& plan) {
  FactRow row{.is_entity = false, .place = visit.place, .times = {visit.entered, visit.left}};
  row.attributes[-2 - kExitColumn] = visit.exit;
  row.attributes[-2 - kStageKindColumn] = plan.stages[visit.place].kind;
  row.attributes[-2 - kVisitedColumn] = 0;
  row.attributes[-2 - kNextVisitedColumn] = 0;
  return row;
}

FactRow RowOf(const Reach& reach, const ObjectPlan& plan) {
  FactRow row{.is_entity = false, .place = reach.place, .times = {reach.entered, reach.passed}};
  row.attributes[-2 - kStageKindColumn] = plan.stages[reach.place].kind;
  row.attributes[-2 - kVisitedColumn] = reach.visited;
  row.attributes[-2 - kNextVisitedColumn] = reach.next_visited;
  return row;
}

}  // namespace

void FactMaker::Make(const TermPlan& term, const Life& life, FactList& out) {
  if (!life.input.alive) return;
  life_ = &life;
  switch (term.term->rows) {
    case RowSource::kEntity:
      MakeRow(term, FactRow{}, out);
      break;
    case RowSource::kVisit:
      MakeVisits(term, out);
      break;
    case RowSource::kReach:
      for (const Reach& reach : life.reaches) MakeRow(term, RowOf(reach, *life.input.plan), out);
      break;
  }
}

void FactMaker::MakeVisits(const TermPlan& term, FactList& out) {
  // A visit that had ended is a matter of the past, unless it is weighed or credited by the latest
  // values.
  const bool settled = term.term->kind != TermKind::kLevel &&
                       term.term->credit == Credit::kAtMoment &&
                       term.term->measure.kind == MeasureKind::kOne;
  for (const Visit& visit : life_->visits) {
    if (settled && visit.left != kNull && visit.left < times_.begin) continue;
    MakeRow(term, RowOf(visit, *life_->input.plan), out);
  }
}

void FactMaker::MakeRow(const TermPlan& term, const FactRow& row, FactList& out) {
  if (term.term->kind != TermKind::kLevel) {
    MakeAtMoments(term, row, out);
  } else if (term.term->recent.has_value()) {
    MakeRecent(term, row, out);
  } else {
    MakeLevel(term, row, out);
  }
}

int64_t FactMaker::ValueOf(Column column, const FactRow& row, int life_row) const {
  if (column >= 0) return life_->ValuesOf(life_row)[column];
  return column == kNoColumn ? kNull : row.attributes[-2 - column];
}

bool FactMaker::Passes(const Conditions& conditions, const FactRow& row, int life_row) const {
  for (const CompiledCondition& condition : conditions) {
    if (!condition.Passes(ValueOf(condition.column, row, life_row))) return false;
  }
  return true;
}

int64_t Weighted(int64_t amount, int64_t weight_millionths) {
  constexpr int64_t kOne = 1'000'000;
  const __int128 product = static_cast<__int128>(amount) * weight_millionths;
  const __int128 half = product < 0 ? -kOne / 2 : kOne / 2;
  const __int128 weighted = (product + half) / kOne;
  const __int128 least = kNull + 1;
  const __int128 most = kNever;
  return static_cast<int64_t>(std::clamp(weighted, least, most));
}

int64_t FactMaker::Amount(const TermPlan& term, const FactRow& row, int life_row) const {
  return WeightOf(*term.term, ValueOf(term.measure, row, life_row),
                  ValueOf(term.weight, row, life_row));
}

int64_t FactMaker::FirstOf(const FactRow& row, MomentId moment) const {
  if (row.is_entity) return life_->FirstOf(moment);
  return moment < 2 ? row.times[moment] : kNull;
}

DimensionInput FactMaker::InputAt(const FactRow& row, int life_row, int64_t table_time) const {
  const ObjectPlan& plan = *life_->input.plan;
  return {.values = life_->ValuesOf(life_row),
          .columns = plan.dimensions.data(),
          .object = plan.id,
          .place = row.place >= 0 ? row.place : life_->PlaceOf(life_row),
          .time = table_time};
}

void FactMaker::Forget() {
  for (Remembered& one : remembered_) one.values = nullptr;
}

void FindGroupsAt(const DimensionTables& tables, const GroupPlan& groups,
                  const DimensionInput& input, FoundGroups& found) {
  absl::InlinedVector<DimensionValue, 8> values;
  for (const DimensionId dimension : groups.dimensions) {
    values.push_back(tables.ValueOf(dimension, input, &found.valid));
  }
  found.groups.clear();
  for (const GroupPlan::Set& set : groups.sets) {
    GroupId group = 0;
    for (const GroupPlan::Factor& factor : set.factors) {
      group += values[factor.dimension] * factor.factor;
    }
    found.groups.push_back(group);
  }
}

void FactMaker::FindGroups(const GroupPlan& groups, const DimensionInput& input,
                           Remembered& found) const {
  found.found.valid = {};
  FindGroupsAt(plan_.tables, groups, input, found.found);
  found.values = input.values;
  found.columns = input.columns;
  found.place = input.place;
  found.time = input.time;
  found.shape = groups.shape;
}

void FactMaker::FindRows(const GroupPlan& groups, const DimensionInput& input, int64_t* until) {
  const uint64_t mixed = (reinterpret_cast<uintptr_t>(input.values) >> 3) +
                         static_cast<uint64_t>(input.place) + groups.shape * 3u +
                         (static_cast<uint64_t>(input.time) >> 12);
  Remembered& one = remembered_[mixed % remembered_.size()];
  if (one.values != input.values || one.columns != input.columns || one.place != input.place ||
      one.time != input.time || one.shape != groups.shape || input.values == nullptr) {
    FindGroups(groups, input, one);
  }
  *until = std::min(*until, one.found.valid.until);
  row_ids_.clear();
  for (size_t i = 0; i < groups.sets.size(); ++i) {
    row_ids_.push_back(groups.sets[i].first_row + one.found.groups[i]);
  }
}

}  // namespace takt
