// Loading of a configuration for a command: finds the shipped catalogue, prints what is wrong.
//
// Threads: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/settings/settings.h"

namespace takt {

// Folders that hold the shipped `catalogue/` and `mappings/`: beside the program, above it (a build
// tree) and under ../share/takt.
std::vector<std::string> ShippedFolders();

// What a command wants to do: where it reads no records, what only reading and serving need may be away,
// such as the files of sources and certificates.
enum class ConfigUse : uint8_t { kRun, kLookAt };

// Reads and checks everything that a configuration names: mappings and the web configuration too.
LoadResult LoadAll(const std::vector<std::string>& paths, ConfigUse use = ConfigUse::kRun);

// Prints problems to standard error, one line each; how many are errors.
int Explain(const std::vector<Problem>& problems);

// Prints every problem to standard error, one line each, and a summary. Nothing when there is an error.
// `files` gets the names of all that was read.
std::optional<Settings> LoadOrExplain(const char* command, const std::vector<std::string>& paths,
                                      ConfigUse use = ConfigUse::kRun,
                                      std::vector<std::string>* files = nullptr);

}  // namespace takt
