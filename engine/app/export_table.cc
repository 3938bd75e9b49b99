#include "engine/app/export_table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "connectors/csv/csv_row.h"
#include "connectors/file/file_source.h"
#include "engine/base/clock.h"
#include "engine/base/status_macros.h"
#include "engine/base/utf8.h"

namespace takt {
namespace {

constexpr size_t kRowsMax = 5'000'000;
constexpr int kRowsPerPoll = 1000;

char DelimiterOf(absl::string_view header) {
  char best = ',';
  for (const char delimiter : {',', ';', '\t'}) {
    if (std::count(header.begin(), header.end(), delimiter) >
        std::count(header.begin(), header.end(), best)) {
      best = delimiter;
    }
  }
  return best;
}

// Spreadsheets like to save in other encodings, and say so badly.
absl::Status CheckEncoding(absl::string_view header) {
  const bool wide = absl::StartsWith(header, "\xff\xfe") || absl::StartsWith(header, "\xfe\xff") ||
                    absl::StrContains(header, absl::string_view("\0", 1));
  if (!wide && ClassifyText(header) != TextClass::kInvalid) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "its first line is not UTF-8 but %s; save it as \"CSV UTF-8\", or convert it: iconv -f %s -t "
      "UTF-8",
      wide ? "UTF-16" : "perhaps Windows-1252 or Latin-1", wide ? "UTF-16" : "WINDOWS-1252"));
}

std::vector<std::string> Cells(const CsvRow& row) {
  std::vector<std::string> cells;
  for (const absl::string_view cell : row.cells()) cells.emplace_back(cell);
  return cells;
}

// Takes the header from the first record, then rows.
class TableBuilder {
 public:
  void Add(const Record& record) {
    if (!status_.ok()) return;
    if (found_.table.header.empty()) status_ = TakeHeader(record);
    if (!status_.ok()) return;
    if (found_.table.rows.size() == kRowsMax) {
      status_ = absl::InvalidArgumentError(absl::StrFormat("more than %d rows", kRowsMax));
    } else if (row_.Parse(record.value, found_.delimiter) &&
               row_.cells().size() == found_.table.header.size()) {
      found_.table.rows.push_back(Cells(row_));
    } else {
      ++found_.rows_of_wrong_width;
    }
  }

  absl::StatusOr<Export> Finish() && {
    if (!status_.ok()) return status_;
    if (found_.table.rows.empty())
      return absl::InvalidArgumentError("there is no row of data in it");
    return std::move(found_);
  }

 private:
  absl::Status TakeHeader(const Record& record) {
    for (const auto& [name, value] : record.headers) {
      if (name != kCsvHeaderName) continue;
      TAKT_RETURN_IF_ERROR(CheckEncoding(value));
      found_.delimiter = DelimiterOf(value);
      CsvHeader header;
      if (!header.Use(value, found_.delimiter)) break;
      found_.table.header = header.names();
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError("its first line names no columns, or one of them twice");
  }

  Export found_;
  CsvRow row_;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<Export> ReadExport(const std::string& path) {
  SourceSettings settings;
  settings.name = "export";
  settings.file = path;
  settings.format = RecordFormat::kCsv;
  SystemClock clock;
  const std::unique_ptr<FileSource> source = FileSource::Create(settings, clock);
  TAKT_RETURN_IF_ERROR(source->Open({}));
  TableBuilder builder;
  while (true) {
    TAKT_RETURN_IF_ERROR(source->Poll(absl::ZeroDuration(), kRowsPerPoll,
                                      [&builder](const Record& record) { builder.Add(record); }));
    const std::vector<PartitionState> partitions = source->Partitions();
    if (!partitions.empty() && partitions[0].finished) break;
  }
  absl::StatusOr<Export> found = std::move(builder).Finish();
  if (found.ok()) return found;
  return absl::InvalidArgumentError(
      absl::StrFormat("\"%s\": %s", path, std::string(found.status().message())));
}

}  // namespace takt
