// SIGTERM and SIGINT: the first asks for an orderly end, the second ends the process at once.
//
// Threads: install once, from main, before other threads start.
#pragma once

#include "absl/time/time.h"

namespace takt {

class Signals {
 public:
  // From now on the two signals do not end the process by themselves.
  static void Install();
  // Whether one has come. Waits at most `limit` for it; may return earlier.
  static bool WaitForEnd(absl::Duration limit);
};

}  // namespace takt
