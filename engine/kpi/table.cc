#include "engine/kpi/table.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/kpi/alert_text.h"
#include "engine/kpi/number_text.h"
#include "engine/kpi/text_grid.h"
#include "engine/kpi/value_text.h"

namespace takt {
namespace {

constexpr char kNow[] = "now";
constexpr size_t kCompanyWindowsMax = 3;
constexpr size_t kGroupsAcrossMax = 6;

std::string NameOf(const Definition& definition, const Family& family) {
  const Kpi& kpi = definition.kpis[family.kpi];
  std::string name = kpi.name;
  if (!family.part.empty()) absl::StrAppend(&name, " ", family.part);
  if (UnitPower(kpi.unit, "money") == 1) absl::StrAppend(&name, " ", definition.currency.code);
  return name;
}

// Parts that have a line or a column of their own.
bool IsShown(const Family& family) {
  return family.part.empty() || family.part == "mean" || family.part == "p50" ||
         family.part == "p90";
}

std::string WindowOf(const Sample& sample) {
  const std::string* window = sample.labels.Find("window");
  return window == nullptr ? kNow : *window;
}

// Without split: labels are the window and, below the company, the level's own.
bool IsPlain(const Definition& definition, const Family& family) {
  return definition.kpis[family.kpi].split.empty();
}

// Interval of a share beside its value, from the families that follow it.
std::string IntervalText(const Snapshot& snapshot, size_t family, size_t sample) {
  if (family + 2 >= snapshot.families.size()) return "";
  const Family& lower = snapshot.families[family + 1];
  const Family& upper = snapshot.families[family + 2];
  if (lower.part != "lower" || upper.part != "upper") return "";
  if (sample >= lower.samples.size() || sample >= upper.samples.size()) return "";
  const double low = lower.samples[sample].value;
  const double high = upper.samples[sample].value;
  if (std::isnan(low) || std::isnan(high)) return "";
  return absl::StrCat(" (", WithThousands(100 * low, 0), "-", WithThousands(100 * high, 0), ")");
}

// How often a word was counted; words in the order in which they came.
class Tally {
 public:
  void Count(const std::string& word) {
    for (auto& [known, count] : counts_) {
      if (known == word) return static_cast<void>(++count);
    }
    counts_.emplace_back(word, 1);
  }

  // The `n` most frequent ones, in the order in which they came.
  std::vector<std::string> Top(size_t n) const {
    std::vector<std::pair<std::string, int>> sorted = counts_;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    sorted.resize(std::min(n, sorted.size()));
    std::vector<std::string> words;
    for (const auto& each : counts_) {
      if (std::find(sorted.begin(), sorted.end(), each) != sorted.end())
        words.push_back(each.first);
    }
    return words;
  }

 private:
  std::vector<std::pair<std::string, int>> counts_;
};

// KPIs down; across: now, the most frequent windows, and whatever else a KPI has when it has none of
// these.
TextGrid CompanyGrid(const Definition& definition, const Snapshot& snapshot) {
  Tally tally;
  for (const Family& family : snapshot.families) {
    if (family.level != 0 || !IsShown(family) || !IsPlain(definition, family)) continue;
    for (const Sample& sample : family.samples) {
      if (!sample.labels.empty()) tally.Count(WindowOf(sample));
    }
  }
  std::vector<std::string> windows = tally.Top(kCompanyWindowsMax);
  windows.insert(windows.begin(), kNow);
  TextGrid grid{.head = {{definition.levels[0].name}}};
  grid.head[0].insert(grid.head[0].end(), windows.begin(), windows.end());
  grid.head[0].push_back("");
  for (size_t i = 0; i < snapshot.families.size(); ++i) {
    const Family& family = snapshot.families[i];
    if (family.level != 0 || !IsShown(family) || !IsPlain(definition, family)) continue;
    std::vector<std::string> row(windows.size() + 2);
    row[0] = NameOf(definition, family);
    bool any = false;
    for (size_t j = 0; j < family.samples.size(); ++j) {
      const std::string window = WindowOf(family.samples[j]);
      const std::string text =
          absl::StrCat(ValueText(definition.kpis[family.kpi], family.samples[j].value),
                       IntervalText(snapshot, i, j));
      const auto column = std::find(windows.begin(), windows.end(), window);
      if (column != windows.end()) {
        row[1 + static_cast<size_t>(column - windows.begin())] = text;
        any = true;
      } else if (!any && row.back().empty()) {
        row.back() = absl::StrCat(text, " over ", window);
      }
    }
    if (any) row.back().clear();
    grid.rows.push_back(std::move(row));
  }
  return grid;
}

// One KPI at a level, over one window: what is shown of a family.
struct Line {
  std::string name;
  std::string window;
  int rank = 0;                               // the lower, the more telling
  std::map<std::string, std::string> values;  // by group
};

int RankOf(KpiKind kind) {
  switch (kind) {
    case KpiKind::kShare:
      return 0;
    case KpiKind::kFormula:
      return 1;
    case KpiKind::kDurations:
      return 2;
    case KpiKind::kSum:
      return 3;
    case KpiKind::kLevel:
    case KpiKind::kAge:
      return 4;
    case KpiKind::kCount:
      return 5;
  }
  return 5;
}

class LevelTable {
 public:
  LevelTable(const Definition& definition, const Snapshot& snapshot, LevelId level)
      : definition_(&definition), level_(level) {
    std::vector<const Family*> families;
    Tally windows;
    for (const Family& family : snapshot.families) {
      const bool is_line = family.part.empty() || family.part == "mean";
      if (family.level != level || !is_line || !IsPlain(definition, family)) continue;
      families.push_back(&family);
      for (const Sample& sample : family.samples) windows.Count(WindowOf(sample));
    }
    const std::vector<std::string> top = windows.Top(1);
    for (const Family* family : families) Add(*family, top.empty() ? kNow : top.front());
  }

  size_t group_count() const { return groups_.size(); }

  // KPIs down, groups across.
  TextGrid GroupsAcross() const {
    TextGrid grid{.head = {{definition_->levels[level_].name, "over"}}};
    grid.head[0].insert(grid.head[0].end(), groups_.begin(), groups_.end());
    for (const Line& line : lines_) {
      std::vector<std::string>& row = grid.rows.emplace_back();
      row = {line.name, line.window};
      for (const std::string& group : groups_) row.push_back(ValueOf(line, group));
    }
    return grid;
  }

  // Groups down, KPIs across, the most telling first.
  TextGrid GroupsDown(size_t groups_max) const {
    std::vector<Line> lines = lines_;
    std::stable_sort(lines.begin(), lines.end(),
                     [](const Line& a, const Line& b) { return a.rank < b.rank; });
    TextGrid grid{.head = {{definition_->levels[level_].name}, {""}}};
    for (const Line& line : lines) {
      grid.head[0].push_back(line.name);
      grid.head[1].push_back(line.window);
    }
    for (const std::string& group : groups_) {
      if (grid.rows.size() == groups_max) break;
      std::vector<std::string>& row = grid.rows.emplace_back();
      row.push_back(group);
      for (const Line& line : lines) row.push_back(ValueOf(line, group));
    }
    return grid;
  }

 private:
  void Add(const Family& family, const std::string& wished_window) {
    if (family.samples.empty()) return;
    const Kpi& kpi = definition_->kpis[family.kpi];
    const Dimension& dimension = definition_->dimensions[*definition_->levels[level_].dimension];
    Line line{.name = NameOf(*definition_, family),
              .window = WindowOf(family.samples.front()),
              .rank = RankOf(kpi.kind)};
    for (const Sample& sample : family.samples) {
      if (WindowOf(sample) == wished_window) line.window = wished_window;
    }
    for (const Sample& sample : family.samples) {
      const std::string* group = sample.labels.Find(dimension.label);
      if (group == nullptr || WindowOf(sample) != line.window) continue;
      line.values[*group] = ValueText(kpi, sample.value);
      if (std::find(groups_.begin(), groups_.end(), *group) == groups_.end()) {
        groups_.push_back(*group);
      }
    }
    lines_.push_back(std::move(line));
  }

  static std::string ValueOf(const Line& line, const std::string& group) {
    const auto found = line.values.find(group);
    return found == line.values.end() ? "" : found->second;
  }

  const Definition* definition_;
  LevelId level_;
  std::vector<std::string> groups_;
  std::vector<Line> lines_;
};

std::string RenderLevel(const LevelTable& level, const TableOptions& options) {
  if (level.group_count() <= kGroupsAcrossMax) {
    return RenderGrid(level.GroupsAcross(), options.width);
  }
  const size_t rows_max = static_cast<size_t>(std::max(options.rows_per_level_max, 0));
  TextGrid grid = level.GroupsDown(rows_max);
  const size_t left_out = level.group_count() - grid.rows.size();
  CutToWidth(grid, options.width);
  std::string text = RenderGrid(grid, options.width);
  if (left_out > 0) absl::StrAppend(&text, "... and ", left_out, " more\n");
  return text;
}

std::string ActiveAlerts(const Definition& definition, const Snapshot& snapshot) {
  std::string text;
  for (const AlertState& state : snapshot.alerts) {
    if (!state.active) continue;
    const Alert& alert = definition.alerts[state.alert];
    absl::StrAppend(&text, "ALERT ", alert.name, " (", SeverityName(alert.severity),
                    "): ", AlertText(definition, state), "\n");
  }
  return text;
}

}  // namespace

std::string RenderTable(const Definition& definition, const Snapshot& snapshot,
                        const TableOptions& options) {
  std::string out = absl::StrCat(
      "as of ",
      absl::FormatTime("%Y-%m-%d %H:%M", snapshot.now.ToTime(), definition.calendar.zone()), " (",
      definition.calendar.zone_name(), ")\n");
  absl::StrAppend(&out, ActiveAlerts(definition, snapshot));
  if (snapshot.families.empty()) return out;
  absl::StrAppend(&out, RenderGrid(CompanyGrid(definition, snapshot), options.width));
  // Few groups first: regions before teams.
  std::vector<LevelTable> levels;
  for (size_t level = 0; level < definition.levels.size(); ++level) {
    if (!definition.levels[level].dimension.has_value()) continue;
    levels.emplace_back(definition, snapshot, static_cast<LevelId>(level));
  }
  std::stable_sort(levels.begin(), levels.end(), [](const LevelTable& a, const LevelTable& b) {
    return a.group_count() < b.group_count();
  });
  for (const LevelTable& level : levels) absl::StrAppend(&out, RenderLevel(level, options));
  return out;
}

}  // namespace takt
