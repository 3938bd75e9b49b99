// Records out of a sample, a file or what was pasted: a JSON document over many lines is one record;
// else records end as in a file source, and the first line of CSV names the columns.
//
// Threads: any. Errors: InvalidArgument for a sample without a record or above 8 MiB.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/settings/settings.h"

namespace takt {

struct SampleRecords {
  std::string header;                // of CSV
  std::vector<std::string> records;  // as they came
  std::vector<size_t> lines;         // at which each begins, from 1
};

absl::StatusOr<SampleRecords> SplitSample(absl::string_view sample, RecordFormat format);

}  // namespace takt
