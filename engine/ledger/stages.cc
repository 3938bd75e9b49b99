// Visits and reaches of a life (life.h).
#include <algorithm>

#include "engine/ledger/life.h"

namespace takt {
namespace {

// How the stay in `from` ended, by where the entity went.
Symbol ExitOf(const ObjectPlan& plan, int from_place, int to_place, const ExitSymbols& exits) {
  const Stage& from = plan.object->stages[from_place];
  const Stage& to = plan.object->stages[to_place];
  if (plan.stages[from_place].pipeline != plan.stages[to_place].pipeline) return exits.moved;
  if (from.kind == to.kind) {
    const bool back = to.kind == StageKind::kOpen && to.rank < from.rank;
    return back ? exits.backward : exits.forward;
  }
  switch (to.kind) {
    case StageKind::kOpen:
      return exits.reopened;
    case StageKind::kWon:
      return exits.won;
    case StageKind::kLost:
      return exits.lost;
    case StageKind::kOmitted:
      return exits.omitted;
  }
  return exits.moved;
}

}  // namespace

void Life::FindVisits(const ExitSymbols& exits) {
  int place = -1;
  for (int row = 0; row < input.rows; ++row) {
    const int now = input.track->places[row];
    if (now == place) continue;
    const int64_t time = input.track->times[row];
    if (place >= 0) {
      visits.back().left = time;
      if (now >= 0) visits.back().exit = ExitOf(*input.plan, place, now, exits);
    }
    if (now >= 0) visits.push_back({.place = now, .entered = time});
    place = now;
  }
}

void Life::FindReaches() {
  if (visits.empty()) return;
  const ObjectPlan& plan = *input.plan;
  const std::vector<Stage>& stages = plan.object->stages;
  const Symbol pipeline = plan.stages[visits.back().place].pipeline;
  for (size_t place = 0; place < stages.size(); ++place) {
    const Stage& stage = stages[place];
    const bool ranked = stage.kind == StageKind::kOpen || stage.kind == StageKind::kWon;
    if (!ranked || plan.stages[place].pipeline != pipeline) continue;
    Reach reach{.place = static_cast<int>(place), .entered = kNull};
    for (const Visit& visit : visits) {
      if (plan.stages[visit.place].pipeline != pipeline) continue;
      const int rank = stages[visit.place].rank;
      if (rank >= stage.rank && reach.entered == kNull) reach.entered = visit.entered;
      if (rank > stage.rank && reach.passed == kNull) reach.passed = visit.entered;
      if (visit.place == reach.place) reach.visited = true;
      if (reach.visited && rank == stage.rank + 1) reach.next_visited = true;
    }
    if (reach.entered != kNull) reaches.push_back(reach);
  }
}

}  // namespace takt
