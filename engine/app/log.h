// The process's few log lines: one event a line, as text or as JSON, to standard error.
//
//   2026-01-31T18:00:00.000Z warn: source crm is away: ... (12 more like it)
//   {"time":"2026-01-31T18:00:00.000Z","level":"warn","message":"source crm is away: ...","repeated":12}
//
// `time`, `level` (debug, info, warn, error) and `message` are in every event; `repeated` is there when
// events like this one, equal but for the numbers in them, were left out before it: after five in ten
// seconds the rest of them is counted, and told with the next one or when the ten seconds are over and
// anything is logged. Levels that are left out are not counted.
//
// Threads: any; lines do not mix. Bound: 256 kinds of event are counted apart, the rest together.
#pragma once

#include <functional>

#include "absl/strings/string_view.h"
#include "engine/base/clock.h"
#include "engine/pipeline/parts.h"

namespace takt {

enum class LogFormat : uint8_t { kText, kJson };

struct LogOptions {
  LogFormat format = LogFormat::kText;
  LogLevel least = LogLevel::kInfo;
};

// Takes one line with its end.
using LogSink = std::function<void(absl::string_view)>;

// `clock` must outlive the function; what was left out is told when the last copy of it goes.
LogFunction MakeLog(const LogOptions& options, const Clock& clock, LogSink sink);

LogFunction LogToStandardError(const Clock& clock, const LogOptions& options = {});

}  // namespace takt
