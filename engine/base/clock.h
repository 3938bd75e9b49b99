// Where time comes from. No other production file reads a clock or sleeps; a Clock& is passed in.
//
// `Now` is the wall clock: it decides admission ("how far ahead is this event?") and the time that
// idle partitions follow, never a value. `Monotonic` measures time-outs and ages and never jumps.
//
// Threads: any. ManualClock moves only when told, so that tests and simulations do not wait.
#pragma once

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"

namespace takt {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
  virtual absl::Duration Monotonic() const = 0;  // since an arbitrary fixed point
  // Blocks the calling thread for `length` (SystemClock), or moves the clock (ManualClock).
  virtual void SleepFor(absl::Duration length) = 0;
};

class SystemClock final : public Clock {
 public:
  absl::Time Now() const override;
  absl::Duration Monotonic() const override;
  void SleepFor(absl::Duration length) override;
};

class ManualClock final : public Clock {
 public:
  explicit ManualClock(absl::Time start) : now_micros_(absl::ToUnixMicros(start)) {}
  absl::Time Now() const override { return absl::FromUnixMicros(now_micros_.load()); }
  absl::Duration Monotonic() const override { return absl::Microseconds(elapsed_micros_.load()); }
  void SleepFor(absl::Duration length) override { Advance(length); }
  void Advance(absl::Duration length);
  // Moves the wall clock alone, as an administrator or NTP does; may go back.
  void SetWall(absl::Time now) { now_micros_ = absl::ToUnixMicros(now); }

 private:
  std::atomic<int64_t> now_micros_;
  std::atomic<int64_t> elapsed_micros_{0};
};

}  // namespace takt
