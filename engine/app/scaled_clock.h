// A wall clock that runs faster than time: for the demo, in which a day passes in a second. Monotonic
// time and sleeping are real.
//
// Threads: any.
#pragma once

#include "absl/time/time.h"
#include "engine/base/clock.h"

namespace takt {

class ScaledClock final : public Clock {
 public:
  // Shows `start` now, and goes `scale` times as fast as time.
  ScaledClock(absl::Time start, double scale)
      : start_(start), scale_(scale), begun_(system_.Monotonic()) {}

  absl::Time Now() const override { return start_ + scale_ * (system_.Monotonic() - begun_); }
  absl::Duration Monotonic() const override { return system_.Monotonic(); }
  void SleepFor(absl::Duration length) override { system_.SleepFor(length); }

 private:
  SystemClock system_;
  const absl::Time start_;
  const double scale_;
  const absl::Duration begun_;
};

}  // namespace takt
