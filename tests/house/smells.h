// The smells that a program can find. Each check takes files and returns findings, so that its own
// test can hand it a bad sample.
//
// Threads: any.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/house/tree.h"

namespace takt::house {

inline constexpr int kFunctionLinesMax = 70;
inline constexpr int kFileLinesMax = 500;
inline constexpr int kParametersMax = 4;

// Names that say nothing (utils, manager), and abbreviations.
std::vector<Finding> CheckNames(const std::vector<File>& tree);

// Words that production code may not use: the machine's clock, sleep, chance and environment
// outside engine/base/clock.cc and engine/app, and what we have a better thing for.
std::vector<Finding> CheckForbiddenWords(const std::vector<File>& tree);

// Functions and files that are too long, and a fifth parameter in a header.
std::vector<Finding> CheckSizes(const std::vector<File>& tree);

// Headers without `#pragma once`, sources that do not include their own header first.
std::vector<Finding> CheckHeaders(const std::vector<File>& tree);

// Types of one name in two production headers: the linker takes them for one.
std::vector<Finding> CheckTypeNames(const std::vector<File>& tree);

// Tests that are commented out or disabled.
std::vector<Finding> CheckSilencedTests(const std::vector<File>& tree);

// Sources that no target compiles. `built` holds paths from the root.
std::vector<Finding> CheckBuilt(const std::vector<File>& tree, const std::set<std::string>& built);

// Paths in Markdown files that lead nowhere.
std::vector<Finding> CheckDocuments(const std::vector<File>& tree,
                                    const std::set<std::string>& existing);

}  // namespace takt::house
