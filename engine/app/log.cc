#include "engine/app/log.h"

#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace takt {
namespace {

absl::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "";
}

}  // namespace

LogFunction LogToStandardError(const Clock& clock) {
  return [&clock](LogLevel level, absl::string_view text) {
    const std::string time =
        absl::FormatTime("%Y-%m-%d%ET%H:%M:%E3SZ", clock.Now(), absl::UTCTimeZone());
    const std::string line = absl::StrCat(time, " ", LevelName(level), ": ", text, "\n");
    // One write, so that lines of several threads stay whole. A log that cannot be written is lost.
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
  };
}

}  // namespace takt
