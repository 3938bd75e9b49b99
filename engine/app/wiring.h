// Who is wired to whom: the connectors that a configuration asks for, as the parts of an engine.
//
// Threads: main, at the start. Errors: InvalidArgument, FailedPrecondition or NotFound with the name of
// the source and what is wrong with it; nothing is left behind then.
#pragma once

#include "absl/status/statusor.h"
#include "engine/base/clock.h"
#include "engine/pipeline/parts.h"
#include "engine/settings/settings.h"

namespace takt {

absl::StatusOr<EngineParts> MakeParts(const Settings& settings, Clock& clock,
                                      const LogFunction& log);

}  // namespace takt
