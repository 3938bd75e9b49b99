// The source tree as the checks of this folder see it: paths and lines, read once, and findings
// about them.
//
// Threads: one. Owns the text. Reading fails the program, since without a tree there is nothing to
// check.
#pragma once

#include <string>
#include <vector>

namespace takt::house {

struct File {
  std::string path;  // from the root, with '/'
  std::vector<std::string> lines;
};

struct Finding {
  std::string path;
  int line = 0;      // from 1; 0 speaks of the whole file
  std::string what;  // what is wrong and what to do
};

// Everything below the root that people write: no build output, nothing hidden but .ci.
std::vector<File> ReadTree(const std::string& root);

// A file made of text, for the checks' own tests.
File MakeFile(const std::string& path, const std::string& text);

// "engine/base" of "engine/base/bytes.h"; at most the first two folders, so that a deeper file
// belongs to its area.
std::string AreaOf(const std::string& path);

// "bytes.h" of "engine/base/bytes.h".
std::string NameOf(const std::string& path);

bool IsHeader(const File& file);
bool IsSource(const File& file);
bool IsCode(const File& file);
bool StartsWith(const std::string& text, const std::string& beginning);
bool EndsWith(const std::string& text, const std::string& end);

// One "path:line: what" per finding, for the message of a failed test.
std::string Report(const std::vector<Finding>& findings);

}  // namespace takt::house
