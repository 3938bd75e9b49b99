// SIGTERM and SIGINT: the first asks for an orderly end, the second ends the process at once. SIGHUP
// asks to read the configuration again.
//
// Threads: install once, from main, before other threads start.
#pragma once

#include "absl/time/time.h"

namespace takt {

class Signals {
 public:
  // From now on the three signals do not end the process by themselves.
  static void Install();
  // Whether one of the first two has come. Waits at most `limit` for any; may return earlier.
  static bool WaitForEnd(absl::Duration limit);
  // Whether SIGHUP has come since this was last asked.
  static bool TakeReload();
};

}  // namespace takt
