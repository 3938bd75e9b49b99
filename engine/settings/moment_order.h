// The order in which an object's moments are found, and the refusal of circles.
//
// Threads: one. Errors: one report for each circle, with all moments on it.
#pragma once

#include "engine/settings/compilation.h"

namespace takt {

void OrderMoments(Compilation& compilation);

}  // namespace takt
