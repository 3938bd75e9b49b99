#include "tests/house/smells.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <map>

#include "tests/house/code.h"

namespace takt::house {
namespace {

// Words of snake_case names. What they mean differs from reader to reader, or they mean nothing.
const char* const kEmptyNames[] = {"util",    "utils", "helper", "helpers", "common",
                                   "manager", "misc",  "impl",   "base2"};
const char* const kAbbreviations[] = {"agg", "buf", "calc", "cb",  "cfg",  "cnt", "ctx", "evt",
                                      "idx", "mgr", "msg",  "req", "resp", "tmp", "ts"};

bool IsProduction(const std::string& path) {
  return StartsWith(path, "engine/") || StartsWith(path, "connectors/");
}

bool IsNameCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::vector<std::string> WordsOf(const std::string& name) {
  std::vector<std::string> words(1);
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  return words;
}

template <size_t kSize>
bool Contains(const char* const (&list)[kSize], const std::string& word) {
  for (const char* known : list) {
    if (word == known) return true;
  }
  return false;
}

// The first abbreviation among the words of the line's names, or nothing. Members and namespaces of
// others, as in `error.msg`, are not ours to name.
std::string AbbreviationIn(std::string line) {
  for (const char* access : {".", "->", "::"}) {
    for (size_t at = line.find(access); at != std::string::npos; at = line.find(access, at + 1)) {
      for (size_t i = at + std::strlen(access); i < line.size() && IsNameCharacter(line[i]); ++i) {
        line[i] = ' ';
      }
    }
  }
  for (const std::string& word : WordsOf(line)) {
    if (Contains(kAbbreviations, word)) return word;
  }
  return "";
}

// The name of the type whose definition begins on this line, outside of any other, or nothing.
std::string DefinedType(const std::string& line) {
  const bool opens = line.find(';') == std::string::npos || line.find('{') != std::string::npos;
  if (!opens || (!StartsWith(line, "struct ") && !StartsWith(line, "class "))) return "";
  if (line.find("::") != std::string::npos && line.find(" : ") == std::string::npos) return "";
  std::string head = line.substr(0, line.find_first_of("{:"));
  head.resize(std::min(head.size(), head.find(" final")));
  while (!head.empty() && head.back() == ' ') head.pop_back();
  return head.substr(head.find_last_of(' ') + 1);
}

struct ForbiddenWord {
  const char* word;
  const char* advice;
  bool is_world;  // reads the world outside of the program: allowed where the clock and the wiring
                  // are
};

constexpr ForbiddenWord kForbiddenWords[] = {
    {"absl::Now", "take the time from the Clock that is passed in", true},
    {"absl::GetCurrentTimeNanos", "take the time from the Clock that is passed in", true},
    {"system_clock", "take the time from the Clock that is passed in", true},
    {"steady_clock", "take the time from the Clock that is passed in", true},
    {"high_resolution_clock", "take the time from the Clock that is passed in", true},
    {"clock_gettime", "take the time from the Clock that is passed in", true},
    {"gettimeofday", "take the time from the Clock that is passed in", true},
    {"time(nullptr)", "take the time from the Clock that is passed in", true},
    {"time(NULL)", "take the time from the Clock that is passed in", true},
    {"absl::SleepFor", "wait by the Clock that is passed in", true},
    {"sleep_for", "wait by the Clock that is passed in", true},
    {"sleep_until", "wait by the Clock that is passed in", true},
    {"nanosleep", "wait by the Clock that is passed in", true},
    {"usleep", "wait by the Clock that is passed in", true},
    {"random_device", "take the number or its seed as an argument", true},
    {"mt19937", "take the number or its seed as an argument", true},
    {"mt19937_64", "take the number or its seed as an argument", true},
    {"absl::BitGen", "take the number or its seed as an argument", true},
    {"rand()", "take the number or its seed as an argument", true},
    {"getenv", "read the environment in engine/app and pass the value on", true},
    {"secure_getenv", "read the environment in engine/app and pass the value on", true},
    {"absl::Mutex", "use Mutex of engine/base/mutex.h, which the thread sanitizer sees", false},
    {"absl::MutexLock", "use MutexLock of engine/base/mutex.h, which the thread sanitizer sees",
     false},
    {"absl::Notification", "use Mutex of engine/base/mutex.h, which the thread sanitizer sees",
     false},
    {"absl::InternalError",
     "choose the code by what the caller should do; a defect of ours is a CHECK", false},
    {"absl::UnknownError", "choose the code by what the caller should do", false},
};

bool MayReadTheWorld(const std::string& path) {
  return path == "engine/base/clock.cc" || StartsWith(path, "engine/app/");
}

void CheckLengths(const File& file, std::vector<Finding>& findings) {
  const int lines = static_cast<int>(file.lines.size());
  if (lines > kFileLinesMax) {
    findings.push_back({file.path, 0,
                        "has " + std::to_string(lines) + " lines, at most " +
                            std::to_string(kFileLinesMax) + ": split it by concept"});
  }
  for (const Function& function : FindFunctions(file)) {
    const int length = function.last_line - function.first_line + 1;
    if (function.has_body && length > kFunctionLinesMax) {
      findings.push_back({file.path, function.first_line,
                          function.name + " has " + std::to_string(length) + " lines, at most " +
                              std::to_string(kFunctionLinesMax) + ": split it by step"});
    }
    if (IsHeader(file) && function.parameters > kParametersMax) {
      findings.push_back({file.path, function.first_line,
                          function.name + " takes " + std::to_string(function.parameters) +
                              " parameters, at most " + std::to_string(kParametersMax) +
                              ": make a struct of those that belong together"});
    }
  }
}

std::string FirstInclude(const File& file) {
  for (const std::string& line : file.lines) {
    if (StartsWith(line, "#include")) return line;
  }
  return "";
}

}  // namespace

std::vector<Finding> CheckNames(const std::vector<File>& tree) {
  std::vector<Finding> findings;
  for (const File& file : tree) {
    if (!IsCode(file)) continue;
    for (const std::string& word : WordsOf(file.path)) {
      if (Contains(kEmptyNames, word) || Contains(kAbbreviations, word)) {
        findings.push_back(
            {file.path, 0, "'" + word + "' in a file name: name the file after its concept"});
      }
    }
    if (!StartsWith(file.path, "engine/")) continue;
    const std::vector<std::string> lines = BlankedLines(file);
    for (size_t i = 0; i < lines.size(); ++i) {
      const std::string word = AbbreviationIn(lines[i]);
      if (!word.empty()) {
        findings.push_back(
            {file.path, static_cast<int>(i) + 1, "abbreviation '" + word + "': write the word"});
      }
    }
  }
  return findings;
}

std::vector<Finding> CheckForbiddenWords(const std::vector<File>& tree) {
  std::vector<Finding> findings;
  for (const File& file : tree) {
    if (!IsCode(file) || !IsProduction(file.path)) continue;
    const std::vector<std::string> lines = BlankedLines(file);
    for (size_t i = 0; i < lines.size(); ++i) {
      for (const ForbiddenWord& forbidden : kForbiddenWords) {
        if (!HasWord(lines[i], forbidden.word) ||
            (forbidden.is_world && MayReadTheWorld(file.path)))
          continue;
        findings.push_back({file.path, static_cast<int>(i) + 1,
                            std::string(forbidden.word) + ": " + forbidden.advice});
      }
    }
  }
  return findings;
}

std::vector<Finding> CheckSizes(const std::vector<File>& tree) {
  std::vector<Finding> findings;
  for (const File& file : tree) {
    if (IsCode(file)) CheckLengths(file, findings);
  }
  return findings;
}

std::vector<Finding> CheckHeaders(const std::vector<File>& tree) {
  std::set<std::string> headers;
  for (const File& file : tree) {
    if (IsHeader(file)) headers.insert(file.path);
  }
  std::vector<Finding> findings;
  for (const File& file : tree) {
    if (IsHeader(file)) {
      bool has_guard = false;
      for (const std::string& line : file.lines) has_guard = has_guard || line == "#pragma once";
      if (!has_guard) findings.push_back({file.path, 0, "has no '#pragma once'"});
    } else if (IsSource(file)) {
      const std::string own = file.path.substr(0, file.path.size() - 3) + ".h";
      if (headers.count(own) != 0 && FirstInclude(file) != "#include \"" + own + "\"") {
        findings.push_back({file.path, 0, "does not include its own header " + own + " first"});
      }
    }
  }
  return findings;
}

std::vector<Finding> CheckTypeNames(const std::vector<File>& tree) {
  std::map<std::string, std::string> headers;  // by namespace and name
  std::vector<Finding> findings;
  for (const File& file : tree) {
    if (!IsHeader(file) || !IsProduction(file.path)) continue;
    std::string space;
    int number = 0;
    for (const std::string& line : BlankedLines(file)) {
      ++number;
      if (StartsWith(line, "namespace ")) space = line;
      const std::string name = DefinedType(line);
      if (name.empty()) continue;
      const auto [known, is_new] = headers.try_emplace(space + name, file.path);
      if (!is_new) findings.push_back({file.path, number, name + " is a type of " + known->second});
    }
  }
  return findings;
}

std::vector<Finding> CheckSilencedTests(const std::vector<File>& tree) {
  std::vector<Finding> findings;
  for (const File& file : tree) {
    if (!IsSource(file) || !StartsWith(file.path, "tests/")) continue;
    const std::vector<std::string> code = BlankedLines(file);
    for (size_t i = 0; i < file.lines.size(); ++i) {
      const size_t text = file.lines[i].find_first_not_of("/ ");
      const bool is_comment = StartsWith(file.lines[i], "//") && text != std::string::npos;
      const std::string rest = is_comment ? file.lines[i].substr(text) : "";
      const bool is_silenced = StartsWith(rest, "TEST(") || StartsWith(rest, "TEST_F(") ||
                               StartsWith(rest, "TEST_P(") || StartsWith(rest, "INSTANTIATE_");
      if (is_silenced || (i < code.size() && code[i].find("DISABLED_") != std::string::npos)) {
        findings.push_back({file.path, static_cast<int>(i) + 1,
                            "a test that does not run: repair it or delete it"});
      }
    }
  }
  return findings;
}

std::vector<Finding> CheckBuilt(const std::vector<File>& tree, const std::set<std::string>& built) {
  std::vector<Finding> findings;
  for (const File& file : tree) {
    const bool must_be_built =
        IsProduction(file.path) ? IsSource(file) : EndsWith(file.path, "_test.cc");
    if (must_be_built && built.count(file.path) == 0) {
      findings.push_back(
          {file.path, 0,
           "no target compiles it: run CMake again, or add its folder to CMakeLists.txt"});
    }
  }
  return findings;
}

}  // namespace takt::house
