// A grid of texts for the terminal: the first column to the left, the others to the right.
#pragma once

#include <string>
#include <vector>

namespace takt {

struct TextGrid {
  std::vector<std::vector<std::string>> head;  // lines of the heading; one text per column
  std::vector<std::vector<std::string>> rows;  // short ones are blank to the right
};

// Leaves out the last columns that do not fit into `width`; the first two always stay.
void CutToWidth(TextGrid& grid, int width);

// As many columns side by side as fit into `width`, the others below with the first one repeated. A
// grid without rows or with one column is nothing.
std::string RenderGrid(const TextGrid& grid, int width);

}  // namespace takt
