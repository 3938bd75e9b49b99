#include "tests/house/tree.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace takt::house {
namespace {

namespace fs = std::filesystem;

bool IsSkipped(const fs::path& path) {
  const std::string name = path.filename().string();
  return name == "build" || name == "node_modules" || name == "__pycache__" ||
         (name.size() > 1 && name[0] == '.' && name != ".ci");
}

// Binary data and captured files are no text that people write.
bool IsText(const fs::path& path) {
  static const char* const kEndings[] = {".cc", ".h",     ".txt",   ".md",   ".yaml", ".yml",
                                         ".sh", ".cmake", ".proto", ".json", ".toml", ".py"};
  const std::string ending = path.extension().string();
  return ending.empty() || std::any_of(std::begin(kEndings), std::end(kEndings),
                                       [&](const char* known) { return ending == known; });
}

std::string ReadAll(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

File MakeFile(const std::string& path, const std::string& text) {
  File file{.path = path};
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) file.lines.push_back(line);
  return file;
}

std::vector<File> ReadTree(const std::string& root) {
  std::vector<File> files;
  for (auto at = fs::recursive_directory_iterator(root); at != fs::recursive_directory_iterator();
       ++at) {
    if (IsSkipped(at->path())) {
      if (at->is_directory()) at.disable_recursion_pending();
      continue;
    }
    if (!at->is_regular_file() || !IsText(at->path())) continue;
    files.push_back(MakeFile(fs::relative(at->path(), root).generic_string(), ReadAll(at->path())));
  }
  if (files.empty()) {
    std::fprintf(stderr, "there is no source tree at %s\n", root.c_str());
    std::abort();
  }
  std::sort(files.begin(), files.end(),
            [](const File& left, const File& right) { return left.path < right.path; });
  return files;
}

std::string AreaOf(const std::string& path) {
  const size_t first = path.find('/');
  if (first == std::string::npos) return "";
  const size_t second = path.find('/', first + 1);
  return path.substr(0, second == std::string::npos ? first : second);
}

std::string NameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool StartsWith(const std::string& text, const std::string& beginning) {
  return text.compare(0, beginning.size(), beginning) == 0;
}

bool EndsWith(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

bool IsHeader(const File& file) { return EndsWith(file.path, ".h"); }
bool IsSource(const File& file) { return EndsWith(file.path, ".cc"); }
bool IsCode(const File& file) { return IsHeader(file) || IsSource(file); }

std::string Report(const std::vector<Finding>& findings) {
  std::string report;
  for (const Finding& finding : findings) {
    report += "\n  " + finding.path;
    if (finding.line > 0) report += ":" + std::to_string(finding.line);
    report += ": " + finding.what;
  }
  return report;
}

}  // namespace takt::house
