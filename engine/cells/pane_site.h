// Where a minute lies on the two grids of panes: its local day and its place in that day. Minutes
// before day 0 or far beyond the last day of the calendar count at its edge; no admissible event and
// no `now` lies there.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>

#include "engine/time/calendar.h"

namespace takt {

// A day has at most 27 hours where clocks go back; places fit into 11 bits.
inline constexpr int64_t kPlacesOfDay = 2048;

struct PaneSite {
  Day day = 0;
  uint16_t offset = 0;  // minutes since the day's start
  friend auto operator<=>(const PaneSite&, const PaneSite&) = default;
};

inline PaneSite SiteOf(const Calendar& calendar, Minute minute) {
  const Day day = calendar.DayOf(minute);
  const int64_t offset = int64_t{minute} - calendar.DayStart(day);
  return {.day = day,
          .offset = static_cast<uint16_t>(std::clamp<int64_t>(offset, 0, kPlacesOfDay - 1))};
}

}  // namespace takt
