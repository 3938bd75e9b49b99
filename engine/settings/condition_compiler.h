// `where:`, `is:` and states: tests of fields.
//
//   stage: won               the field has the value           amount: "> 0"   < <= > >= !=
//   stage: [won, lost]       one of these                      stage: {not: [won, lost]}
//   closed_on: null          has no value                      closed_on: {not: null}   has one
//
// Threads: one. Errors: reported; a condition that is wrong is left out.
#pragma once

#include <vector>

#include "engine/settings/compilation.h"

namespace takt {

// The test of one field of `rows` by the value (or values) of `node`: none, one or two conditions.
std::vector<Condition> CompileCondition(Compilation& compilation, const RowsOf& rows,
                                        const std::string& field, const Node& node);

// All entries of a map of fields.
std::vector<Condition> CompileConditions(Compilation& compilation, const RowsOf& rows,
                                         const Node& map);

}  // namespace takt
