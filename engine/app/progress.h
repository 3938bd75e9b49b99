// The progress of long work on standard error: on a terminal one line that is rewritten, elsewhere a
// line every ten seconds. Short work shows nothing.
//
// Threads: one owner. Cost: a counter comparison for most calls.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "engine/base/clock.h"

namespace takt {

class ProgressLine {
 public:
  // `total` 0: not known.
  ProgressLine(std::string what, uint64_t total, const Clock& clock);
  void At(uint64_t done);
  void Done(uint64_t done);

 private:
  void Print(uint64_t done);

  const std::string what_;
  const uint64_t total_;
  const Clock& clock_;
  const bool terminal_;
  const absl::Duration start_;
  absl::Duration next_;
  uint64_t check_at_ = 0;
  bool printed_ = false;
};

}  // namespace takt
