// The process's few log lines: to standard error, one line each, with time and level.
//
// Threads: any; lines do not mix.
#pragma once

#include "absl/strings/string_view.h"
#include "engine/base/clock.h"
#include "engine/pipeline/parts.h"

namespace takt {

// `clock` must outlive the function.
LogFunction LogToStandardError(const Clock& clock);

}  // namespace takt
