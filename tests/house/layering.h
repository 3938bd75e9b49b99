// Checks includes, and what the folders' CMake libraries link, against layering.txt (see there for
// the rules).
//
// Threads: any. Errors: a line of layering.txt that cannot be read is a finding like any other.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/house/tree.h"

namespace takt::house {

struct Layering {
  std::map<std::string, std::vector<std::string>> allowed;  // by folder
  std::vector<Finding> findings;                            // what is wrong with the file itself
};

// Reads the rules; a folder may name only folders above it.
Layering ParseLayering(const File& file);

// Includes that no rule allows, and folders of engine and connectors that have no rule.
std::vector<Finding> CheckIncludes(const std::vector<File>& tree, const Layering& layering);

// Libraries in a folder's CMakeLists.txt whose headers the folder may not include.
std::vector<Finding> CheckLinks(const std::vector<File>& tree, const Layering& layering);

}  // namespace takt::house
