// C++ text made easy to look through, without being a compiler: comments and literals are blanked
// while every line stays where it is, and functions are found by their braces. It reads
// well-formatted code, which ours is by clang-format; what it cannot make out it leaves alone, so a
// check may miss but does not accuse wrongly.
//
// Threads: any. Owns what it returns.
#pragma once

#include <string>
#include <vector>

#include "tests/house/tree.h"

namespace takt::house {

// The same number of lines, where comments, preprocessor lines and the insides of literals are
// spaces.
std::vector<std::string> BlankedLines(const File& file);

struct Function {
  std::string name;
  int first_line = 0;  // from 1, where the signature begins
  int last_line = 0;   // where the body or the declaration ends
  int parameters = 0;
  bool has_body = false;
};

// Functions declared or defined in namespaces and classes; those inside of functions count as lines
// of the latter.
std::vector<Function> FindFunctions(const File& file);

// True where the word stands in the line with no letter, digit or '_' before or after it.
bool HasWord(const std::string& line, const std::string& word);

}  // namespace takt::house
