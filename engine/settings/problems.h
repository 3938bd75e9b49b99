// Collects everything that is wrong with a configuration, so that all of it is told in one go.
//
// Threads: one. Owns the names of the files read; places refer to them by number.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/settings/settings.h"

namespace takt {

// A point in a configuration file; lines and columns count from 1.
struct Place {
  int file = 0;
  int line = 0;  // 0: the whole file
  int column = 0;
};

class Problems {
 public:
  // Registers a file by the name that problems show; gives its number.
  int AddFile(std::string name);
  const std::vector<std::string>& files() const { return files_; }
  const std::string& FileName(int file) const { return files_[static_cast<size_t>(file)]; }
  // Files that another one `use:`s: what they say may go beyond what this organisation has.
  void MarkUsed(int file) { used_.insert(file); }
  bool IsUsed(int file) const { return used_.contains(file); }

  void Error(const Place& place, absl::string_view path, std::string text);
  void Warn(const Place& place, absl::string_view path, std::string text);
  // A problem that is none yet, for what only others can judge.
  Problem At(const Place& place, absl::string_view path) const;

  bool HasErrors() const;
  // All problems by file, line and column; one that was found twice is told once.
  std::vector<Problem> Sorted() const;

 private:
  std::vector<std::string> files_;
  std::set<int> used_;
  std::vector<Problem> found_;
};

}  // namespace takt
