// Loading of a configuration for a command: finds the shipped catalogue, prints what is wrong.
//
// Threads: any.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/settings/settings.h"

namespace takt {

// Folders that hold the shipped `catalogue/` and `mappings/`: beside the program, above it (a build
// tree) and under ../share/takt.
std::vector<std::string> ShippedFolders();

// Prints problems to standard error, one line each; how many are errors.
int Explain(const std::vector<Problem>& problems);

// Prints every problem to standard error, one line each, and a summary. Nothing when there is an error.
std::optional<Settings> LoadOrExplain(const char* command, const std::vector<std::string>& paths);

}  // namespace takt
