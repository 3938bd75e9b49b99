#include "engine/settings/alert_condition.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/definition/cusum_design.h"
#include "engine/settings/nearest.h"
#include "engine/settings/watch_values.h"

namespace takt {
namespace {

constexpr const char* kConditions[] = {"below", "above", "falls_below", "rises_above", "behind"};
constexpr double kDaysPerYear = 365.25;
constexpr int kOutcomesMinDefault = 30;
constexpr int kOutcomesMinMax = 100'000;
constexpr int kWindowsPerBaseline = 3;

struct BudgetPeriod {
  const char* name;
  double days;
};
constexpr BudgetPeriod kPeriods[] = {{"day", 1},
                                     {"week", 7},
                                     {"month", kDaysPerYear / 12},
                                     {"quarter", kDaysPerYear / 4},
                                     {"year", kDaysPerYear}};

bool IsLast(const Window& window) { return window.kind == Window::Kind::kLast; }

// Outcomes of `last n`, minutes of days and hours; nothing for windows that do not roll.
std::optional<int64_t> LengthOf(const Window& window) {
  switch (window.kind) {
    case Window::Kind::kMinutes:
    case Window::Kind::kLast:
      return window.count;
    case Window::Kind::kDays:
      return int64_t{window.count} * 24 * 60;
    case Window::Kind::kPeriod:
    case Window::Kind::kPreviousPeriod:
    case Window::Kind::kAll:
      return std::nullopt;
  }
  return std::nullopt;
}

// A rolling window of the same kind and another count.
Window WithCount(const Window& window, int32_t count) {
  const char* unit = window.kind == Window::Kind::kDays ? "d" : "m";
  Window other = window;
  other.count = std::max(count, 1);
  other.label =
      IsLast(window) ? absl::StrCat("last ", other.count) : absl::StrCat(other.count, unit);
  return other;
}

class ConditionReader {
 public:
  ConditionReader(KpiCompilation& kpis, const Node& node, Alert& alert)
      : kpis_(kpis), node_(node), alert_(alert) {}

  bool Read() {
    const Node* condition = FindCondition();
    if (condition == nullptr) return false;
    if (condition->key == "behind") return ReadBehind(*condition) && ReadRest();
    const std::optional<KpiId> kpi = FindWatchedKpi(kpis_, node_);
    if (!kpi.has_value() || condition->bad) return false;
    alert_.kpi = *kpi;
    alert_.below = condition->key == "below" || condition->key == "falls_below";
    const bool falls = condition->key == "falls_below" || condition->key == "rises_above";
    const std::pair<std::string, std::string> own = absl::StrSplit(condition->text, "own ");
    const bool has_own = absl::StrContains(condition->text, "own ");
    if (!has_own && falls) {
      return Fail(*condition, absl::StrCat("is against the own past: own 90d; for a value say `",
                                           alert_.below ? "below" : "above", "`"));
    }
    if (has_own && !ReadBaseline(*condition, own.second)) return false;
    if (!has_own && !ReadWatchedWindow(kpis_, alert_.kpi, node_, alert_.window)) return false;
    const absl::string_view factor = absl::StripAsciiWhitespace(own.first);
    if (falls) return ReadShift(*condition, factor) && ReadRest();
    return (has_own ? ReadOfOwn(*condition, factor) : ReadBound(*condition)) && ReadRest();
  }

 private:
  const Kpi& kpi() { return kpis_.kpi(alert_.kpi); }

  bool Fail(const Node& at, std::string text) {
    Error(kpis_.problems(), at, std::move(text));
    return false;
  }

  const Node* FindCondition() {
    const Node* found = nullptr;
    for (const char* key : kConditions) {
      const Node* entry = node_.Find(key);
      if (entry == nullptr) continue;
      if (found != nullptr) {
        KeyError(kpis_.problems(), *entry,
                 absl::StrCat("`", entry->key, "` does not go with `", found->key, "`"));
        return nullptr;
      }
      found = entry;
    }
    if (found == nullptr && !node_.HasBad()) {
      KeyError(kpis_.problems(), node_,
               "say one of below, above, falls_below, rises_above or behind");
    }
    return found;
  }

  bool ReadBehind(const Node& condition) {
    if (condition.bad) return false;
    std::vector<std::string> names;
    for (const Goal& goal : kpis_.definition().goals) names.push_back(goal.name);
    const auto found = std::find(names.begin(), names.end(), condition.text);
    for (const char* key : {"kpi", "over", "per"}) {
      if (const Node* entry = node_.Find(key)) {
        KeyError(kpis_.problems(), *entry,
                 absl::StrCat("`", key, "` does not go with `behind`: the goal says it"));
        return false;
      }
    }
    if (found == names.end()) {
      // A goal that is wrong was told already.
      const Node* goals = kpis_.compilation.root.Get("goals");
      if (goals != nullptr && goals->Has(condition.text)) return false;
      return Fail(condition, UnknownName("goal", condition.text, names));
    }
    const auto id = static_cast<GoalId>(found - names.begin());
    const Goal& goal = kpis_.definition().goals[id];
    alert_.kind = AlertKind::kGoal;
    alert_.goal = id;
    alert_.kpi = goal.kpi;
    alert_.window = goal.window;
    alert_.per = {goal.level};
    alert_.only_value = goal.value;
    alert_.below = goal.higher_is_better;
    return true;
  }

  bool ReadBound(const Node& condition) {
    const std::optional<double> bound = ReadAmount(kpis_, alert_.kpi, node_, condition.key);
    if (!bound.has_value()) return false;
    alert_.kind = AlertKind::kBound;
    alert_.bound = *bound;
    return true;
  }

  bool ReadOfOwn(const Node& condition, absl::string_view factor) {
    const bool of = absl::ConsumeSuffix(&factor, "of");
    const std::optional<double> bound = ParseFactor(absl::StripAsciiWhitespace(factor));
    if (!of || !bound.has_value()) {
      return Fail(condition,
                  absl::StrCat("\"", condition.text, "\" is not like \"80% of own 90d\""));
    }
    alert_.kind = AlertKind::kOfOwn;
    alert_.bound = *bound;
    return true;
  }

  bool ReadShift(const Node& condition, absl::string_view factor) {
    if (!factor.empty()) {
      return Fail(condition, absl::StrCat("\"", condition.text,
                                          "\" is not like \"own 90d\"; a part of it goes with `",
                                          alert_.below ? "below" : "above", "`"));
    }
    const bool share = kpi().kind == KpiKind::kShare;
    if (!share && kpi().kind != KpiKind::kCount) {
      return Fail(condition, absl::StrCat("goes with shares and counts; say `",
                                          alert_.below ? "below: 80%" : "above: 125%", " of ",
                                          condition.text, "`"));
    }
    alert_.short_window = WithCount(*alert_.window, (alert_.window->count + 3) / 4);
    alert_.kind = share ? AlertKind::kWilson : AlertKind::kPoisson;
    return ReadCusum();
  }

  bool ReadBaseline(const Node& condition, absl::string_view text) {
    if (kpi().kind == KpiKind::kFormula || !kpi().windowed ||
        kpis_.works[alert_.kpi].distinct.has_value()) {
      return Fail(condition,
                  absl::StrCat("\"", kpi().name, "\" has no own past to compare with: only ",
                               "counts, sums, shares and durations over windows have one"));
    }
    const absl::StatusOr<Window> baseline = ParseWindow(text);
    if (!baseline.ok()) return Fail(condition, std::string(baseline.status().message()));
    const std::optional<int64_t> length = LengthOf(*baseline);
    if (!length.has_value()) {
      return Fail(condition, absl::StrCat("a baseline rolls: 90d, 2000h or last 400, not ", text));
    }
    if (!node_.Has("over")) {
      alert_.window = WithCount(*baseline, baseline->count / kWindowsPerBaseline);
    } else if (!ReadWatchedWindow(kpis_, alert_.kpi, node_, alert_.window)) {
      return false;
    }
    if (IsLast(*baseline) && kpi().kind != KpiKind::kShare) {
      return Fail(condition, absl::StrCat("\"", text, "\" goes with shares"));
    }
    const std::optional<int64_t> window = LengthOf(*alert_.window);
    const Node& over = node_.Get("over") == nullptr ? condition : *node_.Get("over");
    if (!window.has_value() || IsLast(*alert_.window) != IsLast(*baseline)) {
      return Fail(over, absl::StrCat("the window \"", alert_.window->label,
                                     "\" does not go with the baseline \"", baseline->label,
                                     "\": both are lengths of time, or both `last n`"));
    }
    if (*length < kWindowsPerBaseline * *window) {
      return Fail(
          condition,
          absl::StrCat("the baseline ", baseline->label, " is shorter than three windows of ",
                       alert_.window->label, ": take a longer one, or a shorter window"));
    }
    alert_.baseline = *baseline;
    return true;
  }

  bool ReadCusum() {
    const Node* budget = node_.Get("false_pages");
    const Node* threshold = node_.Get("threshold");
    if (budget == nullptr && threshold == nullptr) return true;
    if (budget != nullptr && threshold != nullptr) {
      KeyError(kpis_.problems(), *threshold, "`threshold` does not go with `false_pages`");
      return false;
    }
    const Node& node = budget != nullptr ? *budget : *threshold;
    if (kpi().kind != KpiKind::kShare) return Fail(node, "goes with shares alone");
    alert_.kind = AlertKind::kCusum;
    if (threshold != nullptr && !ReadThreshold(*threshold)) return false;
    if (budget != nullptr && !ReadBudget(*budget)) return false;
    return ReadChange() && (budget == nullptr || CheckBudget(*budget));
  }

  bool ReadThreshold(const Node& node) {
    double threshold = 0;
    if (!absl::SimpleAtod(node.text, &threshold) || !(threshold > 0) || threshold > 1000) {
      return Fail(node, absl::StrCat("\"", node.text, "\" is not a score above 0, such as 5"));
    }
    alert_.threshold = threshold;
    return true;
  }

  // "1 per quarter"
  bool ReadBudget(const Node& node) {
    const std::vector<std::string> words = absl::StrSplit(node.text, ' ', absl::SkipEmpty());
    std::vector<std::string> names;
    double days = 0;
    for (const BudgetPeriod& period : kPeriods) {
      names.push_back(period.name);
      if (words.size() == 3 && words[2] == period.name) days = period.days;
    }
    double pages = 0;
    if (words.size() != 3 || words[1] != "per" || !absl::SimpleAtod(words[0], &pages) ||
        !std::isfinite(pages)) {
      return Fail(node, absl::StrCat("\"", node.text, "\" is not like \"1 per quarter\""));
    }
    if (days == 0) return Fail(node, UnknownName("period", words[2], names));
    if (!(pages > 0)) {
      return Fail(node, absl::StrCat("no threshold keeps to ", node.text,
                                     ": any test errs now and then; say how often is bearable"));
    }
    alert_.false_pages_per_day = pages / days;
    return true;
  }

  bool ReadChange() {
    const Node* to = node_.Get("to");
    if (to == nullptr) return !node_.Has("to");
    alert_.change_to = ReadAmount(kpis_, alert_.kpi, node_, "to");
    if (!alert_.change_to.has_value()) return false;
    if (*alert_.change_to > 0 && *alert_.change_to < 1) return true;
    return Fail(*to, "a change to 0 or 1 cannot be designed for: say a ratio between them");
  }

  // Over `last n` the score can come to n steps up at most. Is that enough for any usual ratio, if n
  // outcomes take a year, which is as slow as anything worth a page?
  bool CheckBudget(const Node& node) {
    if (!IsLast(*alert_.window)) return true;
    const double n = alert_.window->count;
    const double outcomes = n / kDaysPerYear / alert_.false_pages_per_day;
    for (int percent = 1; percent < 100; ++percent) {
      const double usual = percent / 100.0;
      double changed = AtOdds(usual, 0.5);
      if (alert_.change_to.has_value()) {
        changed = alert_.below ? *alert_.change_to : 1 - *alert_.change_to;
      }
      const std::optional<CusumSteps> steps = StepsFor(usual, changed);
      if (!steps.has_value()) continue;
      const std::optional<double> least =
          ThresholdFor(*steps, {usual, static_cast<double>(alert_.baseline->count), outcomes});
      if (least.has_value() && *least <= n * steps->up) return true;
    }
    return Fail(node, absl::StrCat("no threshold over ", alert_.window->label, " keeps to ",
                                   node.text, ": more than ", alert_.window->count,
                                   " failures in a row would be needed; take a longer window"));
  }

  bool ReadRest() {
    if (alert_.kind != AlertKind::kCusum) {
      for (const char* key : {"false_pages", "threshold", "to"}) {
        const Node* entry = node_.Find(key);
        if (entry == nullptr) continue;
        KeyError(
            kpis_.problems(), *entry,
            absl::StrCat("`", key, "` goes with the fall or rise of a share against its own past",
                         key == std::string("to") ? " and with `false_pages` or `threshold`" : ""));
        return false;
      }
    }
    return ReadOutcomesMin();
  }

  bool ReadOutcomesMin() {
    const bool has_outcomes = kpi().kind == KpiKind::kShare || kpi().kind == KpiKind::kDurations;
    const bool counted = kpi().kind == KpiKind::kCount && alert_.baseline.has_value();
    const Node* node = node_.Find("min_outcomes");
    if (!has_outcomes && !counted) {
      if (node == nullptr) return true;
      KeyError(kpis_.problems(), *node,
               absl::StrCat("\"", kpi().name, "\" has no outcomes to count"));
      return false;
    }
    int least = kOutcomesMinDefault;
    if (node != nullptr && (node->bad || !absl::SimpleAtoi(node->text, &least) || least < 1 ||
                            least > kOutcomesMinMax)) {
      return node->bad ? false : Fail(*node, absl::StrCat("must be from 1 to ", kOutcomesMinMax));
    }
    if (alert_.window.has_value() && IsLast(*alert_.window) && least > alert_.window->count) {
      const Node& at = node == nullptr ? node_ : *node;
      KeyError(kpis_.problems(), at,
               absl::StrCat("over ", alert_.window->label, " there are never ", least,
                            " outcomes: say a smaller min_outcomes"));
      return false;
    }
    alert_.outcomes_min = least;
    alert_.baseline_outcomes_min = has_outcomes ? kWindowsPerBaseline * least : least;
    return true;
  }

  KpiCompilation& kpis_;
  const Node& node_;
  Alert& alert_;
};

}  // namespace

bool CompileCondition(KpiCompilation& kpis, const Node& node, Alert& alert) {
  return ConditionReader(kpis, node, alert).Read();
}

}  // namespace takt
