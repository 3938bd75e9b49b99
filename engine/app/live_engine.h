// The engine that is served, and its replacement by one of other settings while it goes on serving.
//
// A replacement is a restart inside the process: the engine stops reading and retires, a new one takes
// the journal, folds it by its own definition and goes on reading where the journal says; when it is
// where the old one was, it is served. So what a reload shows is what a start would show. Meanwhile
// pages show what the old one knew, and say how old it is.
//
//   live.Begin(settings);                          // Served() is the old engine
//   while (live.Step() == Change::kFolding) ...    // then the new one
//
// When the new engine cannot be made, or cannot fold the journal, one of the old settings takes its
// place in the same way. When that cannot be made either, IsBroken: somebody must act.
//
// Threads: Served and Alive from any, the rest from the owner's. Bound: two engines, of which the
// retired one holds cells and no histories.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"
#include "engine/pipeline/engine.h"
#include "engine/pipeline/parts.h"
#include "engine/settings/settings.h"

namespace takt {

// What of `next` only a restart of the process brings in, as the path of a key; empty: nothing.
std::string NeedsRestart(const Settings& now, const Settings& next);

class LiveEngine {
 public:
  enum class Change : uint8_t { kNone, kFolding, kDone, kFailed };

  // Gives parts their journal: AddJournal of wiring.h, but in tests.
  using OpenJournal = std::function<absl::Status(EngineParts&)>;

  static absl::StatusOr<std::unique_ptr<LiveEngine>> Create(const Settings& settings, Clock& clock,
                                                            const LogFunction& log,
                                                            OpenJournal open_journal);

  std::shared_ptr<Engine> Served() const;
  bool Alive() const;

  // An error leaves everything as it was. Takes as long as stopping an engine does.
  absl::Status Begin(const Settings& settings);
  // Now and then. kDone and kFailed are told once; `error()` says why it failed.
  Change Step();
  bool IsFolding() const { return folding_; }
  bool IsBroken() const { return broken_; }
  const std::string& error() const { return error_; }
  const Settings& settings() const { return settings_; }

  void Stop();

 private:
  LiveEngine(const Settings& settings, Clock& clock, const LogFunction& log,
             OpenJournal open_journal);
  absl::StatusOr<std::shared_ptr<Engine>> Make(EngineParts parts) const;
  void GoBack(const absl::Status& reason);
  bool HasCaughtUp(const Engine& next);
  void Serve(std::shared_ptr<Engine> engine);
  std::shared_ptr<Engine> Next() const;
  void SetNext(std::shared_ptr<Engine> engine);

  Clock& clock_;
  const LogFunction log_;
  const OpenJournal open_journal_;
  Settings settings_;       // of what is served
  Settings next_settings_;  // of what is being folded
  bool folding_ = false;
  bool going_back_ = false;
  bool broken_ = false;
  std::string error_;
  absl::Duration restored_at_ = absl::InfiniteDuration();  // monotonic

  mutable Mutex mutex_;
  std::shared_ptr<Engine> served_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<Engine> next_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace takt
