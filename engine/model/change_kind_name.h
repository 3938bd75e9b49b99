// The names of the kinds of change, as records in the canonical form write them under `op`.
//
// Threads: pure.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "engine/model/change.h"

namespace takt {

absl::string_view ChangeKindName(ChangeKind kind);  // "patch", "record", "delete", "undelete"
std::optional<ChangeKind> ParseChangeKind(absl::string_view name);

}  // namespace takt
