// Visits and reaches of one entity, from the stages that it went through. object.h and term.h define
// them.
#pragma once

#include <vector>

#include "tests/oracle/history.h"

namespace takt::oracle {

std::vector<Visit> VisitsOf(const Object& object, const std::vector<Step>& steps);
std::vector<Reach> ReachesOf(const Object& object, const std::vector<Visit>& visits);

// open, won, lost, omitted.
const char* StageKindName(StageKind kind);

}  // namespace takt::oracle
