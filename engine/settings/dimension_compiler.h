// Dimensions: lists and dated tables from the configuration, stages and pipelines from the objects;
// and the levels that they give.
//
// Threads: one. Errors: reported, those of a table with the line of its CSV.
#pragma once

#include "engine/settings/compilation.h"

namespace takt {

// Needs the calendar (dates of tables are local) and the objects with their stages. Adds to every
// object the fields from which its dimensions are read.
void CompileDimensions(Compilation& compilation);

// The dimension of that name, reported at `node` when there is none.
std::optional<DimensionId> FindDimension(Compilation& compilation, const Node& node);
// The level of that name, likewise; in a used file (the catalogue) a level that is missing is a warning,
// and left out.
std::optional<LevelId> FindLevel(Compilation& compilation, const Node& node);
std::optional<LevelId> LevelNamed(const Definition& definition, absl::string_view name);
std::vector<std::string> LevelNames(const Definition& definition);

}  // namespace takt
