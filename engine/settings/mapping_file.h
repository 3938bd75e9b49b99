// Reads mapping files (definition/mapping_rules.h says what they can say) from YAML, with every
// mistake at its line and column.
//
// Threads: any. Errors: all problems in one go; a file that is away is a problem too.
#pragma once

#include <string>
#include <vector>

#include "engine/definition/mapping_rules.h"
#include "engine/settings/settings.h"

namespace takt {

struct MappingLoad {
  MappingFile file;               // of use only when no problem is an error
  std::vector<Problem> problems;  // by line and column
  bool ok() const;
};

// `name` stands in the problems.
MappingLoad ParseMapping(const std::string& name, const std::string& content);

MappingLoad LoadMappingFile(const std::string& path);

}  // namespace takt
