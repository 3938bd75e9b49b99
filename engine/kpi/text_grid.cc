#include "engine/kpi/text_grid.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace takt {
namespace {

constexpr size_t kGap = 2;  // blanks between columns

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

std::vector<size_t> WidthsOf(const TextGrid& grid) {
  std::vector<size_t> widths;
  for (const auto* lines : {&grid.head, &grid.rows}) {
    for (const std::vector<std::string>& line : *lines) {
      if (widths.size() < line.size()) widths.resize(line.size());
      for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], WidthOf(line[i]));
    }
  }
  return widths;
}

}  // namespace

void CutToWidth(TextGrid& grid, int width) {
  const std::vector<size_t> widths = WidthsOf(grid);
  size_t columns = 0;
  size_t used = 0;
  for (; columns < widths.size(); ++columns) {
    used += widths[columns] + (columns > 0 ? kGap : 0);
    if (columns >= 2 && used > static_cast<size_t>(width)) break;
  }
  for (auto* lines : {&grid.head, &grid.rows}) {
    for (std::vector<std::string>& line : *lines) line.resize(std::min(line.size(), columns));
  }
}

std::string RenderGrid(const TextGrid& grid, int width) {
  std::string out;
  const std::vector<size_t> widths = WidthsOf(grid);
  if (grid.rows.empty() || widths.size() < 2) return out;
  for (size_t next = 1; next < widths.size();) {
    std::vector<size_t> columns = {0};
    size_t used = widths[0];
    do {
      used += kGap + widths[next];
      columns.push_back(next++);
    } while (next < widths.size() && used + kGap + widths[next] <= static_cast<size_t>(width));
    out.push_back('\n');
    for (const auto& line : grid.head) AppendLine(line, columns, widths, &out);
    for (const auto& line : grid.rows) AppendLine(line, columns, widths, &out);
  }
  return out;
}

}  // namespace takt
