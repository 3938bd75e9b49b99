#include "tests/house/layering.h"

#include <algorithm>
#include <sstream>

namespace takt::house {
namespace {

constexpr char kRules[] = "tests/house/layering.txt";

bool IsOurs(const std::string& path) {
  for (const char* top : {"engine/", "connectors/", "proto/", "tests/"}) {
    if (StartsWith(path, top)) return true;
  }
  return false;
}

bool IsStandard(const std::string& header) {
  return header.find('/') == std::string::npos && header.find('.') == std::string::npos;
}

bool IsPosix(const std::string& header) {
  for (const char* folder : {"sys/", "netinet/", "arpa/", "net/", "linux/"}) {
    if (StartsWith(header, folder)) return true;
  }
  for (const char* known : {"dirent.h", "errno.h", "fcntl.h", "netdb.h", "poll.h", "pthread.h",
                            "sched.h", "signal.h", "spawn.h", "termios.h", "unistd.h"}) {
    if (header == known) return true;
  }
  return false;
}

bool Allows(const std::string& word, const std::string& header) {
  if (word == "posix") return IsPosix(header);
  if (word[0] == '*') return EndsWith(header, word.substr(1));
  if (IsOurs(word + "/")) return header == word || AreaOf(header) == word;
  return StartsWith(header, word);
}

// The header that the line includes, or nothing.
std::string IncludedBy(const std::string& line) {
  std::istringstream in(line);
  std::string directive;
  in >> directive;
  if (directive == "#") in >> directive;
  if (directive != "#include" && directive != "include") return "";
  const size_t open = line.find_first_of("<\"");
  if (open == std::string::npos) return "";
  const size_t close = line.find_first_of(">\"", open + 1);
  return close == std::string::npos ? "" : line.substr(open + 1, close - open - 1);
}

// What is wrong with the include, or nothing.
std::string Judge(const std::string& header, const std::string& folder,
                  const std::vector<std::string>& allowed) {
  if (IsStandard(header) || StartsWith(header, "absl/")) return "";
  if (IsOurs(header) && AreaOf(header) == folder) return "";
  for (const std::string& word : allowed) {
    if (Allows(word, header)) return "";
  }
  if (header.find('/') == std::string::npos && !IsPosix(header)) {
    return "includes \"" + header +
           "\": write the full path from the root, or the C++ header (<cstdint> for " +
           "<stdint.h>); a third party needs its word in " + kRules;
  }
  return folder + " may not include " + header +
         ": move the code to where it may, or take an interface; the rules are " + kRules;
}

bool NeedsRule(const std::string& folder) {
  return StartsWith(folder, "engine/") || StartsWith(folder, "connectors/");
}

void CheckFile(const File& file, const Layering& layering, std::vector<Finding>& findings) {
  const std::string folder = AreaOf(file.path);
  const auto rule = layering.allowed.find(folder);
  if (rule == layering.allowed.end()) {
    if (NeedsRule(folder))
      findings.push_back({file.path, 0, "folder " + folder + " has no line in " + kRules});
    return;
  }
  for (size_t i = 0; i < file.lines.size(); ++i) {
    const std::string header = IncludedBy(file.lines[i]);
    if (header.empty()) continue;
    const std::string what = Judge(header, folder, rule->second);
    if (!what.empty()) findings.push_back({file.path, static_cast<int>(i) + 1, what});
  }
}

// The folder whose library has the name: "takt_cells" is engine/cells.
std::string FolderOfLibrary(const std::string& library, const Layering& layering) {
  if (!StartsWith(library, "takt_")) return "";
  const std::string name = library.substr(5);
  for (const auto& [folder, words] : layering.allowed) {
    if (!StartsWith(folder, "tests/") && NameOf(folder) == name) return folder;
  }
  return "";
}

}  // namespace

Layering ParseLayering(const File& file) {
  Layering layering;
  for (size_t i = 0; i < file.lines.size(); ++i) {
    const std::string& line = file.lines[i];
    if (line.empty() || line[0] == '#') continue;
    const int number = static_cast<int>(i) + 1;
    const size_t colon = line.find(':');
    if (colon == std::string::npos) {
      layering.findings.push_back({file.path, number, "write 'folder: word ...'"});
      continue;
    }
    std::vector<std::string> words;
    std::istringstream in(line.substr(colon + 1));
    for (std::string word; in >> word;) {
      const std::string folder = EndsWith(word, ".h") ? AreaOf(word) : word;
      if (IsOurs(word + "/") && layering.allowed.count(folder) == 0) {
        layering.findings.push_back(
            {file.path, number, "names " + word + ", which has no line above this one"});
      }
      words.push_back(word);
    }
    if (!layering.allowed.emplace(line.substr(0, colon), words).second) {
      layering.findings.push_back(
          {file.path, number, "the second line of " + line.substr(0, colon)});
    }
  }
  return layering;
}

std::vector<Finding> CheckIncludes(const std::vector<File>& tree, const Layering& layering) {
  std::vector<Finding> findings;
  for (const File& file : tree) {
    if (IsCode(file)) CheckFile(file, layering, findings);
  }
  return findings;
}

std::vector<Finding> CheckLinks(const std::vector<File>& tree, const Layering& layering) {
  std::vector<Finding> findings;
  for (const File& file : tree) {
    const auto rule = layering.allowed.find(AreaOf(file.path));
    if (NameOf(file.path) != "CMakeLists.txt" || rule == layering.allowed.end()) continue;
    for (size_t i = 0; i < file.lines.size(); ++i) {
      std::string line = file.lines[i];
      std::replace_if(
          line.begin(), line.end(), [](char c) { return c == '(' || c == ')'; }, ' ');
      std::istringstream in(line);
      for (std::string word; in >> word && word[0] != '#';) {
        const std::string linked = FolderOfLibrary(word, layering);
        if (linked.empty() || linked == rule->first) continue;
        if (std::find(rule->second.begin(), rule->second.end(), linked) == rule->second.end()) {
          findings.push_back({file.path, static_cast<int>(i) + 1,
                              rule->first + " may not link " + word + "; the rules are " + kRules});
        }
      }
    }
  }
  return findings;
}

}  // namespace takt::house
