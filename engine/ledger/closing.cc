#include "engine/ledger/closing.h"

#include <algorithm>
#include <numeric>

#include "engine/base/hash.h"

namespace takt {
namespace {

bool FollowsEnd(const ObjectPlan& plan, MomentId id) {
  const Moment& moment = *plan.moments[id].moment;
  if (moment.source == Moment::Source::kOutcome) return true;
  const std::vector<MomentId> under = MomentsUnder(moment);
  return std::any_of(under.begin(), under.end(),
                     [&](MomentId one) { return FollowsEnd(plan, one); });
}

bool FollowsEnd(const ObjectPlan& plan, const Term& term) {
  const std::vector<MomentId> moments = MomentsOf(term);
  return std::any_of(moments.begin(), moments.end(),
                     [&](MomentId one) { return FollowsEnd(plan, one); });
}

bool IsPlain(const ObjectPlan& plan, const TermPlan& planned) {
  const Term& term = *planned.term;
  if (planned.edit.kind != EditPlan::Kind::kDated || term.kind == TermKind::kLevel) return false;
  if (term.credit != Credit::kAtMoment || term.within.has_value() || term.before.has_value() ||
      term.once_per.has_value()) {
    return false;
  }
  const std::vector<MomentId> moments = MomentsOf(term);
  return std::all_of(moments.begin(), moments.end(), [&](MomentId id) {
    const MomentPlan& moment = plan.moments[id];
    const Moment::Source source = moment.moment->source;
    return moment.conditions.empty() &&
           (source == Moment::Source::kOutcome || source == Moment::Source::kCreated);
  });
}

}  // namespace

void PlanClosings(ObjectPlan& plan) {
  // Above it a column would share the bit of the stage's kind.
  plan.closes_plainly = plan.column_count <= kStageKindBit;
  for (TermPlan& planned : plan.terms) {
    if (planned.term->rows != RowSource::kEntity) continue;
    planned.edit.is_plain = IsPlain(plan, planned);
    if (!FollowsEnd(plan, *planned.term)) continue;
    planned.edit.columns |= kStageKindMask;
    plan.closes_plainly &= planned.edit.is_plain;
  }
  for (const LinkPlan& link : plan.links) plan.closes_plainly &= !link.needed;
}

void Closer::FindEnds(const Addition& addition) {
  found_ = true;
  object_ = &addition.object;
  id_ = addition.id;
  list_ = addition.added;
  UnpackChanges(addition.history, list_);
  // The added one stands first in the list and comes last.
  order_.resize(list_.changes.size());
  std::iota(order_.begin(), order_.end() - 1, 1);
  order_.back() = 0;
  Walk(*object_, list_, order_, track_);
  created_ = CreationOf(list_, order_);
  const int rows = static_cast<int>(order_.size());
  before_ = EndOf(rows - 1);
  after_ = EndOf(rows);
}

Closer::End Closer::EndOf(int rows) const {
  const std::vector<Stage>& stages = object_->object->stages;
  End end{.rows = rows};
  int row = rows - 1;
  if (track_.places[row] < 0) return end;
  const StageKind kind = stages[track_.places[row]].kind;
  while (row > 0 && track_.places[row - 1] >= 0 && stages[track_.places[row - 1]].kind == kind) {
    --row;
  }
  end.kind = static_cast<int>(kind);
  end.since = track_.times[row];
  return end;
}

int64_t Closer::TimeOf(MomentId id, const End& end) const {
  const Moment& moment = *object_->moments[id].moment;
  if (moment.source == Moment::Source::kCreated) return created_;
  for (const StageKind kind : moment.stage_kinds) {
    if (static_cast<int>(kind) == end.kind) return end.since;
  }
  return kNull;
}

// The last row dated at or before `time`; before the first that one, as in a life (life.h).
int Closer::RowAt(int64_t time, const End& end) const {
  const auto begin = track_.times.begin();
  const auto after = std::upper_bound(begin, begin + end.rows, time);
  return after == begin ? 0 : static_cast<int>(after - begin) - 1;
}

bool Closer::Apply(const Addition& addition, const TermPlan& term, DeltaBatch& deltas) {
  if (!found_) FindEnds(addition);
  return AddFacts(term, before_, -1, deltas) && AddFacts(term, after_, 1, deltas);
}

bool Closer::AddFacts(const TermPlan& term, const End& end, int sign, DeltaBatch& deltas) {
  for (const MomentId moment : term.term->at) {
    Fact fact{.moment = moment, .time = TimeOf(moment, end), .sign = sign};
    if (fact.time == kNull || !Passes(term.where, track_.Row(RowAt(fact.time, end)))) continue;
    fact.date = term.term->dated.has_value() ? TimeOf(*term.term->dated, end) : fact.time;
    if (fact.date != kNull && !AddFact(term, end, fact, deltas)) return false;
  }
  return true;
}

bool Closer::AddFact(const TermPlan& planned, const End& end, const Fact& fact,
                     DeltaBatch& deltas) {
  const Term& term = *planned.term;
  const int row = RowAt(fact.date, end);
  const GroupMemo::Answer found = memo_.Find(planned.groups, {.values = track_.Row(row),
                                                              .columns = object_->dimensions.data(),
                                                              .object = object_->id,
                                                              .place = track_.places[row],
                                                              .time = fact.date});
  const Minute minute = MinuteClamped(fact.date);
  const auto for_each_row = [&](const auto& add) {
    for (size_t i = 0; i < found.groups.size(); ++i) {
      add(planned.groups.sets[i].first_row + found.groups[i]);
    }
  };
  switch (term.kind) {
    case TermKind::kSum: {
      const int64_t* last = track_.Row(end.rows - 1);
      const auto cell = [&](Column column) { return column < 0 ? kNull : last[column]; };
      const int64_t amount = WeightOf(term, cell(planned.measure), cell(planned.weight));
      if (amount == kNull || amount == 0) return true;
      for_each_row([&](RowId id) { deltas.sums.push_back({id, minute, fact.sign * amount}); });
      return true;
    }
    case TermKind::kDurations: {
      const int64_t from = TimeOf(term.from, end);
      if (from == kNull || from == fact.time) return true;
      int64_t duration = 0;
      if (__builtin_sub_overflow(fact.time, from, &duration) || duration < 0) return false;
      for_each_row([&](RowId id) {
        deltas.durations.push_back({id, minute, duration, fact.sign});
      });
      return true;
    }
    case TermKind::kOutcomes: {
      const std::vector<MomentId>& wins = term.success;
      const bool success = std::find(wins.begin(), wins.end(), fact.moment) != wins.end();
      const uint64_t entity = StableHash(symbols_.Text(id_));
      for_each_row([&](RowId id) {
        deltas.outcomes.push_back({id, fact.sign, fact.date, entity, success});
      });
      return true;
    }
    case TermKind::kLevel:
      return false;
  }
  return false;
}

}  // namespace takt
