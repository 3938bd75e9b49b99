#include "engine/app/moment_text.h"

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"

namespace takt {
namespace {

constexpr size_t kShownBytesMax = 80;

}  // namespace

std::string Shown(absl::string_view text) {
  const bool cut = text.size() > kShownBytesMax;
  std::string shown = absl::CHexEscape(text.substr(0, kShownBytesMax));
  return cut ? shown + "..." : shown;
}

absl::StatusOr<EventTime> ParseMoment(absl::string_view name, const std::string& text) {
  double seconds = 0;
  absl::Time time;
  std::string error;
  if (absl::SimpleAtod(text, &seconds)) {
    time = absl::UnixEpoch() + absl::Seconds(seconds);  // also for 1e300, inf and nan
  } else if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s=\"%s\" is no time; write 2026-01-31T18:00:00Z or seconds since 1970",
                        name, Shown(text)));
  }
  const EventTime at = EventTime::From(time);
  if (!IsAdmissible(at)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s=\"%s\" lies outside of the years 1990 to 2099", name, Shown(text)));
  }
  return at;
}

std::string MomentText(EventTime time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time.ToTime(), absl::UTCTimeZone());
}

}  // namespace takt
