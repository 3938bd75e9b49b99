#include "engine/kpi/watch.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/definition/cusum_design.h"
#include "engine/kpi/cusum.h"
#include "engine/kpi/statistics.h"

namespace takt {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();
constexpr int64_t kOutcomesMax = 100'000;
constexpr double kMinutesPerDay = 24 * 60;
constexpr double kMicrosPerDay = kMinutesPerDay * 60e6;

bool HasOutcomes(const Kpi& kpi) {
  return kpi.kind == KpiKind::kShare || kpi.kind == KpiKind::kDurations;
}

bool AddsUp(const Kpi& kpi) { return kpi.kind == KpiKind::kCount || kpi.kind == KpiKind::kSum; }

// The outcomes of one group, and how many there usually are.
struct Sequence {
  CusumRun run;
  double per_day = 0;
};

// All groups of one alert at one level.
class AlertLevel {
 public:
  AlertLevel(const WatchInput& input, const WatchedLevel& at)
      : input_(input),
        at_(at),
        alert_(input.definition.alerts[at.of]),
        kpi_(input.definition.kpis[alert_.kpi]),
        window_(Span(at.value_span)),
        baseline_(Span(at.baseline_span)),
        recent_(Span(at.recent_span)) {
    if (alert_.kind != AlertKind::kCusum) return;
    for (const WatchedGroup& group : at.groups) sequences_.push_back(SequenceOf(group.group));
  }

  double OutcomesPerDay() const {
    double sum = 0;
    for (const Sequence& sequence : sequences_) sum += sequence.per_day;
    return sum;
  }

  AlertState Evaluate(size_t place, double outcomes_per_day) const {
    const WatchedGroup& group = at_.groups[place];
    const Measured& now = Measure(at_.value, group.group);
    AlertState state{.alert = static_cast<AlertId>(at_.of),
                     .level = at_.level,
                     .group = group.labels,
                     .labels = group.all,
                     .value = StatisticOf(now, kpi_.kind, Statistic::kValue),
                     .baseline = kUndefined,
                     .successes = kpi_.kind == KpiKind::kShare ? now.total : kUndefined,
                     .outcomes = HasOutcomes(kpi_) ? now.count : kUndefined,
                     .score = kUndefined,
                     .threshold = kUndefined};
    const bool enough = EnoughOutcomes(state, group.group);
    bool beyond = false;
    switch (alert_.kind) {
      case AlertKind::kBound:
        state.threshold = alert_.bound;
        beyond = Beyond(state.value, state.threshold);
        break;
      case AlertKind::kOfOwn:
        state.baseline = Baseline(group.group);
        state.threshold = alert_.bound * state.baseline;
        beyond = Beyond(state.value, state.threshold);
        break;
      case AlertKind::kWilson:
        state.baseline = Baseline(group.group);
        state.threshold = state.baseline;
        beyond = Beyond(NearEnd(state), state.threshold) && StillBeyond(group.group, state);
        break;
      case AlertKind::kCusum:
        beyond = EvaluateCusum(place, outcomes_per_day, state);
        break;
      case AlertKind::kPoisson:
        state.baseline = Baseline(group.group);
        state.threshold =
            alert_.below ? PoissonTooFew(state.baseline) : PoissonTooMany(state.baseline);
        beyond = (state.value == state.threshold || Beyond(state.value, state.threshold)) &&
                 StillBeyond(group.group, state);
        break;
      case AlertKind::kGoal: {
        const Goal& goal = input_.definition.goals[*alert_.goal];
        state.threshold = GoalTarget(goal, Today(input_));
        const bool share = kpi_.kind == KpiKind::kShare;
        beyond = Beyond(share ? NearEnd(state) : state.value, state.threshold);
        break;
      }
    }
    state.active = beyond && enough;
    return state;
  }

  static absl::CivilDay Today(const WatchInput& input) {
    const SpanAt now = ResolveSpan(input.definition, {}, input.now);
    return input.definition.calendar.CivilDayOf(now.range.end - 1);
  }

 private:
  MinuteRange Span(int span) const {
    return ResolveSpan(input_.definition, input_.plan.spans[span], input_.now).range;
  }

  static double DaysOf(const MinuteRange& range) {
    return (static_cast<double>(range.end) - range.begin) / kMinutesPerDay;
  }

  const Measured& Measure(int column, uint32_t group) const {
    return input_.columns[column][group];
  }

  // False for NaN.
  bool Beyond(double value, double bound) const {
    return alert_.below ? value < bound : value > bound;
  }

  // The end of a share's interval that is next to what it fell from or rose from.
  double NearEnd(const AlertState& state) const {
    const RatioBounds bounds = WilsonInterval(state.successes, state.outcomes);
    return alert_.below ? bounds.upper : bounds.lower;
  }

  bool EnoughOutcomes(const AlertState& state, uint32_t group) const {
    if (HasOutcomes(kpi_) && state.outcomes < alert_.outcomes_min) return false;
    if (at_.baseline < 0 || kpi_.kind == KpiKind::kSum) return true;
    const Measured& baseline = Measure(at_.baseline, group);
    const double count = HasOutcomes(kpi_) ? baseline.count : baseline.value;
    return count >= alert_.baseline_outcomes_min;
  }

  // The baseline; of what adds up, for a time as long as `range`.
  double BaselineFor(uint32_t group, const MinuteRange& range) const {
    const double value = StatisticOf(Measure(at_.baseline, group), kpi_.kind, Statistic::kValue);
    return AddsUp(kpi_) ? value * DaysOf(range) / DaysOf(baseline_) : value;
  }
  double Baseline(uint32_t group) const { return BaselineFor(group, window_); }

  bool StillBeyond(uint32_t group, const AlertState& state) const {
    const Measured& recent = Measure(at_.recent, group);
    return Beyond(recent.value, AddsUp(kpi_) ? BaselineFor(group, recent_) : state.baseline);
  }

  Sequence SequenceOf(uint32_t group) const {
    return alert_.window->kind == Window::Kind::kLast ? LastOutcomes(group) : TimedOutcomes(group);
  }

  Sequence TimedOutcomes(uint32_t group) const {
    const Calendar& calendar = input_.definition.calendar;
    const Minute begin = Resolve(*alert_.short_window, window_.begin, calendar).begin;
    const std::vector<Outcome> outcomes =
        input_.cells.Outcomes(at_.outcomes_row + group, {begin, window_.end}, kOutcomesMax);
    Sequence sequence;
    size_t latest = 0;
    for (const Outcome& outcome : outcomes) {
      const Minute minute = MinuteOf(outcome.time_micros);
      const Minute from = Resolve(*alert_.short_window, minute + 1, calendar).begin;
      while (MinuteOf(outcomes[latest].time_micros) < from) ++latest;
      if (minute < window_.begin) ++sequence.run.window_begin;
      sequence.run.outcomes.push_back(
          {.wanted = outcome.success == alert_.below, .latest_begin = latest});
    }
    const double before = Measure(at_.baseline, group).count;
    sequence.per_day =
        std::max(Measure(at_.value, group).count / DaysOf(window_), before / DaysOf(baseline_));
    return sequence;
  }

  Sequence LastOutcomes(uint32_t group) const {
    const auto count = static_cast<size_t>(alert_.window->count);
    const auto latest = static_cast<size_t>(alert_.short_window->count);
    const std::vector<Outcome> outcomes = input_.cells.Outcomes(
        at_.outcomes_row + group, window_, int64_t{alert_.window->count} + alert_.baseline->count);
    Sequence sequence;
    if (outcomes.empty()) return sequence;
    const int64_t first = outcomes.front().time_micros;
    const double days = static_cast<double>(window_.end * kMicrosPerMinute - first) / kMicrosPerDay;
    sequence.per_day = Quotient(static_cast<double>(outcomes.size()), days);
    sequence.run.window_begin = outcomes.size() > count ? outcomes.size() - count : 0;
    for (size_t at = 0; at < outcomes.size(); ++at) {
      sequence.run.outcomes.push_back({.wanted = outcomes[at].success == alert_.below,
                                       .latest_begin = at + 1 > latest ? at + 1 - latest : 0});
    }
    return sequence;
  }

  bool EvaluateCusum(size_t place, double outcomes_per_day, AlertState& state) const {
    const uint32_t group = at_.groups[place].group;
    state.baseline = Baseline(group);
    const double usual = alert_.below ? state.baseline : 1 - state.baseline;
    double changed = AtOdds(usual, 0.5);
    if (alert_.change_to.has_value()) {
      changed = alert_.below ? *alert_.change_to : 1 - *alert_.change_to;
    }
    const std::optional<CusumSteps> steps = StepsFor(usual, changed);
    if (!steps.has_value()) return false;
    state.threshold =
        ThresholdOf(*steps, usual, Measure(at_.baseline, group).count, outcomes_per_day);
    const CusumState cusum = RunCusum(sequences_[place].run, *steps, usual, state.threshold);
    state.score = cusum.score;
    return cusum.alarm && StillBeyond(group, state);
  }

  double ThresholdOf(const CusumSteps& steps, double usual, double baseline_outcomes,
                     double outcomes_per_day) const {
    if (alert_.threshold.has_value()) return *alert_.threshold;
    const std::optional<double> threshold = ThresholdFor(
        steps, {.usual = usual,
                .baseline_outcomes = baseline_outcomes,
                .outcomes_per_false_alarm = outcomes_per_day / alert_.false_pages_per_day});
    return threshold.value_or(kUndefined);
  }

  const WatchInput& input_;
  const WatchedLevel& at_;
  const Alert& alert_;
  const Kpi& kpi_;
  const MinuteRange window_;
  const MinuteRange baseline_;
  const MinuteRange recent_;
  std::vector<Sequence> sequences_;  // by place among the watched groups; kCusum
};

void EvaluateGoal(const WatchInput& input, const WatchedLevel& at, Snapshot& snapshot) {
  const Goal& goal = input.definition.goals[at.of];
  const double target = GoalTarget(goal, AlertLevel::Today(input));
  for (const WatchedGroup& group : at.groups) {
    const double value = StatisticOf(input.columns[at.value][group.group],
                                     input.definition.kpis[goal.kpi].kind, Statistic::kValue);
    const bool met = goal.higher_is_better ? value >= target : value <= target;
    snapshot.goals.push_back({.goal = static_cast<GoalId>(at.of),
                              .level = at.level,
                              .group = group.labels,
                              .labels = group.all,
                              .target = target,
                              .value = value,
                              .met = std::isnan(value) ? kUndefined : (met ? 1.0 : 0.0)});
  }
}

}  // namespace

double GoalTarget(const Goal& goal, absl::CivilDay day) {
  if (day <= goal.since) return goal.from;
  if (day >= goal.by) return goal.to;
  const double part =
      static_cast<double>(day - goal.since) / static_cast<double>(goal.by - goal.since);
  return goal.from + (goal.to - goal.from) * part;
}

void EvaluateWatch(const WatchInput& input, Snapshot& snapshot) {
  const std::vector<WatchedLevel>& alerts = input.watch.alerts;
  for (size_t first = 0; first < alerts.size();) {
    std::vector<AlertLevel> levels;
    double outcomes_per_day = 0;
    const size_t alert = alerts[first].of;
    for (; first < alerts.size() && alerts[first].of == alert; ++first) {
      levels.emplace_back(input, alerts[first]);
      outcomes_per_day += levels.back().OutcomesPerDay();
    }
    const size_t begin = first - levels.size();
    for (size_t i = 0; i < levels.size(); ++i) {
      for (size_t place = 0; place < alerts[begin + i].groups.size(); ++place) {
        snapshot.alerts.push_back(levels[i].Evaluate(place, outcomes_per_day));
      }
    }
  }
  for (const WatchedLevel& goal : input.watch.goals) EvaluateGoal(input, goal, snapshot);
}

}  // namespace takt
