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

// The decoder that a source's records go through: of its format, or of its mapping.
absl::StatusOr<std::unique_ptr<Decoder>> MakeDecoder(const SourceSettings& settings,
                                                     const Calendar& calendar);

absl::StatusOr<EngineParts> MakeParts(const Settings& settings, Clock& clock,
                                      const LogFunction& log);

// All but the journal, which another engine may still hold.
absl::StatusOr<EngineParts> MakePartsWithoutJournal(const Settings& settings, Clock& clock,
                                                    const LogFunction& log);
absl::Status AddJournal(EngineParts& parts);

}  // namespace takt
