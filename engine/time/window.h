// Windows as an operator writes them, and the range of minutes that each is at a given moment.
//
//   90m, 24h                rolling, on the minute grid: the pane that holds now and those before it
//   7d, 28d, 12w            rolling, local days: today so far and the days before it
//   day week month quarter year fiscal_quarter fiscal_year     to date
//   previous month ...      the whole period before the one that holds now
//   last 100                the last hundred outcomes (time plays no part but "not after now")
//   all                     everything up to now
//
// Threads: values. A window never reaches beyond the end of the pane that holds now.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/time/calendar.h"
#include "engine/time/pane.h"

namespace takt {

struct Window {
  enum class Kind : uint8_t { kMinutes, kDays, kPeriod, kPreviousPeriod, kLast, kAll };
  Kind kind = Kind::kDays;
  int32_t count = 0;               // minutes, days or outcomes
  Period period = Period::kMonth;  // kPeriod, kPreviousPeriod
  std::string label;               // as written, blanks normalised: the value of the label `window`

  friend bool operator==(const Window&, const Window&) = default;
};

// InvalidArgument names the text and the forms that are allowed; counts are at least 1, at most
// 366 days of minutes, 4,000 days, 100,000 outcomes.
absl::StatusOr<Window> ParseWindow(absl::string_view text);

// "30d ago", "1 month ago", "1 week ago", "365d ago": the span; also without "ago".
absl::StatusOr<CivilSpan> ParseSpan(absl::string_view text);

// The minutes that `window` covers when the latest pane is the one before `end`. For kLast and kAll:
// from kMinuteMin. `end` is the first minute not yet begun: MinuteOf(now) + 1.
MinuteRange Resolve(const Window& window, Minute end, const Calendar& calendar);

}  // namespace takt
