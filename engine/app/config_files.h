// The configuration of a running process: read again at SIGHUP and when one of its files has changed,
// checked whole, and given to the live engine. What is wrong changes nothing, is logged with line and
// column, and the status says so; so does what only a restart brings in.
//
// Threads: AddTo from any, the rest from the main thread. Look takes as long as reading the files does,
// and stopping an engine when they have changed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/app/file_watch.h"
#include "engine/app/live_engine.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"
#include "engine/pipeline/parts.h"
#include "engine/pipeline/process_status.h"
#include "engine/settings/settings.h"

namespace takt {

class ConfigFiles {
 public:
  struct Origin {
    // Reads everything anew, with what the command line says in place of the files.
    std::function<LoadResult()> load;
    std::vector<std::string> files;  // what `live` was made of
  };

  // `live` must outlive this.
  ConfigFiles(Origin origin, LiveEngine& live, const Clock& clock, LogFunction log);

  // Now and then. `asked`: whatever has changed.
  void Look(bool asked);

  void AddTo(ProcessStatus& status) const;

 private:
  void Reload(bool asked);
  void StepFolding();
  // Of an attempt: what it failed of is told already, and empty if it did not fail.
  void End(const std::string& error, bool restart_needed = false);

  const std::function<LoadResult()> load_;
  LiveEngine& live_;
  const Clock& clock_;
  const LogFunction log_;
  FileWatch watch_;
  bool asked_ = false;  // to be done with the next look
  std::vector<std::string> files_;

  mutable Mutex mutex_;
  ReloadStatus status_ ABSL_GUARDED_BY(mutex_);
  bool restart_needed_ ABSL_GUARDED_BY(mutex_) = false;
  bool folding_now_ ABSL_GUARDED_BY(mutex_) = false;
};

// Tells what the journal came to, once an engine has folded it.
void TellRestored(Engine& engine, const LogFunction& log);

}  // namespace takt
