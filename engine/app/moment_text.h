// Moments as people and programs write them in an address or on a command line.
//
// Threads: any. Errors: InvalidArgument with the name, the text (escaped and cut) and what to write.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/model/event_time.h"

namespace takt {

// "2026-01-31T18:00:00Z" or seconds since 1970, within 1990 to 2099. `name`: "at".
absl::StatusOr<EventTime> ParseMoment(absl::string_view name, const std::string& text);

// Text from outside as a message may show it: escaped, and cut behind 80 bytes.
std::string Shown(absl::string_view text);

// "2026-01-31T18:00:00Z", with as many decimals as it takes.
std::string MomentText(EventTime time);

}  // namespace takt
