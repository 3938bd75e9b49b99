// Goals and alerts (series.h), by the plainest reading of engine/definition/alert.h and goal.h.
#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "tests/oracle/series.h"

namespace takt::oracle {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

bool IsLast(const std::optional<Window>& window) {
  return window.has_value() && window->kind == Window::Kind::kLast;
}

// The largest count c with P(X <= c) below 2.5 %, of X with this mean; or, from above, the smallest
// with P(X >= c).
double RareCount(double mean, bool few) {
  if (!(few ? mean > 0 : mean >= 0)) return kUndefined;
  long double term = std::exp(static_cast<long double>(-mean));
  long double below = 0;  // P(X < count)
  double last = kUndefined;
  for (double count = 0;; ++count) {
    if (!few && 1 - below < 0.025L) return count;
    below += term;
    if (few && below >= 0.025L) return last;
    last = count;
    term *= mean / (count + 1);
  }
}

// A move of so many lattice steps: `whole` of them, and one more with the chance `part`.
struct Move {
  explicit Move(double steps) : whole(static_cast<int>(std::floor(steps))), part(steps - whole) {}
  int whole;
  double part;
};

// Outcomes until a CUSUM that goes up by one step comes to `height` steps, on average, where a share `p`
// of them is wanted: from one step to the next it takes one outcome, and after a wanted one the whole
// way back.
double RunLength(const Move& down, double p, int height) {
  std::vector<double> reached = {0};
  for (int at = 0; at < height; ++at) {
    const auto way_back = [&](int fall) { return reached[at] - reached[std::max(0, at - fall)]; };
    const double back =
        (1 - down.part) * way_back(down.whole) + down.part * way_back(down.whole + 1);
    reached.push_back(reached.back() + (1 + p * back) / (1 - p));
  }
  return reached[height];
}

// The same where it goes down by at most one step, with the chance `down` of a step, and up by several:
// from the top, what is left to go from j is a + b times what is left from j - 1.
double RunLengthOfLeaps(double down, const Move& up, double p, int height) {
  std::vector<double> a(height + up.whole + 2, 0);
  std::vector<double> b(height + up.whole + 2, 0);
  for (int j = height - 1; j >= 0; --j) {
    // What is left after k steps up: constant + slope times what is left from j.
    const auto after = [&](int k) {
      double constant = 0;
      double slope = 1;
      for (int i = j + 1; i <= j + k; ++i) {
        constant = i < height ? a[i] + b[i] * constant : 0;
        slope = i < height ? b[i] * slope : 0;
      }
      return std::pair(constant, slope);
    };
    const auto [less, less_slope] = after(up.whole);
    const auto [more, more_slope] = after(up.whole + 1);
    const double constant = 1 + (1 - p) * ((1 - up.part) * less + up.part * more);
    const double slope = (1 - p) * ((1 - up.part) * less_slope + up.part * more_slope);
    const double stay = j == 0 ? p : p * (1 - down);
    a[j] = constant / (1 - stay - slope);
    b[j] = j == 0 ? 0 : p * down / (1 - stay - slope);
  }
  return a[0];
}

// The threshold of a CUSUM for so many outcomes between false alarms.
double Threshold(double usual, double up, double down, double baseline_outcomes,
                 double wanted_length) {
  const double nodes[] = {0, 1.154405394739968, 2.366759410734541, 3.750439717725742};
  const double weights[] = {0.457142857142857, 0.240123178605013, 0.0307571239675865,
                            5.48268855972217e-4};
  const double step = up <= down ? up : std::max(down, up / 16);
  const auto rate = [&](int height) {
    double sum = 0;
    for (int node = 0; node < 4; ++node) {
      for (const int side : {-1, 1}) {
        if (node == 0 && side < 0) continue;
        const double angle = std::clamp(
            std::asin(std::sqrt(usual)) + side * nodes[node] / (2 * std::sqrt(baseline_outcomes)),
            0.0, std::acos(0.0));
        const double p = std::clamp(std::pow(std::sin(angle), 2), 1e-6, 1 - 1e-6);
        sum += weights[node] / (up <= down
                                    ? RunLength(Move(down / step), p, height)
                                    : RunLengthOfLeaps(down / step, Move(up / step), p, height));
      }
    }
    return sum;
  };
  const int most = static_cast<int>(std::min(20000.0, std::max(1.0, 30 / step)));
  int enough = 1;
  while (enough < most && rate(enough) * wanted_length > 1) enough = std::min(2 * enough, most);
  if (rate(enough) * wanted_length > 1) return kUndefined;
  int low = 0;
  while (enough - low > 1) {
    const int middle = (low + enough) / 2;
    if (rate(middle) * wanted_length > 1) {
      low = middle;
    } else {
      enough = middle;
    }
  }
  return enough * step;
}

// What a value of a dimension lies in, by the last row of each table that starts from it.
std::string ContainingLabels(const Definition& definition, DimensionId inner,
                             DimensionValue value) {
  std::string labels;
  for (DimensionId id = 0; id < definition.dimensions.size(); ++id) {
    const Dimension& outer = definition.dimensions[id];
    if (outer.of_dimension != std::optional<DimensionId>(inner)) continue;
    const auto rows = outer.table.find(definition.dimensions[inner].values[value]);
    if (rows == outer.table.end()) continue;
    const DimensionValue last = rows->second.back().value;
    if (last == outer.unknown()) continue;
    absl::StrAppend(&labels, ",", outer.label, "=\"", outer.values[last], "\"",
                    ContainingLabels(definition, id, last));
  }
  return labels;
}

}  // namespace

// One group that an alert looks at.
struct Evaluation::Watched {
  Scope scope;
  std::string labels;      // as a goal of the group has them, behind the alert's own
  std::string containing;  // what the group lies in
};

void Evaluation::AddGoals() {
  const int64_t minute = MinuteHolding(now_.micros);
  const absl::CivilDay today = civil_.DayHolding(minute);
  for (const Goal& goal : definition_.goals) {
    const Kpi& kpi = definition_.kpis[goal.kpi];
    const double days = static_cast<double>(goal.by - goal.since);
    const double gone = std::clamp(static_cast<double>(today - goal.since), 0.0, days);
    const double target = goal.from + (goal.to - goal.from) * (gone / days);
    const std::string first = absl::StrCat("goal=\"", goal.name, "\",kpi=\"", kpi.name, "\"");
    for (const auto& [group, labels] : GroupsOf(goal.level, kpi.split, first)) {
      if (HasUnknown(group)) continue;
      const std::optional<DimensionId> own = definition_.levels[goal.level].dimension;
      if (goal.value.has_value() && group.at(*own) != *goal.value) continue;
      const Window* window = goal.window.has_value() ? &*goal.window : nullptr;
      const Scope scope{.level = goal.level, .group = group, .window = window};
      const double value = Value(goal.kpi, scope, Statistic::kValue);
      double met = goal.higher_is_better ? value >= target : value <= target;
      if (std::isnan(value)) met = kUndefined;
      Put("sales_goal_target", labels, {.value = target});
      Put("sales_goal_value", labels, {.value = value});
      Put("sales_goal_met", labels, {.value = met});
    }
  }
}

void Evaluation::AddAlerts() {
  for (const Alert& alert : definition_.alerts) {
    const Kpi& kpi = definition_.kpis[alert.kpi];
    const std::string first =
        absl::StrCat("alert=\"", alert.name, "\",severity=\"",
                     alert.severity == Severity::kPage ? "page" : "ticket", "\",receiver=\"",
                     alert.receiver, "\",kpi=\"", kpi.name, "\"");
    std::vector<Watched> all;
    for (const LevelId level : alert.per) {
      for (const auto& [group, labels] : GroupsOf(level, kpi.split, first)) {
        if (HasUnknown(group)) continue;
        const std::optional<DimensionId> own = definition_.levels[level].dimension;
        if (alert.only_value.has_value() && group.at(*own) != *alert.only_value) continue;
        const Window* window = alert.window.has_value() ? &*alert.window : nullptr;
        const std::string containing =
            own.has_value() ? ContainingLabels(definition_, *own, group.at(*own)) : "";
        all.push_back({{.level = level, .group = group, .window = window}, labels, containing});
      }
    }
    double outcomes_per_day = 0;
    if (alert.kind == AlertKind::kCusum) {
      for (const Watched& one : all) outcomes_per_day += OutcomesPerDay(alert, one);
    }
    for (const Watched& one : all) AddAlert(alert, one, outcomes_per_day);
  }
}

void Evaluation::AddAlert(const Alert& alert, const Watched& watched, double outcomes_per_day) {
  const KpiKind kind = definition_.kpis[alert.kpi].kind;
  std::map<std::string, double> shown;
  shown["value"] = Value(alert.kpi, watched.scope, Statistic::kValue);
  if (kind == KpiKind::kShare) {
    shown["successes"] = Value(alert.kpi, watched.scope, Statistic::kTotal);
  }
  if (kind == KpiKind::kShare || kind == KpiKind::kDurations) {
    shown["outcomes"] = Value(alert.kpi, watched.scope, Statistic::kCount);
  }
  if (alert.baseline.has_value()) shown["baseline"] = UsualOf(alert, watched, *alert.window);
  if (alert.kind == AlertKind::kCusum) shown["score"] = kUndefined;
  bool active = Judge(alert, watched, outcomes_per_day, shown);
  if (shown.count("outcomes") != 0 && shown["outcomes"] < alert.outcomes_min) active = false;
  if (alert.baseline.has_value() && kind != KpiKind::kSum) {
    Scope before = watched.scope;
    before.before = before.window;
    before.window = &*alert.baseline;
    const bool count = kind == KpiKind::kCount;
    const double outcomes = Value(alert.kpi, before, count ? Statistic::kValue : Statistic::kCount);
    if (outcomes < alert.baseline_outcomes_min) active = false;
  }
  shown["active"] = active ? 1 : 0;
  for (const auto& [name, value] : shown) {
    Put("sales_alert_" + name, watched.labels + watched.containing,
        {.value = value, .tolerance = 1e-9});
  }
}

double Evaluation::Length(const Scope& scope) const {
  const Span span = Minutes(scope);
  return static_cast<double>(span.end - span.begin) / (24 * 60);
}

// What the baseline lets expect of `window`.
double Evaluation::UsualOf(const Alert& alert, const Watched& watched, const Window& window) {
  Scope before = watched.scope;
  before.before = before.window;
  before.window = &*alert.baseline;
  const double value = Value(alert.kpi, before, Statistic::kValue);
  const KpiKind kind = definition_.kpis[alert.kpi].kind;
  if (kind != KpiKind::kCount && kind != KpiKind::kSum) return value;
  Scope now = watched.scope;
  now.window = &window;
  return value * Length(now) / Length(before);
}

bool Evaluation::Judge(const Alert& alert, const Watched& watched, double outcomes_per_day,
                       std::map<std::string, double>& shown) {
  const KpiKind kind = definition_.kpis[alert.kpi].kind;
  const auto beyond = [&](double value, double bound) {
    return alert.below ? value < bound : value > bound;
  };
  const double sure =
      kind == KpiKind::kShare
          ? Value(alert.kpi, watched.scope, alert.below ? Statistic::kUpper : Statistic::kLower)
          : shown["value"];
  double& threshold = shown["threshold"];
  if (alert.kind == AlertKind::kBound) {
    threshold = alert.bound;
    return beyond(shown["value"], threshold);
  }
  if (alert.kind == AlertKind::kOfOwn) {
    threshold = alert.bound * shown["baseline"];
    return beyond(shown["value"], threshold);
  }
  if (alert.kind == AlertKind::kGoal) {
    const Goal& goal = definition_.goals[*alert.goal];
    const std::string labels = watched.labels.substr(watched.labels.find("kpi="));
    threshold =
        series_.at(absl::StrCat("sales_goal_target{goal=\"", goal.name, "\",", labels, "}")).value;
    return beyond(sure, threshold);
  }
  Scope recent = watched.scope;
  recent.window = &*alert.short_window;
  const double lately = Value(alert.kpi, recent, Statistic::kValue);
  const bool still = beyond(lately, UsualOf(alert, watched, *alert.short_window));
  if (alert.kind == AlertKind::kWilson) {
    threshold = shown["baseline"];
    return beyond(sure, threshold) && still;
  }
  if (alert.kind == AlertKind::kPoisson) {
    threshold = RareCount(shown["baseline"], alert.below);
    return (beyond(shown["value"], threshold) || shown["value"] == threshold) && still;
  }
  return JudgeSequence(alert, watched, outcomes_per_day, shown) && still;
}

// A CUSUM outcome by outcome: an alarm stands until the latest quarter is as good as usual again.
bool Evaluation::JudgeSequence(const Alert& alert, const Watched& watched, double outcomes_per_day,
                               std::map<std::string, double>& shown) {
  double& threshold = shown["threshold"];
  threshold = kUndefined;
  const double usual = alert.below ? shown["baseline"] : 1 - shown["baseline"];
  double changed = usual / (2 - usual);
  if (alert.change_to.has_value()) {
    changed = alert.below ? *alert.change_to : 1 - *alert.change_to;
  }
  if (!(changed > 0 && changed < usual && usual < 1)) return false;
  const double up = std::log((1 - changed) / (1 - usual));
  const double down = std::log(usual / changed);
  if (alert.threshold.has_value()) {
    threshold = *alert.threshold;
  } else {
    Scope before = watched.scope;
    before.before = before.window;
    before.window = &*alert.baseline;
    threshold = Threshold(usual, up, down, Value(alert.kpi, before, Statistic::kCount),
                          outcomes_per_day / alert.false_pages_per_day);
  }
  bool alarm = false;
  double score = 0;
  const std::vector<Fact> outcomes = OutcomesOf(alert, watched);
  const Span window = Minutes(watched.scope);
  const bool last = IsLast(alert.window);
  for (size_t at = 0; at < outcomes.size(); ++at) {
    const int64_t minute = MinuteHolding(outcomes[at].time);
    const bool inside = last ? at + alert.window->count >= outcomes.size() : minute >= window.begin;
    if (!inside) continue;
    score = std::max(0.0, score + (outcomes[at].success == alert.below ? -down : up));
    if (!alarm) {
      alarm = score >= threshold - 1e-9;
      continue;
    }
    int count = 0;
    int wanted = 0;
    const int64_t from = last ? 0 : civil_.Resolve(*alert.short_window, minute + 1).begin;
    for (size_t each = at + 1; each-- > 0;) {
      if (last && count == alert.short_window->count) break;
      if (!last && MinuteHolding(outcomes[each].time) < from) break;
      ++count;
      wanted += outcomes[each].success == alert.below ? 1 : 0;
    }
    if (wanted < usual * count) continue;
    alarm = false;
    score = 0;
  }
  shown["score"] = score;
  return alarm;
}

// All outcomes up to now in order of time.
std::vector<Fact> Evaluation::OutcomesOf(const Alert& alert, const Watched& watched) {
  const Span span = Minutes(watched.scope);
  std::vector<Fact> found;
  for (const Fact& fact : facts_.At(*definition_.kpis[alert.kpi].outcomes_term)) {
    if (MinuteHolding(fact.time) >= span.end) continue;
    if (InGroup(fact.combination, watched.scope.group)) found.push_back(fact);
  }
  return found;
}

double Evaluation::OutcomesPerDay(const Alert& alert, const Watched& watched) {
  if (IsLast(alert.window)) {
    std::vector<Fact> all = OutcomesOf(alert, watched);
    const size_t most = int64_t{alert.window->count} + alert.baseline->count;
    if (all.size() > most) all.erase(all.begin(), all.end() - static_cast<int64_t>(most));
    if (all.empty()) return 0;
    const double micros =
        static_cast<double>(Minutes(watched.scope).end * kMicrosInMinute - all.front().time);
    return static_cast<double>(all.size()) / (micros / (24.0 * 60 * kMicrosInMinute));
  }
  Scope before = watched.scope;
  before.before = before.window;
  before.window = &*alert.baseline;
  return std::max(Value(alert.kpi, watched.scope, Statistic::kCount) / Length(watched.scope),
                  Value(alert.kpi, before, Statistic::kCount) / Length(before));
}

}  // namespace takt::oracle
