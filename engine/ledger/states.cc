// When the states of a life held (life.h).
#include <algorithm>

#include "engine/ledger/life.h"

namespace takt {

const std::vector<Interval>& Life::IntervalsOf(StateId state) const {
  Held& held = states_[state];
  if (!held.known) FindIntervals(input.plan->states[state], held.intervals);
  held.known = true;
  return held.intervals;
}

bool Life::Holds(const StatePlan& plan, int row) const {
  const int place = input.track->places[row];
  switch (plan.state->source) {
    case State::Source::kExists:
      return true;
    case State::Source::kStageKind:
      return place >= 0 && input.plan->object->stages[place].kind == plan.state->stage_kind;
    case State::Source::kStage:
      return place == plan.state->stage;
    case State::Source::kConditions:
      return Passes(plan.conditions, input.track->Row(row));
  }
  return false;
}

void Life::FindIntervals(const StatePlan& plan, std::vector<Interval>& found) const {
  found.clear();
  if (plan.state->source == State::Source::kExists) {
    int64_t begin = input.track->times[0];
    if (input.created != kNull) begin = std::min(begin, input.created);
    found.push_back({begin, kNever});
    return;
  }
  for (int row = 0; row < input.rows;) {
    const int next = NextRow(row);
    const int64_t begin = input.track->times[row];
    const int64_t end = next < input.rows ? input.track->times[next] : kNever;
    // The last row of its time says what held from then on.
    if (Holds(plan, next - 1)) {
      if (!found.empty() && found.back().end == begin) {
        found.back().end = end;
      } else {
        found.push_back({begin, end});
      }
    }
    row = next;
  }
}

}  // namespace takt
