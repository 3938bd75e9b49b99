// Objects: fields, links, pipelines with their stages, and what is built in.
//
// Threads: one. Errors: reported.
#pragma once

#include <string>
#include <vector>

#include "engine/settings/compilation.h"

namespace takt {

// Makes all objects, in the order that `learned` gives, with built-in fields, moments and states and
// the names of the configured ones. Moments and states are filled by moment_compiler.h.
void DeclareObjects(Compilation& compilation, const Learned& learned);

// Object names, a link's origin before its target as far as moments need it; else as they stand.
std::vector<std::string> LinkOrder(const Definition& definition);

}  // namespace takt
