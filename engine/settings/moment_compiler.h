// Moments and states of the configuration, over links too; and the order in which moments are found.
//
// Threads: one. Errors: reported; moments that depend on themselves, also over links, are refused with
// the circle named.
#pragma once

#include <utility>
#include <vector>

#include "engine/settings/compilation.h"

namespace takt {

// Fills moments and states, what links must hand on, and the order of evaluation.
void CompileMoments(Compilation& compilation);

// The links over which a moment's occurrences come: (origin object, its link), also through moments
// made of other moments.
std::vector<std::pair<ObjectId, LinkId>> OriginsOf(const Definition& definition, ObjectId object,
                                                   MomentId moment);

}  // namespace takt
