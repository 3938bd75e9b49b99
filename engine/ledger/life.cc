#include "engine/ledger/life.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace takt {

int64_t LaterBy(int64_t micros, int64_t add) {
  int64_t sum = 0;
  if (!__builtin_add_overflow(micros, add, &sum)) return std::max(sum, kNull + 1);
  return add < 0 ? kNull + 1 : kNever;
}

void Life::Derive(const LifeInput& from, const Plan& plan, const SymbolTable& symbols) {
  input = from;
  visits.clear();
  reaches.clear();
  occurrences_.clear();
  ranges_.assign(from.plan->moments.size(), {0, 0});
  if (states_.size() < from.plan->states.size()) states_.resize(from.plan->states.size());
  for (Held& state : states_) state.known = false;
  if (!input.alive) return;
  if (from.plan->needs_visits || from.plan->needs_reaches) FindVisits(plan.exits);
  if (from.plan->needs_reaches) FindReaches();
  FindMoments(symbols);
}

int Life::RowAt(int64_t time) const {
  const auto begin = input.track->times.begin();
  const auto end = begin + input.rows;
  // Most questions are about one of the last rows.
  if (input.rows > 0 && *(end - 1) <= time) return input.rows - 1;
  return static_cast<int>(std::upper_bound(begin, end, time) - begin) - 1;
}

int Life::NextRow(int row) const {
  const std::vector<int64_t>& times = input.track->times;
  int next = row + 1;
  while (row >= 0 && next < input.rows && times[next] == times[row]) ++next;
  return next;
}

void Life::FindMoments(const SymbolTable& symbols) {
  for (const MomentId id : input.plan->evaluation_order) {
    const MomentPlan& moment = input.plan->moments[id];
    const size_t begin = occurrences_.size();
    FindMoment(moment);
    SortAndPick(begin, moment.moment->pick, symbols);
    ranges_[id] = {static_cast<uint32_t>(begin), static_cast<uint32_t>(occurrences_.size())};
  }
}

void Life::FindMoment(const MomentPlan& planned) {
  const Moment& moment = *planned.moment;
  const size_t begin = occurrences_.size();
  switch (moment.source) {
    case Moment::Source::kField:
      AddFieldBeginnings(planned);
      return;
    case Moment::Source::kLinked:
      AddLinked(planned);
      return;
    case Moment::Source::kCreated:
      if (input.created != kNull) Add(input.created);
      break;
    case Moment::Source::kOutcome:
      AddOutcome(moment);
      break;
    case Moment::Source::kStage:
      for (const Visit& visit : visits) {
        if (visit.place == moment.stage) Add(visit.entered);
      }
      break;
    case Moment::Source::kOwn:
      for (const MomentId under : moment.moments) {
        const auto [first, last] = ranges_[under];
        for (uint32_t i = first; i < last; ++i) occurrences_.push_back(Occurrence(occurrences_[i]));
      }
      break;
    case Moment::Source::kAfter: {
      const int64_t add = absl::ToInt64Microseconds(moment.add);
      const auto [first, last] = ranges_[moment.moments[0]];
      for (uint32_t i = first; i < last; ++i) {
        Add(LaterBy(occurrences_[i].time, add), occurrences_[i].origin);
      }
      break;
    }
    // Of visits and reaches, never of an entity.
    case Moment::Source::kEntered:
    case Moment::Source::kLeft:
    case Moment::Source::kPassed:
      break;
  }
  if (planned.conditions.empty()) return;
  const auto fails = [&](const Occurrence& one) { return !PassesAt(planned.conditions, one.time); };
  occurrences_.erase(std::remove_if(occurrences_.begin() + begin, occurrences_.end(), fails),
                     occurrences_.end());
}

bool Life::PassesAt(const Conditions& conditions, int64_t time) const {
  return Passes(conditions, ValuesOf(RowAt(time)));
}

// The kind of the last stage, if it is one of those asked for, dated when it last came from another
// kind.
void Life::AddOutcome(const Moment& moment) {
  const std::vector<Stage>& stages = input.plan->object->stages;
  const std::vector<int16_t>& places = input.track->places;
  int row = input.rows - 1;
  if (places[row] < 0) return;
  const StageKind kind = stages[places[row]].kind;
  const std::vector<StageKind>& wanted = moment.stage_kinds;
  if (std::find(wanted.begin(), wanted.end(), kind) == wanted.end()) return;
  while (row > 0 && places[row - 1] >= 0 && stages[places[row - 1]].kind == kind) --row;
  Add(input.track->times[row]);
}

void Life::AddFieldBeginnings(const MomentPlan& planned) {
  bool passed = false;
  for (int row = 0; row < input.rows; ++row) {
    const int64_t* values = input.track->Row(row);
    bool passes = Passes(planned.conditions, values);
    if (planned.conditions.empty()) passes = planned.field >= 0 && values[planned.field] != kNull;
    if (passes && !passed) Add(input.track->times[row]);
    passed = passes;
  }
}

void Life::AddLinked(const MomentPlan& planned) {
  if (input.linked == nullptr) return;
  const Moment& moment = *planned.moment;
  const std::vector<LinkedOccurrence>& all = input.linked->occurrences;
  for (size_t i = 0; i < all.size(); ++i) {
    const LinkedOccurrence& one = all[i];
    if (one.object != moment.origin || one.link != moment.origin_link) continue;
    if (one.moment != moment.moments[0]) continue;
    const int64_t* values = input.linked->values.data() + one.values;
    if (Passes(planned.conditions, values)) Add(one.time, static_cast<int32_t>(i));
  }
}

// By time; at one time the entity's own come before linked ones, those by their origin's id, so
// that nothing depends on who handed over first.
void Life::SortAndPick(size_t begin, Pick pick, const SymbolTable& symbols) {
  const auto first = occurrences_.begin() + static_cast<std::ptrdiff_t>(begin);
  if (occurrences_.end() - first < 2) return;
  const auto earlier = [&](const Occurrence& a, const Occurrence& b) {
    if (a.time != b.time || a.origin == b.origin) return a.time < b.time;
    if (a.origin < 0 || b.origin < 0) return a.origin < 0;
    const LinkedOccurrence& left = input.linked->occurrences[a.origin];
    const LinkedOccurrence& right = input.linked->occurrences[b.origin];
    if (left.origin == right.origin) {
      return std::tie(left.object, left.link) < std::tie(right.object, right.link);
    }
    return symbols.Text(left.origin) < symbols.Text(right.origin);
  };
  if (!std::is_sorted(first, occurrences_.end(), earlier)) {
    std::stable_sort(first, occurrences_.end(), earlier);
  }
  switch (pick) {
    case Pick::kFirst:
      occurrences_.erase(first + 1, occurrences_.end());
      break;
    case Pick::kLatest:
      occurrences_.erase(first, occurrences_.end() - 1);
      break;
    case Pick::kEvery:
      break;
  }
}

}  // namespace takt
