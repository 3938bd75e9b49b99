// Notices that files have changed, by looking at them: it works on every file system, and for mounted
// volumes that swap links.
//
// A change is told when the files have looked the same twice, so that one that is being written is not
// read half; and once more when a file was written just before it was watched, because what was read
// then may have been half.
//
// Threads: one. Cost: one stat for each file and look.
#pragma once

#include <string>
#include <vector>

#include "engine/base/clock.h"

namespace takt {

class FileWatch {
 public:
  explicit FileWatch(const Clock& clock) : clock_(clock) {}

  // From now on these files, in place of those before.
  void Watch(std::vector<std::string> files);
  // Whether something changed since it was last told, or watched.
  bool Changed();
  // How the files look now: equal texts, equal files.
  std::string State() const { return See().state; }

 private:
  struct Look {
    std::string state;  // of all files: which, when written, how long
    absl::Time newest;
  };
  Look See() const;

  const Clock& clock_;
  std::vector<std::string> files_;
  std::string told_;
  std::string seen_;
  bool fresh_ = false;
};

}  // namespace takt
