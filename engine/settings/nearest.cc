#include "engine/settings/nearest.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace takt {
namespace {

constexpr size_t kNameLengthMax = 64;
constexpr size_t kNamesListedMax = 12;

// Edit distance in which a swap of neighbours counts once.
size_t Distance(absl::string_view a, absl::string_view b) {
  std::vector<std::vector<size_t>> rows(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        rows[i][j] = i + j;
        continue;
      }
      const size_t replaced = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      rows[i][j] = std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
  }
  return rows[a.size()][b.size()];
}

}  // namespace

std::string NearestName(absl::string_view name, const std::vector<std::string>& valid) {
  if (name.size() < 2 || name.size() > kNameLengthMax) return "";
  const std::string wanted = absl::AsciiStrToLower(name);
  std::string nearest;
  size_t nearest_distance = std::max<size_t>(1, name.size() / 3) + 1;
  for (const std::string& candidate : valid) {
    if (candidate.size() > kNameLengthMax) continue;
    const size_t distance = Distance(wanted, absl::AsciiStrToLower(candidate));
    if (distance < nearest_distance) {
      nearest_distance = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string Suggestion(absl::string_view name, const std::vector<std::string>& valid) {
  const std::string nearest = NearestName(name, valid);
  if (!nearest.empty()) return absl::StrCat("; did you mean \"", nearest, "\"?");
  if (valid.empty() || valid.size() > kNamesListedMax) return "";
  return absl::StrCat("; known: ", absl::StrJoin(valid, ", "));
}

std::string UnknownName(absl::string_view what, absl::string_view name,
                        const std::vector<std::string>& valid) {
  return absl::StrCat("unknown ", what, " \"", name, "\"", Suggestion(name, valid));
}

}  // namespace takt
