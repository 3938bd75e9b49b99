// Sources, dead letters and the engine's own settings: what the process does, not what numbers mean.
//
// Threads: one. Errors: reported.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/settings/problems.h"
#include "engine/settings/settings.h"
#include "engine/settings/tree.h"

namespace takt {

enum class SourceFiles : uint8_t { kMustExist, kMayBeAway };

std::vector<SourceSettings> ReadSources(const Node& root, SourceFiles files, Problems& problems);
// The default file lies beside `config_file`.
DeadLetterSettings ReadDeadLetters(const Node& root, const std::string& config_file,
                                   Problems& problems);
EngineSettings ReadEngine(const Node& root, const std::string& config_file, Problems& problems);

}  // namespace takt
