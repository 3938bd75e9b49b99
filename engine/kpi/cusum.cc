#include "engine/kpi/cusum.h"

#include <algorithm>

namespace takt {
namespace {

// Scores are sums of logarithms: what is this near to the threshold has come to it.
constexpr double kRounding = 1e-9;

}  // namespace

CusumState RunCusum(const CusumRun& run, const CusumSteps& steps, double usual, double threshold) {
  std::vector<size_t> wanted_before = {0};  // by place: how many of those before it
  for (const CusumOutcome& outcome : run.outcomes) {
    wanted_before.push_back(wanted_before.back() + (outcome.wanted ? 1 : 0));
  }
  CusumState state;
  for (size_t at = run.window_begin; at < run.outcomes.size(); ++at) {
    const CusumOutcome& outcome = run.outcomes[at];
    state.score = std::max(0.0, state.score + (outcome.wanted ? -steps.down : steps.up));
    if (!state.alarm) {
      state.alarm = state.score >= threshold - kRounding;
      continue;
    }
    const auto wanted =
        static_cast<double>(wanted_before[at + 1] - wanted_before[outcome.latest_begin]);
    const auto count = static_cast<double>(at + 1 - outcome.latest_begin);
    if (wanted >= usual * count) state = CusumState{};
  }
  return state;
}

}  // namespace takt
