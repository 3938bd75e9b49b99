// What an engine is made of and does not make itself: the definition, its sources with their
// decoders and dead letters, the journal's folder, the clock, and where its few log lines go.
// engine/app makes them from Settings; tests and `takt demo` make them in memory.
//
// Threads: a value that is moved into Engine::Create or Pipeline::Create. `clock` must outlive the
// engine; the rest is owned by it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/base/clock.h"
#include "engine/definition/definition.h"
#include "engine/journal/files.h"
#include "engine/pipeline/dead_letters.h"
#include "engine/pipeline/decoder.h"
#include "engine/pipeline/source.h"
#include "engine/settings/settings.h"

namespace takt {

struct SourceParts {
  SourceSettings settings;
  std::unique_ptr<Source> source;
  std::unique_ptr<Decoder> decoder;
  std::unique_ptr<DeadLetters> dead_letters;
};

enum class LogLevel : uint8_t { kDebug, kInfo, kWarning, kError };
// Called from any of the engine's threads, one line without its end; the receiver serialises.
using LogFunction = std::function<void(LogLevel, absl::string_view)>;

struct EngineParts {
  std::shared_ptr<const Definition> definition;
  EngineSettings settings;
  std::vector<SourceParts> sources;
  std::unique_ptr<JournalFiles> journal;  // OpenJournalFolder(path); null: nothing is kept
  Clock* clock = nullptr;
  LogFunction log;  // may be empty
  // What memory_bytes_max is compared with, the process's resident bytes in production. Empty: the
  // sum of ledgers and cells.
  std::function<uint64_t()> memory_bytes;
  uint64_t config_hash = 0;
  int records_per_poll_max = 2048;
  absl::Duration publish_every = absl::Milliseconds(20);  // from a worker to the view
  absl::Duration audit_every;                             // zero: on demand only
};

}  // namespace takt
