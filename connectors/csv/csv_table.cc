#include "connectors/csv/csv_table.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace takt {
namespace {

std::string HeaderLine(const std::vector<std::string>& columns, char delimiter) {
  std::string line;
  for (const std::string& column : columns) {
    if (!line.empty()) line.push_back(delimiter);
    absl::StrAppend(&line, "\"", absl::StrReplaceAll(column, {{"\"", "\"\""}}), "\"");
  }
  return line;
}

absl::string_view HeaderOf(const Record& record) {
  ReadHeaders(record);
  for (const auto& [name, value] : record.headers) {
    if (name == kCsvHeaderName) return value;
  }
  return {};
}

}  // namespace

CsvTable::CsvTable(char delimiter, const std::vector<std::string>& columns)
    : delimiter_(delimiter), columns_(HeaderLine(columns, delimiter)) {}

std::optional<Rejection> CsvTable::Open(const Record& record) {
  if (record.value.empty()) return Rejection{Reason::kEmptyValue, "no bytes"};
  if (record.value.size() > kCsvBytesMax) {
    return Rejection{Reason::kTooLarge, absl::StrCat(record.value.size(), " bytes")};
  }
  const absl::string_view attached = HeaderOf(record);
  if (attached.empty() && columns_.empty()) {
    return Rejection{Reason::kUnsupportedFrame, "the row's columns are not named"};
  }
  if (!header_.Use(attached.empty() ? columns_ : attached, delimiter_)) {
    return Rejection{Reason::kMalformed, "the header line is no row of names, each given once"};
  }
  if (!row_.Parse(record.value, delimiter_)) return Rejection{Reason::kMalformed, "no row of CSV"};
  if (row_.cells().size() != names().size()) {
    return Rejection{Reason::kMalformed,
                     absl::StrCat(row_.cells().size(), " cells under ", names().size(), " names")};
  }
  return std::nullopt;
}

}  // namespace takt
