// A small table in CSV (RFC 4180, a header line first), as the operator keeps for teams and regions.
//
// Threads: values. Errors: reported with file and line of the CSV. Bounds: 64 MB.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/settings/tree.h"

namespace takt {

struct TableFile {
  struct Row {
    int line = 0;                    // of the file, from 1
    std::vector<std::string> cells;  // as many as the header has
  };
  int file = 0;  // of Problems
  std::vector<std::string> header;
  std::vector<Row> rows;

  std::optional<size_t> Column(const std::string& name) const;
};

// Reads the file at `path`, which the value `named_by` names. Nothing when it cannot be read; rows of
// a wrong length are reported and left out.
std::optional<TableFile> ReadCsvTable(const std::string& path, const Node& named_by,
                                      Problems& problems);

}  // namespace takt
