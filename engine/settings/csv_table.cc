#include "engine/settings/csv_table.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/settings/files.h"

namespace takt {
namespace {

constexpr size_t kBytesMax = 64 << 20;

// Splits text into rows of cells; quoted cells may hold commas, quotes and line ends.
class CsvReader {
 public:
  explicit CsvReader(absl::string_view text) : rest_(text) {
    absl::ConsumePrefix(&rest_, "\xef\xbb\xbf");
  }

  bool AtEnd() const { return rest_.empty(); }

  TableFile::Row Next() {
    TableFile::Row row;
    row.line = line_;
    for (bool more = true; more;) {
      row.cells.push_back(Cell());
      more = absl::ConsumePrefix(&rest_, ",");
    }
    absl::ConsumePrefix(&rest_, "\r");
    if (absl::ConsumePrefix(&rest_, "\n")) ++line_;
    return row;
  }

 private:
  std::string Cell() {
    if (absl::ConsumePrefix(&rest_, "\"")) return QuotedCell();
    const size_t end = std::min(rest_.find_first_of(",\r\n"), rest_.size());
    std::string cell(absl::StripAsciiWhitespace(rest_.substr(0, end)));
    rest_.remove_prefix(end);
    // A lone carriage return inside a line belongs to nothing; take it away so that reading goes on.
    if (!rest_.empty() && rest_[0] == '\r' && !absl::StartsWith(rest_, "\r\n")) {
      rest_.remove_prefix(1);
    }
    return cell;
  }

  std::string QuotedCell() {
    std::string cell;
    while (!rest_.empty()) {
      const char c = rest_[0];
      rest_.remove_prefix(1);
      if (c == '"' && !absl::ConsumePrefix(&rest_, "\"")) break;
      if (c == '\n') ++line_;
      cell.push_back(c);
    }
    const size_t end = std::min(rest_.find_first_of(",\r\n"), rest_.size());
    absl::StrAppend(&cell, rest_.substr(0, end));
    rest_.remove_prefix(end);
    return cell;
  }

  absl::string_view rest_;
  int line_ = 1;
};

bool IsBlank(const TableFile::Row& row) { return row.cells.size() == 1 && row.cells[0].empty(); }

}  // namespace

std::optional<size_t> TableFile::Column(const std::string& name) const {
  for (size_t i = 0; i < header.size(); ++i) {
    if (header[i] == name) return i;
  }
  return std::nullopt;
}

std::optional<TableFile> ReadCsvTable(const std::string& path, const Node& named_by,
                                      Problems& problems) {
  const std::optional<std::string> read = ReadWhole(path);
  if (!read.has_value() || read->size() > kBytesMax) {
    Error(problems, named_by,
          absl::StrCat("the file \"", path, "\" cannot be read",
                       read.has_value() ? ": it is larger than 64 MB" : ""));
    return std::nullopt;
  }
  const std::string& content = *read;
  TableFile table;
  table.file = problems.AddFile(path);
  if (const int line = LineThatIsNotUtf8(content); line != 0) {
    // Its values become labels, of which one bad byte makes a whole page unreadable.
    problems.Error({table.file, line, 1}, named_by.path, "this line is not valid UTF-8");
    return std::nullopt;
  }
  CsvReader reader(content);
  while (!reader.AtEnd()) {
    TableFile::Row row = reader.Next();
    if (IsBlank(row)) continue;
    if (table.header.empty()) {
      table.header = std::move(row.cells);
    } else if (row.cells.size() != table.header.size()) {
      problems.Error({table.file, row.line, 1}, named_by.path,
                     absl::StrCat("the row has ", row.cells.size(), " cells, the header ",
                                  table.header.size()));
    } else {
      table.rows.push_back(std::move(row));
    }
  }
  if (table.header.empty()) {
    problems.Error({table.file, 1, 1}, named_by.path, "the file is empty: a header line is needed");
    return std::nullopt;
  }
  return table;
}

}  // namespace takt
