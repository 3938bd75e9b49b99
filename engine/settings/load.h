// Loading for commands that ask what a configuration means and read no records.
//
// Threads: any. Errors: reported, as by LoadSettings.
#pragma once

#include <string>
#include <vector>

#include "engine/settings/settings.h"

namespace takt {

// LoadSettings (settings.h), where what only reading needs may be away: the files of sources, and those with
// passwords and keys of Kafka.
LoadResult LoadWithoutSourceFiles(const std::vector<std::string>& paths,
                                  const std::vector<std::string>& catalogue_folders);

}  // namespace takt
