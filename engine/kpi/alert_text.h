// What an alert says: its `say` with values in place of the placeholders.
//
// Threads: pure.
#pragma once

#include <string>

#include "engine/definition/definition.h"
#include "engine/kpi/snapshot.h"

namespace takt {

// "Fewer deals are won in north: 10.0 % of 60 (6 of 60), usually 25.0 %."
std::string AlertText(const Definition& definition, const AlertState& state);

// "north"; "north, proposal"; the organisation's name for the company as a whole.
std::string GroupText(const Definition& definition, const Labels& group);

}  // namespace takt
