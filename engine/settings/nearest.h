// Names that a mistyped one may have meant.
//
// Threads: any. Cost: O(names x length squared); names longer than 64 are not compared.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace takt {

// The name of `valid` with the fewest changed, added, left-out or swapped letters, when they are few
// enough to be a slip (a third of the length, at least 1); "" when there is none.
std::string NearestName(absl::string_view name, const std::vector<std::string>& valid);

// What to say behind "unknown ...": `; did you mean "closed"?`, or the valid names when they are
// few, or nothing.
std::string Suggestion(absl::string_view name, const std::vector<std::string>& valid);

// `unknown KPI "closd"; did you mean "closed"?`
std::string UnknownName(absl::string_view what, absl::string_view name,
                        const std::vector<std::string>& valid);

}  // namespace takt
