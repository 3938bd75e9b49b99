// One row of comma-separated values by RFC 4180: cells between delimiters, quotes around cells that
// hold delimiters, quotes or line ends, a quote inside quotes written twice. A line end at the end
// of the row belongs to no cell.
//
// Threads: one. Cells are views into the row, or into this object's own buffer where quotes had to
// be taken out, until the next Parse. Errors: false for a quote that is not closed, text after a
// closing quote, a quote inside a cell without quotes, or more than 4,096 cells. Cost: linear,
// allocates only while it grows.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace takt {

inline constexpr size_t kCsvCellsMax = 4096;

class CsvRow {
 public:
  [[nodiscard]] bool Parse(absl::string_view row, char delimiter);
  const std::vector<absl::string_view>& cells() const { return cells_; }

 private:
  // Reads the cell at `at` behind its opening quote and moves `at` behind its closing one.
  bool ParseQuoted(absl::string_view row, size_t& at);

  std::vector<absl::string_view> cells_;
  std::string unquoted_;  // reserved to the row's size, so that views into it stay
};

// The names of a file's columns as its rows come in: the text of the header is parsed only when it
// differs from the last one. A byte order mark before it and blanks around names are dropped.
class CsvHeader {
 public:
  // False when `text` is no row, names no column, or names one twice.
  [[nodiscard]] bool Use(absl::string_view text, char delimiter);
  const std::vector<std::string>& names() const { return names_; }
  // How often the names have changed, so that whoever keeps places of columns knows when to look
  // them up again.
  uint64_t version() const { return version_; }

 private:
  bool Parse(absl::string_view text, char delimiter);

  std::string text_;
  char delimiter_ = '\0';
  bool good_ = false;
  uint64_t version_ = 0;
  std::vector<std::string> names_;
};

// The name of the record header in which a file source hands on the header line of its file.
inline constexpr absl::string_view kCsvHeaderName = "csv-header";

}  // namespace takt
