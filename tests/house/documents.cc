// Paths named in Markdown, part of smells.h: any word that begins with one of our folders has to
// exist.

#include <cctype>

#include "tests/house/smells.h"

namespace takt::house {
namespace {

const char* const kTops[] = {"engine/", "connectors/", "proto/", "config/",
                             "deploy/", "tests/",      "cmake/"};

bool IsPathCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.' ||
         c == '/';
}

// True if what follows makes the word a pattern, such as `tests/<area>` or `config/*.yaml`.
bool IsPattern(const std::string& line, size_t end) {
  if (end >= line.size()) return false;
  const std::string marks = "<*{$[(…";
  return marks.find(line[end]) != std::string::npos;
}

std::string WithoutEnd(std::string path) {
  while (!path.empty() && (path.back() == '.' || path.back() == '/' || path.back() == '-'))
    path.pop_back();
  return path;
}

// Our paths in the line, each once: a link often names its target twice.
std::set<std::string> PathsIn(const std::string& line) {
  std::set<std::string> paths;
  for (size_t begin = 0; begin < line.size();) {
    size_t end = begin;
    while (end < line.size() && IsPathCharacter(line[end])) ++end;
    const std::string word = line.substr(begin, end - begin);
    for (const char* top : kTops) {
      if (StartsWith(word, top) && !IsPattern(line, end)) paths.insert(WithoutEnd(word));
    }
    begin = end + 1;
  }
  return paths;
}

}  // namespace

std::vector<Finding> CheckDocuments(const std::vector<File>& tree,
                                    const std::set<std::string>& existing) {
  std::vector<Finding> findings;
  for (const File& file : tree) {
    if (!EndsWith(file.path, ".md")) continue;
    for (size_t i = 0; i < file.lines.size(); ++i) {
      for (const std::string& path : PathsIn(file.lines[i])) {
        if (existing.count(path) != 0) continue;
        findings.push_back(
            {file.path, static_cast<int>(i) + 1, "names " + path + ", which is not there"});
      }
    }
  }
  return findings;
}

}  // namespace takt::house
