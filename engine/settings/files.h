// Reads the files of a configuration and those that they `use:`, checks each against the schema and
// lays them over each other: a used file before the one that uses it, given files in their order.
//
// Errors: reported, with the place of the `use:` for a file that is not there. A file that is used
// twice, or in a circle, is read once, at its first place.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/settings/problems.h"
#include "engine/settings/tree.h"

namespace takt {

// What all files together say. Files that are used are looked up beside the file that uses them, one
// folder up, and in `catalogue_folders`, with and without their first part ("catalogue/").
Node ReadConfiguration(const std::vector<std::string>& paths,
                       const std::vector<std::string>& catalogue_folders, Problems& problems);

// A file's content; none where it is away, cannot be read, or is a folder or pipe, which would block.
std::optional<std::string> ReadWhole(const std::string& path);

}  // namespace takt
