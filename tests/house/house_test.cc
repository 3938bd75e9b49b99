// The house rules, held against the tree itself. A failed test prints file, line and what to do.
// What each check finds is shown by the other tests of this folder.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "tests/house/layering.h"
#include "tests/house/smells.h"
#include "tests/house/tree.h"

namespace takt::house {
namespace {

const std::vector<File>& Tree() {
  static const auto& tree = *new std::vector<File>(ReadTree("."));
  return tree;
}

Layering Rules() {
  for (const File& file : Tree()) {
    if (file.path == "tests/house/layering.txt") return ParseLayering(file);
  }
  ADD_FAILURE() << "tests run in the root of the source tree, where tests/house/layering.txt is";
  return {};
}

// Paths of compiled sources, from the lines `"file": "/…/engine/base/clock.cc",`.
std::set<std::string> Built() {
  const std::string root = std::filesystem::current_path().string() + "/";
  std::set<std::string> built;
  std::ifstream in(TAKT_COMPILE_COMMANDS);
  for (std::string line; std::getline(in, line);) {
    const size_t begin = line.find(root);
    if (line.find("\"file\":") == std::string::npos || begin == std::string::npos) continue;
    const size_t path = begin + root.size();
    built.insert(line.substr(path, line.rfind('"') - path));
  }
  return built;
}

std::set<std::string> Existing() {
  std::set<std::string> existing;
  for (const char* top : {"engine", "connectors", "proto", "config", "deploy", "tests", "cmake"}) {
    existing.insert(top);
    if (!std::filesystem::exists(top)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(top)) {
      existing.insert(entry.path().generic_string());
    }
  }
  return existing;
}

void ExpectNone(const std::vector<Finding>& findings) {
  EXPECT_TRUE(findings.empty()) << findings.size() << " findings:" << Report(findings);
}

TEST(House, EveryIncludeFollowsTheLayers) {
  const Layering rules = Rules();
  ExpectNone(rules.findings);
  ExpectNone(CheckIncludes(Tree(), rules));
}

TEST(House, EveryLinkFollowsTheLayers) { ExpectNone(CheckLinks(Tree(), Rules())); }

TEST(House, NamesSayWhatThingsAre) { ExpectNone(CheckNames(Tree())); }

TEST(House, ProductionCodeUsesNoForbiddenWord) { ExpectNone(CheckForbiddenWords(Tree())); }

TEST(House, FunctionsAndFilesAreSmall) { ExpectNone(CheckSizes(Tree())); }

TEST(House, HeadersAreGuardedAndComeFirst) { ExpectNone(CheckHeaders(Tree())); }

TEST(House, TypesHaveNamesOfTheirOwn) { ExpectNone(CheckTypeNames(Tree())); }

TEST(House, NoTestIsSilenced) { ExpectNone(CheckSilencedTests(Tree())); }

TEST(House, EverySourceIsBuilt) {
  const std::set<std::string> built = Built();
  ASSERT_FALSE(built.empty()) << "CMake writes " << TAKT_COMPILE_COMMANDS;
  ExpectNone(CheckBuilt(Tree(), built));
}

TEST(House, DocumentsNameFilesThatExist) { ExpectNone(CheckDocuments(Tree(), Existing())); }

}  // namespace
}  // namespace takt::house
