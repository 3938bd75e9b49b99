// An explanation as text for the terminal: the value, what it is made of, and below each part the
// entities with the changes that made them count.
//
// Threads: any.
#pragma once

#include <string>

#include "engine/definition/definition.h"
#include "engine/journal/source_place.h"
#include "engine/pipeline/explanation.h"

namespace takt {

std::string RenderExplanationText(const Definition& definition, const Explanation& explanation,
                                  const SourcePlaces* places);

}  // namespace takt
