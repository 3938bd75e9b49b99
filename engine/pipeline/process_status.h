// What the process around an engine tells of itself: its configuration files and its listeners. The
// engine leaves it as it is; who serves the engine fills it in.
//
// Threads: a value. Label sets are bounded: two listeners.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace takt {

// One set of files that is read again when it changes.
struct ReloadStatus {
  bool successful = true;   // the last attempt, the start included
  absl::Time last_success;  // when what holds was read
  uint64_t attempts = 0;    // since the start
  uint64_t failures = 0;
  std::string error;  // why the last attempt changed nothing; empty: it did not fail
};

struct ListenerStatus {
  std::string name;  // "pages", "api"
  uint64_t open = 0;
  uint64_t opened = 0;
  uint64_t overdue = 0;  // cut off at their deadline
  uint64_t evicted = 0;  // cut off to make room
  uint64_t refused = 0;  // requests without the right credentials
};

struct ProcessStatus {
  std::optional<ReloadStatus> config;  // none: nothing reads it again
  bool restart_needed = false;         // the files on disk say what only a restart brings in
  bool folding = false;                // the histories are being folded by a new configuration
  std::optional<ReloadStatus> web;     // none: there is no web configuration
  std::optional<absl::Time> certificate_expires;
  std::vector<ListenerStatus> listeners;
};

}  // namespace takt
