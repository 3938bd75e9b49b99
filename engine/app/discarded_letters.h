// Dead letters that are counted by the engine and kept nowhere: for runs without a place of their own
// (the demo, the first numbers of `takt init`), where the source can be read again.
//
// Threads: as DeadLetters says. Every letter is acknowledged at once.
#pragma once

#include "engine/pipeline/dead_letters.h"

namespace takt {

class DiscardedLetters final : public DeadLetters {
 public:
  absl::StatusOr<uint64_t> Send(const DeadLetter&) override { return next_++; }
  uint64_t AcknowledgedBelow() const override { return next_; }
  void Poll() override {}
  absl::Status Flush(absl::Duration) override { return absl::OkStatus(); }

 private:
  uint64_t next_ = 0;
};

}  // namespace takt
