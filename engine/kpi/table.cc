#include "engine/kpi/table.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/kpi/number_text.h"

namespace takt {
namespace {

constexpr double kSecondsPerHour = 3600;
constexpr double kSecondsPerDay = 86400;
constexpr int kGap = 2;  // blanks between columns

// A grid of texts, the first column to the left, the others to the right.
struct Grid {
  std::vector<std::vector<std::string>> head;  // lines of the heading; one text per column
  std::vector<std::vector<std::string>> rows;
};

int PowerOf(const Unit& unit, const std::string& name) {
  const auto found = unit.powers.find(name);
  return found == unit.powers.end() ? 0 : found->second;
}

std::string DurationText(double seconds) {
  if (std::abs(seconds) >= 2 * kSecondsPerDay) {
    return absl::StrCat(WithThousands(seconds / kSecondsPerDay, 1), " d");
  }
  return absl::StrCat(WithThousands(seconds / kSecondsPerHour, 1), " h");
}

std::string ValueText(const Kpi& kpi, double value) {
  if (std::isnan(value)) return "-";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  if (kpi.kind == KpiKind::kShare) return absl::StrCat(WithThousands(100 * value, 1), " %");
  const int money = PowerOf(kpi.unit, "money");
  const int seconds = PowerOf(kpi.unit, "seconds");
  if (money == 1 && seconds == -1) {
    return absl::StrCat(WithThousands(value * kSecondsPerDay, 0), " /d");
  }
  if (money != 0) return WithThousands(value, value != 0 && std::abs(value) < 100 ? 2 : 0);
  if (seconds == 1 && kpi.unit.powers.size() == 1) return DurationText(value);
  const bool whole = value == std::trunc(value) && std::abs(value) < 1e15;
  return WithThousands(value, whole ? 0 : 2);
}

std::string NameOf(const Definition& definition, const Family& family) {
  const Kpi& kpi = definition.kpis[family.kpi];
  std::string name = kpi.name;
  if (!family.part.empty()) absl::StrAppend(&name, " ", family.part);
  if (PowerOf(kpi.unit, "money") == 1) absl::StrAppend(&name, " ", definition.currency.code);
  return name;
}

// Parts that have a line or a column of their own.
bool IsShown(const Family& family) {
  return family.part.empty() || family.part == "mean" || family.part == "p50" ||
         family.part == "p90";
}

const std::string& WindowOf(const Sample& sample) {
  static const std::string kNow = "now";
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

size_t PlaceOf(const std::string& word, std::vector<std::string>& words) {
  const auto found = std::find(words.begin(), words.end(), word);
  if (found != words.end()) return static_cast<size_t>(found - words.begin());
  words.push_back(word);
  return words.size() - 1;
}

// KPIs down, windows across.
Grid CompanyGrid(const Definition& definition, const Snapshot& snapshot) {
  Grid grid;
  std::vector<std::string> windows;
  for (size_t i = 0; i < snapshot.families.size(); ++i) {
    const Family& family = snapshot.families[i];
    if (family.level != 0 || !IsShown(family) || !IsPlain(definition, family)) continue;
    std::vector<std::string>& row = grid.rows.emplace_back();
    row.push_back(NameOf(definition, family));
    for (size_t j = 0; j < family.samples.size(); ++j) {
      const Sample& sample = family.samples[j];
      const size_t column = 1 + PlaceOf(WindowOf(sample), windows);
      if (row.size() <= column) row.resize(column + 1);
      row[column] = absl::StrCat(ValueText(definition.kpis[family.kpi], sample.value),
                                 IntervalText(snapshot, i, j));
    }
  }
  std::vector<std::string>& head = grid.head.emplace_back();
  head.push_back(definition.levels.empty() ? "" : definition.levels[0].name);
  head.insert(head.end(), windows.begin(), windows.end());
  return grid;
}

// Groups down, KPIs across, each over its first window.
Grid LevelGrid(const Definition& definition, const Snapshot& snapshot, LevelId level) {
  const Dimension& dimension = definition.dimensions[*definition.levels[level].dimension];
  Grid grid;
  grid.head = {{definition.levels[level].name}, {""}};
  std::map<std::string, size_t> places;  // of groups among the rows
  for (const Family& family : snapshot.families) {
    const bool is_column = family.part.empty() || family.part == "mean";
    if (family.level != level || !is_column || !IsPlain(definition, family)) continue;
    if (family.samples.empty()) continue;
    const std::string& window = WindowOf(family.samples.front());
    const size_t column = grid.head[0].size();
    grid.head[0].push_back(NameOf(definition, family));
    grid.head[1].push_back(window);
    for (const Sample& sample : family.samples) {
      const std::string* group = sample.labels.Find(dimension.label);
      if (group == nullptr || WindowOf(sample) != window) continue;
      const auto [place, is_new] = places.try_emplace(*group, grid.rows.size());
      if (is_new) grid.rows.push_back({*group});
      std::vector<std::string>& row = grid.rows[place->second];
      row.resize(std::max(row.size(), column + 1));
      row[column] = ValueText(definition.kpis[family.kpi], sample.value);
    }
  }
  return grid;
}

// Columns on a terminal: every byte of UTF-8 but the continuing ones.
size_t WidthOf(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

void AppendLine(const std::vector<std::string>& texts, const std::vector<size_t>& columns,
                const std::vector<size_t>& widths, std::string* out) {
  std::string line;
  for (const size_t column : columns) {
    const std::string text = column < texts.size() ? texts[column] : "";
    const std::string blanks(widths[column] - WidthOf(text), ' ');
    if (column == 0) {
      absl::StrAppend(&line, text, blanks);
    } else {
      absl::StrAppend(&line, std::string(kGap, ' '), blanks, text);
    }
  }
  line.erase(line.find_last_not_of(' ') + 1);
  absl::StrAppend(out, line, "\n");
}

std::vector<size_t> WidthsOf(const Grid& grid) {
  std::vector<size_t> widths;
  for (const auto* lines : {&grid.head, &grid.rows}) {
    for (const std::vector<std::string>& line : *lines) {
      if (widths.size() < line.size()) widths.resize(line.size());
      for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], WidthOf(line[i]));
    }
  }
  return widths;
}

// As many columns side by side as fit, the others below with the first one repeated.
void AppendGrid(const Grid& grid, int width, std::string* out) {
  const std::vector<size_t> widths = WidthsOf(grid);
  if (grid.rows.empty() || widths.size() < 2) return;
  for (size_t next = 1; next < widths.size();) {
    std::vector<size_t> columns = {0};
    size_t used = widths[0];
    do {
      used += kGap + widths[next];
      columns.push_back(next++);
    } while (next < widths.size() && used + kGap + widths[next] <= static_cast<size_t>(width));
    out->push_back('\n');
    for (const auto& line : grid.head) AppendLine(line, columns, widths, out);
    for (const auto& line : grid.rows) AppendLine(line, columns, widths, out);
  }
}

}  // namespace

std::string RenderTable(const Definition& definition, const Snapshot& snapshot,
                        const TableOptions& options) {
  std::string out = absl::StrCat(
      "as of ",
      absl::FormatTime("%Y-%m-%d %H:%M", snapshot.now.ToTime(), definition.calendar.zone()), " (",
      definition.calendar.zone_name(), ")\n");
  AppendGrid(CompanyGrid(definition, snapshot), options.width, &out);
  for (size_t level = 0; level < definition.levels.size(); ++level) {
    if (!definition.levels[level].dimension.has_value()) continue;
    Grid grid = LevelGrid(definition, snapshot, static_cast<LevelId>(level));
    const size_t rows_max = static_cast<size_t>(std::max(options.rows_per_level_max, 0));
    const size_t left_out = grid.rows.size() > rows_max ? grid.rows.size() - rows_max : 0;
    grid.rows.resize(grid.rows.size() - left_out);
    AppendGrid(grid, options.width, &out);
    if (left_out > 0) absl::StrAppend(&out, "... and ", left_out, " more\n");
  }
  return out;
}

}  // namespace takt
