#include "tests/oracle/stages.h"

#include <algorithm>

namespace takt::oracle {
namespace {

std::string ExitName(const Stage& from, const Stage& to) {
  if (from.pipeline != to.pipeline) return "moved";
  if (from.kind == to.kind) {
    return to.kind == StageKind::kOpen && to.rank < from.rank ? "backward" : "forward";
  }
  return to.kind == StageKind::kOpen ? "reopened" : StageKindName(to.kind);
}

}  // namespace

const char* StageKindName(StageKind kind) {
  switch (kind) {
    case StageKind::kOpen:
      return "open";
    case StageKind::kWon:
      return "won";
    case StageKind::kLost:
      return "lost";
    case StageKind::kOmitted:
      return "omitted";
  }
  return "";
}

std::vector<Visit> VisitsOf(const Object& object, const std::vector<Step>& steps) {
  std::vector<Visit> visits;
  int stage = -1;
  for (const Step& step : steps) {
    if (step.stage == stage) continue;
    if (stage >= 0) {
      visits.back().left = step.time;
      if (step.stage >= 0) {
        visits.back().exit = ExitName(object.stages[stage], object.stages[step.stage]);
      }
    }
    if (step.stage >= 0) visits.push_back({.stage = step.stage, .entered = step.time});
    stage = step.stage;
  }
  return visits;
}

std::vector<Reach> ReachesOf(const Object& object, const std::vector<Visit>& visits) {
  std::vector<Reach> reaches;
  if (visits.empty()) return reaches;
  const std::string& pipeline = object.stages[visits.back().stage].pipeline;
  std::vector<const Visit*> counted;  // those of the last pipeline, in order
  for (const Visit& visit : visits) {
    if (object.stages[visit.stage].pipeline == pipeline) counted.push_back(&visit);
  }
  const auto rank_of = [&](const Visit* visit) { return object.stages[visit->stage].rank; };
  const auto first_at_or_above = [&](int rank) -> std::optional<int64_t> {
    for (const Visit* visit : counted) {
      if (rank_of(visit) >= rank) return visit->entered;
    }
    return std::nullopt;
  };
  for (size_t i = 0; i < object.stages.size(); ++i) {
    const Stage& stage = object.stages[i];
    const bool ranked = stage.kind == StageKind::kOpen || stage.kind == StageKind::kWon;
    if (stage.pipeline != pipeline || !ranked) continue;
    const std::optional<int64_t> entered = first_at_or_above(stage.rank);
    if (!entered.has_value()) continue;
    Reach reach{.stage = static_cast<int>(i), .entered = *entered};
    reach.passed = first_at_or_above(stage.rank + 1);
    for (const Visit* visit : counted) {
      if (visit->stage == reach.stage) reach.visited = true;
      if (reach.visited && rank_of(visit) == stage.rank + 1) reach.next_visited = true;
    }
    reaches.push_back(reach);
  }
  return reaches;
}

}  // namespace takt::oracle
