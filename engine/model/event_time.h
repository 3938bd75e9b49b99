// When something happened, by the source's own word: microseconds since 1970-01-01T00:00:00Z.
// Never the time at which Takt heard of it.
//
// A regular value, 8 bytes. Admissible event times lie in [kEventTimeMin, kEventTimeMax): earlier
// ones are epoch zero or seconds taken for milliseconds, later ones a placeholder such as year 9999.
#pragma once

#include <compare>
#include <cstdint>

#include "absl/time/time.h"

namespace takt {

struct EventTime {
  int64_t micros = 0;
  friend auto operator<=>(const EventTime&, const EventTime&) = default;

  static EventTime From(absl::Time time) { return {absl::ToUnixMicros(time)}; }
  absl::Time ToTime() const { return absl::FromUnixMicros(micros); }
};

inline constexpr EventTime kEventTimeMin{631152000000000};   // 1990-01-01T00:00:00Z
inline constexpr EventTime kEventTimeMax{4102444800000000};  // 2100-01-01T00:00:00Z

inline bool IsAdmissible(EventTime time) { return time >= kEventTimeMin && time < kEventTimeMax; }

}  // namespace takt
