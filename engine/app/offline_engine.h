// An engine that answers questions and does nothing else: no listener, no source that goes on, and nothing
// on the disk is changed. It knows what the journal knows; where there is none, it reads the sources, which
// then must all be files, up to their ends.
//
// Threads: one. Cost: that of a restart, some 1.2 us for each change. Errors: FailedPrecondition when a
// running engine holds the journal, NotFound when there is neither journal nor file, and those of a
// restart; all with what to do.
#pragma once

#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "engine/app/explain_places.h"
#include "engine/base/clock.h"
#include "engine/pipeline/engine.h"
#include "engine/settings/settings.h"

namespace takt {

struct OfflineEngine {
  std::unique_ptr<Engine> engine;
  PlaceSources places;
  std::optional<EventTime> now;  // as the journal knows it; none: the engine's own
  bool of_files = false;         // there was no journal
};

// `clock` must outlive the result.
absl::StatusOr<OfflineEngine> OpenOffline(const Settings& settings, Clock& clock);

}  // namespace takt
