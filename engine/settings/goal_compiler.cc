#include "engine/settings/goal_compiler.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/settings/dimension_compiler.h"
#include "engine/settings/nearest.h"
#include "engine/settings/values.h"
#include "engine/settings/watch_values.h"

namespace takt {
namespace {

constexpr size_t kGoalsMax = 1000;

class GoalReader {
 public:
  GoalReader(KpiCompilation& kpis, const Node& node) : kpis_(kpis), node_(node) {}

  std::optional<Goal> Read() {
    const std::optional<KpiId> kpi = FindWatchedKpi(kpis_, node_);
    for (const char* key : {"to", "by"}) {
      if (!node_.Has(key)) Say(node_, absl::StrCat("needs `", key, "`"));
    }
    if (!kpi.has_value()) return std::nullopt;
    goal_.name = node_.key;
    goal_.kpi = *kpi;
    const bool read = ReadWatchedWindow(kpis_, *kpi, node_, goal_.window);
    if (!ReadFor() || !ReadLine() || !ReadDates() || !read || node_.HasBad()) return std::nullopt;
    return std::move(goal_);
  }

 private:
  void Say(const Node& at, std::string text) { KeyError(kpis_.problems(), at, std::move(text)); }

  // "region", "region north"
  bool ReadFor() {
    const Node* node = node_.Get("for");
    if (node == nullptr) return true;
    const std::pair<std::string, std::string> words =
        absl::StrSplit(absl::StripAsciiWhitespace(node->text), absl::MaxSplits(' ', 1));
    Node level_node = *node;
    level_node.text = words.first;
    const std::optional<LevelId> level = FindLevel(kpis_.compilation, level_node);
    if (!level.has_value()) return false;
    goal_.level = *level;
    if (words.second.empty()) return true;
    const std::optional<DimensionId> dimension = kpis_.definition().levels[*level].dimension;
    if (!dimension.has_value()) {
      Error(kpis_.problems(), *node, absl::StrCat("\"", words.first, "\" has no values"));
      return false;
    }
    const Dimension& values = kpis_.definition().dimensions[*dimension];
    const auto found = values.value_ids.find(words.second);
    if (found == values.value_ids.end() || found->second == values.unknown()) {
      Error(kpis_.problems(), *node, UnknownName(words.first, words.second, values.values));
      return false;
    }
    goal_.value = found->second;
    return true;
  }

  bool ReadLine() {
    const std::optional<double> to = ReadAmount(kpis_, goal_.kpi, node_, "to");
    const std::optional<double> from = ReadAmount(kpis_, goal_.kpi, node_, "from");
    if (!to.has_value() || (node_.Has("from") && !from.has_value())) return false;
    goal_.to = *to;
    goal_.from = from.value_or(*to);
    goal_.higher_is_better = goal_.to >= goal_.from;
    const Node* better = node_.Get("better");
    if (better != nullptr) goal_.higher_is_better = better->text == "higher";
    return true;
  }

  bool ReadDates() {
    const Node* by = node_.Get("by");
    if (by == nullptr) return false;
    const absl::StatusOr<absl::CivilDay> end = ParseDate(by->text);
    if (!end.ok()) return false;
    goal_.by = *end;
    const Calendar& calendar = kpis_.definition().calendar;
    const Minute year =
        calendar.PeriodAt(Period::kFiscalYear, calendar.StartOf(goal_.by - 1)).begin;
    goal_.since = calendar.CivilDayOf(year);
    if (const Node* since = node_.Get("since")) {
      const absl::StatusOr<absl::CivilDay> start = ParseDate(since->text);
      if (!start.ok()) return false;
      goal_.since = *start;
    }
    if (goal_.since < goal_.by) return true;
    Error(kpis_.problems(), *by,
          absl::StrCat(by->text, " is not after the start of the goal, ",
                       absl::FormatCivilTime(goal_.since)));
    return false;
  }

  KpiCompilation& kpis_;
  const Node& node_;
  Goal goal_;
};

}  // namespace

void CompileGoals(KpiCompilation& kpis, RowDemand& demand) {
  const Node* section = kpis.compilation.root.Get("goals");
  if (section == nullptr) return;
  for (const Node& entry : section->items) {
    if (entry.bad) continue;
    if (kpis.definition().goals.size() == kGoalsMax) {
      return KeyError(kpis.problems(), entry, absl::StrCat("more than ", kGoalsMax, " goals"));
    }
    std::optional<Goal> goal = GoalReader(kpis, entry).Read();
    if (!goal.has_value()) continue;
    demand.AddWatched(entry, goal->kpi, {goal->window, goal->level});
    kpis.definition().goals.push_back(*std::move(goal));
  }
}

}  // namespace takt
