// The names of the kinds of stage, as configurations, conditions and /api/v1/definition write them.
//
// Threads: pure.
#pragma once

#include <array>

#include "engine/definition/object.h"

namespace takt {

inline constexpr std::array kStageKinds = {StageKind::kOpen, StageKind::kWon, StageKind::kLost,
                                           StageKind::kOmitted};

const char* StageKindName(StageKind kind);  // "open", "won", "lost", "omitted"

}  // namespace takt
