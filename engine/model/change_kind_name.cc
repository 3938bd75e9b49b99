#include "engine/model/change_kind_name.h"

namespace takt {

absl::string_view ChangeKindName(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kPatch:
      return "patch";
    case ChangeKind::kRecord:
      return "record";
    case ChangeKind::kDelete:
      return "delete";
    case ChangeKind::kUndelete:
      return "undelete";
  }
  return "";
}

std::optional<ChangeKind> ParseChangeKind(absl::string_view name) {
  for (const ChangeKind kind :
       {ChangeKind::kPatch, ChangeKind::kRecord, ChangeKind::kDelete, ChangeKind::kUndelete}) {
    if (name == ChangeKindName(kind)) return kind;
  }
  return std::nullopt;
}

}  // namespace takt
