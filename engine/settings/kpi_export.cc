#include "engine/settings/kpi_export.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/settings/alert_compiler.h"
#include "engine/settings/dimension_compiler.h"
#include "engine/settings/formula_compiler.h"
#include "engine/settings/goal_compiler.h"
#include "engine/settings/row_demand.h"

namespace takt {
namespace {

constexpr uint64_t kRowsMax = 20'000'000;

template <typename T>
void AppendOnce(std::vector<T>& values, const T& value) {
  if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
}

// over, per and split of one KPI.
class ExportReader {
 public:
  ExportReader(KpiCompilation& kpis, KpiId id)
      : kpis_(kpis), id_(id), kpi_(kpis.kpi(id)), node_(*kpis.works[id].node) {}

  void Read() {
    ReadSplit();
    ReadOver();
    ReadPer();
    kpi_.exported = node_.Has("over") || node_.Has("per");
    if (!kpi_.exported) return;
    if (kpi_.per.empty()) kpi_.per.push_back(0);
    if (kpi_.windowed && !node_.Has("over")) {
      KeyError(kpis_.problems(), node_, "needs `over`: the windows, such as [28d, month]");
    }
    if (!kpi_.windowed && node_.Has("over") && kpi_.kind != KpiKind::kLevel &&
        kpi_.kind != KpiKind::kAge) {
      KeyError(kpis_.problems(), *node_.Find("over"),
               "is made of levels, which have no window: leave `over` out");
    }
  }

 private:
  void ReadOver() {
    const Node* over = node_.Get("over");
    if (over == nullptr || !kpi_.windowed) return;
    for (const Node* each : over->Many()) {
      const absl::StatusOr<Window> window = ParseWindow(each->text);
      if (!window.ok()) continue;
      const bool parts = kpi_.kind == KpiKind::kShare || kpi_.kind == KpiKind::kFormula;
      if (window->kind == Window::Kind::kLast && !parts) {
        Error(kpis_.problems(), *each,
              absl::StrCat("\"", each->text,
                           "\" goes with shares: say it at a share of this KPI, "
                           "which shows its parts too"));
        continue;
      }
      const auto same = [&](const Window& other) { return other.label == window->label; };
      if (std::any_of(kpi_.over.begin(), kpi_.over.end(), same)) {
        Error(kpis_.problems(), *each,
              absl::StrCat("the window \"", each->text, "\" stands twice"));
        continue;
      }
      kpi_.over.push_back(*window);
    }
  }

  void ReadPer() {
    const Node* per = node_.Get("per");
    if (per == nullptr) return;
    for (const Node* each : per->Many()) {
      const auto level = FindLevel(kpis_.compilation, *each);
      if (!level.has_value()) continue;
      const auto dimension = kpis_.definition().levels[*level].dimension;
      const bool split = dimension.has_value() && std::find(kpi_.split.begin(), kpi_.split.end(),
                                                            *dimension) != kpi_.split.end();
      if (split) {
        Error(kpis_.problems(), *each,
              absl::StrCat("\"", each->text, "\" stands in `split` and in `per`"));
      } else {
        AppendOnce(kpi_.per, *level);
      }
    }
  }

  void ReadSplit() {
    const Node* split = node_.Get("split");
    if (split == nullptr) return;
    for (const Node* each : split->Many()) {
      const auto dimension = FindDimension(kpis_.compilation, *each);
      if (!dimension.has_value()) continue;
      const Dimension& found = kpis_.definition().dimensions[*dimension];
      const bool built_in =
          found.kind == Dimension::Kind::kStage || found.kind == Dimension::Kind::kPipeline;
      const std::optional<RowsOf>& rows = kpis_.works[id_].rows;
      if (built_in && rows.has_value() && rows->object != found.object) {
        Error(kpis_.problems(), *each,
              absl::StrCat("\"", each->text, "\" is of ",
                           kpis_.definition().objects[found.object].name, ", this KPI of ",
                           kpis_.definition().objects[rows->object].name));
        continue;
      }
      AppendOnce(kpi_.split, *dimension);
    }
  }

  KpiCompilation& kpis_;
  KpiId id_;
  Kpi& kpi_;
  const Node& node_;
};

// A part of a share, exported for the share's windows and levels. A share that is split by other
// dimensions than its part gets a part of its own, named part_by_dimension: one series must not stand
// beside its own total.
KpiId PartFor(KpiCompilation& kpis, KpiId share, KpiId part) {
  const std::vector<DimensionId> split = kpis.kpi(share).split;
  if (kpis.kpi(part).split == split) return part;
  std::string name = kpis.kpi(part).name;
  if (split.empty()) absl::StrAppend(&name, "_in_all");
  for (size_t i = 0; i < split.size(); ++i) {
    absl::StrAppend(&name, i == 0 ? "_by_" : "_", kpis.definition().dimensions[split[i]].name);
  }
  const auto [found, is_new] = kpis.definition().kpi_ids.try_emplace(
      name, static_cast<KpiId>(kpis.definition().kpis.size()));
  if (!is_new) return found->second;
  Kpi derived = kpis.kpi(part);
  derived.name = name;
  derived.split = split;
  derived.exported = false;
  derived.over.clear();
  derived.per.clear();
  KpiWork work = kpis.works[part];
  work.node = kpis.works[share].node;
  kpis.definition().kpis.push_back(std::move(derived));
  kpis.works.push_back(std::move(work));
  return found->second;
}

void ExportPart(KpiCompilation& kpis, KpiId share, KpiId part, bool numerator) {
  const Kpi& whole = kpis.kpi(share);
  Kpi& kpi = kpis.kpi(part);
  kpi.exported = true;
  for (const Window& window : whole.over) {
    const bool last = window.kind == Window::Kind::kLast;
    if (last && !whole.outcomes_term.has_value()) continue;
    AppendOnce(kpi.over, window);
    if (!last) continue;
    const bool taken =
        kpi.outcomes_term.has_value() &&
        (*kpi.outcomes_term != *whole.outcomes_term || kpi.counts_successes != numerator);
    // Two denominators of equal moments differ in successes alone, and are counted alike.
    if (taken && (numerator || kpi.counts_successes)) {
      KeyError(kpis.problems(), *kpis.works[share].node,
               absl::StrCat("\"", kpi.name, "\" is already a part of another share over ",
                            window.label, ": give this share a part of its own"));
      continue;
    }
    if (!kpi.outcomes_term.has_value()) kpi.outcomes_term = whole.outcomes_term;
    kpi.counts_successes = numerator;
  }
  for (const LevelId level : whole.per) AppendOnce(kpi.per, level);
}

void ExportParts(KpiCompilation& kpis) {
  const size_t written = kpis.works.size();
  for (size_t i = 0; i < written; ++i) {
    const auto id = static_cast<KpiId>(i);
    if (kpis.works[i].broken || kpis.kpi(id).kind != KpiKind::kShare) continue;
    const auto is_last = [](const Window& window) { return window.kind == Window::Kind::kLast; };
    const std::vector<Window>& over = kpis.kpi(id).over;
    if (std::any_of(over.begin(), over.end(), is_last)) {
      EnsureOutcomes(kpis, id, *kpis.works[i].node);
    }
    if (!kpis.kpi(id).exported) continue;
    const KpiId numerator = PartFor(kpis, id, kpis.kpi(id).numerator);
    const KpiId denominator = PartFor(kpis, id, kpis.kpi(id).denominator);
    kpis.kpi(id).numerator = numerator;
    kpis.kpi(id).denominator = denominator;
    if (numerator != denominator) ExportPart(kpis, id, numerator, true);
    ExportPart(kpis, id, denominator, false);
  }
}

void CheckFamilies(KpiCompilation& kpis) {
  std::map<std::string, std::string> owners;
  for (size_t i = 0; i < kpis.works.size(); ++i) {
    const Kpi& kpi = kpis.kpi(static_cast<KpiId>(i));
    if (!kpi.exported) continue;
    for (const LevelId level : kpi.per) {
      for (const std::string& name : FamilyNames(kpi, kpis.definition().levels[level])) {
        if (absl::StartsWith(name, "sales_alert_") || absl::StartsWith(name, "sales_goal_")) {
          KeyError(
              kpis.problems(), *kpis.works[i].node,
              absl::StrCat("the series ", name,
                           " would begin like those of alerts and goals: rename the dimension"));
          continue;
        }
        const auto [found, is_new] = owners.try_emplace(name, kpi.name);
        if (is_new || found->second == kpi.name) continue;
        KeyError(kpis.problems(), *kpis.works[i].node,
                 absl::StrCat("the series ", name, " would also be one of \"", found->second,
                              "\": rename one of them"));
      }
    }
  }
}

std::string MadeHelp(const KpiCompilation& kpis, size_t index) {
  const Definition& definition = kpis.compilation.definition;
  const Kpi& kpi = definition.kpis[index];
  const Node& node = *kpis.works[index].node;
  const auto text = [&](const char* key, const char* joined_by = " or ") {
    std::vector<std::string> words;
    if (const Node* entry = node.Get(key)) {
      for (const Node* each : entry->Many()) words.push_back(each->text);
    }
    return absl::StrJoin(words, joined_by);
  };
  const auto at = [&](const char* fallback) {
    const std::string moments = text("at");
    return moments.empty() ? std::string(fallback) : moments;
  };
  switch (kpi.kind) {
    case KpiKind::kCount:
      return absl::StrCat("Number of ", kpis.works[index].noun, "s by ", at("first moment"), ".");
    case KpiKind::kSum:
      return absl::StrCat("Sum of ", text("sum"), " by ", at("first moment"), ".");
    case KpiKind::kLevel:
    case KpiKind::kAge:
      return absl::StrCat("Now: ", text("level"), node.Has("while") ? " while " : "",
                          text("while", " and "), ".");
    case KpiKind::kDurations:
      return absl::StrCat("Time from ", node.Has("from") ? text("from") : "the start", " to ",
                          text("to"), ".");
    case KpiKind::kShare:
      return absl::StrCat("Share: ", text("share"), " of ", text("of"), ".");
    case KpiKind::kFormula:
      return absl::StrCat("Computed: ", text("formula"), ".");
  }
  return "";
}

void WriteHelp(KpiCompilation& kpis) {
  for (size_t i = 0; i < kpis.works.size(); ++i) {
    if (kpis.works[i].broken) continue;
    Kpi& kpi = kpis.kpi(static_cast<KpiId>(i));
    // A derived part stands beside the share that it was made for and says nothing of its own.
    const bool derived = kpi.name != kpis.works[i].node->key;
    const Node* help = derived ? nullptr : kpis.works[i].node->Get("help");
    if (help != nullptr) {
      kpi.help = help->text;
    } else if (derived) {
      kpi.help = absl::StrCat("Part of ", kpis.works[i].node->key, ".");
    } else {
      kpi.help = MadeHelp(kpis, i);
    }
    std::replace(kpi.help.begin(), kpi.help.end(), '\n', ' ');
  }
}

bool CheckRows(KpiCompilation& kpis) {
  uint64_t rows = 0;
  for (const Term& term : kpis.definition().terms) {
    for (const TermRows& each : term.group_sets) {
      rows += kpis.definition().group_sets[each.group_set].size;
    }
  }
  if (rows <= kRowsMax) return true;
  kpis.problems().Error(kpis.compilation.root.Get("kpis")->key_place, "kpis",
                        absl::StrCat("all levels and splits together make ", rows,
                                     " rows of cells; at most ", kRowsMax, " are possible"));
  return false;
}

// A KPI that is wrong elsewhere: its levels and dimensions may be mistyped all the same.
void CheckNames(Compilation& compilation, const Node& node) {
  if (const Node* per = node.Get("per")) {
    for (const Node* each : per->Many()) FindLevel(compilation, *each);
  }
  if (const Node* split = node.Get("split")) {
    for (const Node* each : split->Many()) FindDimension(compilation, *each);
  }
}

}  // namespace

void ExportKpis(KpiCompilation& kpis) {
  for (size_t i = 0; i < kpis.works.size(); ++i) {
    if (kpis.works[i].broken) {
      CheckNames(kpis.compilation, *kpis.works[i].node);
    } else {
      ExportReader(kpis, static_cast<KpiId>(i)).Read();
    }
  }
  ExportParts(kpis);
  RowDemand demand(kpis);
  for (size_t i = 0; i < kpis.works.size(); ++i) {
    if (!kpis.works[i].broken) demand.AddExported(static_cast<KpiId>(i));
  }
  CompileGoals(kpis, demand);
  CompileAlerts(kpis, demand);
  WriteHelp(kpis);
  CheckFamilies(kpis);
  if (CheckRows(kpis)) NumberRows(kpis.definition());
}

std::vector<std::string> FamilyNames(const Kpi& kpi, const Level& level) {
  const std::string name = absl::StrCat("sales_", level.name, "_", kpi.name);
  if (kpi.kind == KpiKind::kShare) return {name, name + "_lower", name + "_upper"};
  if (kpi.kind == KpiKind::kDurations) {
    return {name + "_mean_seconds", name + "_p50_seconds", name + "_p90_seconds",
            name + "_outcomes"};
  }
  const Unit per_second{{{"money", 1}, {"seconds", -1}}};
  return {kpi.unit == per_second ? name + "_per_second" : name};
}

namespace {

// Of a level and a split.
uint64_t GroupCount(const Definition& definition, LevelId level,
                    const std::vector<DimensionId>& split) {
  uint64_t groups = 1;
  const auto multiply = [&](DimensionId dimension) {
    groups *= definition.dimensions[dimension].values.size();
  };
  if (definition.levels[level].dimension.has_value()) multiply(*definition.levels[level].dimension);
  for (const DimensionId dimension : split) multiply(dimension);
  return groups;
}

constexpr uint64_t kAlertSeriesMax = 7;
constexpr uint64_t kGoalSeries = 3;

}  // namespace

uint64_t CountSeries(const Definition& definition) {
  uint64_t series = 0;
  for (const Kpi& kpi : definition.kpis) {
    if (!kpi.exported) continue;
    for (const LevelId level : kpi.per) {
      const uint64_t windows = kpi.windowed ? kpi.over.size() : 1;
      series += GroupCount(definition, level, kpi.split) * windows *
                FamilyNames(kpi, definition.levels[level]).size();
    }
  }
  for (const Alert& alert : definition.alerts) {
    for (const LevelId level : alert.per) {
      series += kAlertSeriesMax * GroupCount(definition, level, definition.kpis[alert.kpi].split);
    }
  }
  for (const Goal& goal : definition.goals) {
    series += kGoalSeries * GroupCount(definition, goal.level, definition.kpis[goal.kpi].split);
  }
  return series;
}

}  // namespace takt
