// A record as one row of a table with named columns: what the canonical CSV and mapping files read.
//
// Threads: one. Cells live until the next Open. Errors: see csv_decoder.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "connectors/csv/csv_row.h"
#include "engine/model/reason.h"
#include "engine/pipeline/record.h"

namespace takt {

inline constexpr size_t kCsvBytesMax = 1 << 20;

class CsvTable {
 public:
  CsvTable(char delimiter, const std::vector<std::string>& columns);

  // Reads the row of `record` under the names that it brings, or under the columns given.
  [[nodiscard]] std::optional<Rejection> Open(const Record& record);

  const std::vector<std::string>& names() const { return header_.names(); }
  const std::vector<absl::string_view>& cells() const { return row_.cells(); }
  uint64_t names_version() const { return header_.version(); }

 private:
  char delimiter_;
  std::string columns_;  // as a header line; empty: none
  CsvHeader header_;
  CsvRow row_;
};

}  // namespace takt
