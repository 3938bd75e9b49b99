// A number and what it counts: "1 deal", "2 deals".
//
// Threads: any.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace takt {

// `many`: where it is not `one` with an s.
inline std::string CountText(uint64_t count, absl::string_view one, absl::string_view many = {}) {
  if (count == 1) return absl::StrCat("1 ", one);
  return many.empty() ? absl::StrCat(count, " ", one, "s") : absl::StrCat(count, " ", many);
}

}  // namespace takt
