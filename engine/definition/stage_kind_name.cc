#include "engine/definition/stage_kind_name.h"

namespace takt {

const char* StageKindName(StageKind kind) {
  switch (kind) {
    case StageKind::kOpen:
      return "open";
    case StageKind::kWon:
      return "won";
    case StageKind::kLost:
      return "lost";
    case StageKind::kOmitted:
      return "omitted";
  }
  return "";
}

}  // namespace takt
