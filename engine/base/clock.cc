#include "engine/base/clock.h"

#include <chrono>

#include "absl/time/clock.h"

namespace takt {

absl::Time SystemClock::Now() const { return absl::Now(); }

absl::Duration SystemClock::Monotonic() const {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

void SystemClock::SleepFor(absl::Duration length) { absl::SleepFor(length); }

void ManualClock::Advance(absl::Duration length) {
  const int64_t micros = absl::ToInt64Microseconds(length);
  now_micros_ += micros;
  elapsed_micros_ += micros;
}

}  // namespace takt
