#include "connectors/csv/csv_row.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace takt {
namespace {

constexpr absl::string_view kByteOrderMark = "\xef\xbb\xbf";

absl::string_view WithoutLineEnd(absl::string_view row) {
  if (!row.empty() && row.back() == '\n') row.remove_suffix(1);
  if (!row.empty() && row.back() == '\r') row.remove_suffix(1);
  return row;
}

}  // namespace

bool CsvRow::Parse(absl::string_view row, char delimiter) {
  cells_.clear();
  unquoted_.clear();
  row = WithoutLineEnd(row);
  unquoted_.reserve(row.size());
  size_t at = 0;
  while (true) {
    if (cells_.size() == kCsvCellsMax) return false;
    if (at < row.size() && row[at] == '"') {
      ++at;
      if (!ParseQuoted(row, at)) return false;
      if (at < row.size() && row[at] != delimiter) return false;
    } else {
      const size_t end = std::min(row.find(delimiter, at), row.size());
      const absl::string_view cell = row.substr(at, end - at);
      if (cell.find_first_of("\"\r\n") != absl::string_view::npos) return false;
      cells_.push_back(cell);
      at = end;
    }
    if (at == row.size()) return true;
    ++at;
  }
}

bool CsvRow::ParseQuoted(absl::string_view row, size_t& at) {
  const size_t begin = at;
  size_t end = row.find('"', at);
  if (end == absl::string_view::npos) return false;
  if (end + 1 == row.size() || row[end + 1] != '"') {
    cells_.push_back(row.substr(begin, end - begin));
    at = end + 1;
    return true;
  }
  const size_t unquoted_begin = unquoted_.size();
  while (end + 1 < row.size() && row[end + 1] == '"') {
    unquoted_.append(row.data() + at, end + 1 - at);
    at = end + 2;
    end = row.find('"', at);
    if (end == absl::string_view::npos) return false;
  }
  unquoted_.append(row.data() + at, end - at);
  cells_.push_back(absl::string_view(unquoted_).substr(unquoted_begin));
  at = end + 1;
  return true;
}

bool CsvHeader::Use(absl::string_view text, char delimiter) {
  if (version_ > 0 && text == text_ && delimiter == delimiter_) return good_;
  text_ = std::string(text);
  delimiter_ = delimiter;
  ++version_;
  good_ = Parse(text_, delimiter);
  return good_;
}

bool CsvHeader::Parse(absl::string_view text, char delimiter) {
  names_.clear();
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  CsvRow row;
  if (!row.Parse(text, delimiter)) return false;
  for (const absl::string_view cell : row.cells()) {
    names_.emplace_back(absl::StripAsciiWhitespace(cell));
  }
  std::vector<std::string> sorted = names_;
  std::sort(sorted.begin(), sorted.end());
  const bool twice = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
  return !twice && !(names_.size() == 1 && names_[0].empty());
}

}  // namespace takt
