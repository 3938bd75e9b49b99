// Holds an engine's page against the oracle's series.
//
// Every series of either side must be on the other, with the same value (NaN is equal to NaN), within
// the oracle's tolerance. Alone a series of an unknown group may be absent where it is 0 or NaN.
//
// Threads: pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tests/oracle/series.h"

namespace takt::oracle {

using Values = std::map<std::string, double>;  // by canonical series text

// Labels in ascending order of their names: the same series always has the same text.
// InvalidArgument when it is no series text.
absl::StatusOr<std::string> Canonical(absl::string_view series);

// The samples of a page in the Prometheus text format whose names begin with sales_.
absl::StatusOr<Values> ReadPage(absl::string_view page);
// The canonical text of a name and its labels.
std::string SeriesText(absl::string_view name, const std::map<std::string, std::string>& labels);

struct Comparison {
  int compared = 0;
  std::vector<std::string> divergences;  // one line each
};
Comparison Compare(const SeriesMap& expected, const Values& found);

// Whether two values are one within a relative tolerance.
bool Close(double expected, double found, double tolerance);

}  // namespace takt::oracle
