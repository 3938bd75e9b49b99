// Panes: the half-open minutes [m, m+1) that facts are dated to. A minute is counted from
// 1970-01-01T00:00:00Z and rounds toward the past, before 1970 too.
//
// The second grid, local days, is made of whole minutes (time/calendar.h), so every window is a
// half-open range of minutes: a fact on a boundary belongs to the later pane.
#pragma once

#include <compare>
#include <cstdint>

namespace takt {

using Minute = int32_t;

inline constexpr int64_t kMicrosPerMinute = 60'000'000;
inline constexpr Minute kMinuteMin = INT32_MIN;
inline constexpr Minute kMinuteMax = INT32_MAX;

// The pane that holds `micros` since 1970.
inline Minute MinuteOf(int64_t micros) {
  const int64_t quotient = micros / kMicrosPerMinute;
  return static_cast<Minute>(micros % kMicrosPerMinute < 0 ? quotient - 1 : quotient);
}

struct MinuteRange {
  Minute begin = 0;  // included
  Minute end = 0;    // excluded
  friend bool operator==(const MinuteRange&, const MinuteRange&) = default;
};

}  // namespace takt
