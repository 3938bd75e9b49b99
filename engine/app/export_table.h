// Reads a CRM export whole: a CSV with a header line, by commas, semicolons or tabs, whichever the
// header has most of.
//
// Threads: any. Errors: NotFound, or InvalidArgument with the path and what is wrong. Bounds: 5 million
// rows; rows of another width than the header are counted and left out.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "engine/app/export_guess.h"

namespace takt {

struct Export {
  ExportTable table;
  char delimiter = ',';
  int rows_of_wrong_width = 0;
};

absl::StatusOr<Export> ReadExport(const std::string& path);

}  // namespace takt
