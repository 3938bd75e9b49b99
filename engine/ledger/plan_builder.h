// Works out the plans of all objects; see plan.h. Costs nothing worth saving: once per
// configuration.
#pragma once

#include <vector>

#include "engine/definition/definition.h"
#include "engine/ledger/plan.h"

namespace takt {

std::vector<ObjectPlan> BuildObjectPlans(const Definition& definition, SymbolTable& symbols);

}  // namespace takt
