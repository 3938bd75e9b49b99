// The web configuration of a running process: read at the start, and again when it, a certificate, a
// key or a CA has changed. What cannot be used changes nothing, is logged, and the status says so. A
// certificate that expires is logged, too, and its time is in the status.
//
// Threads: Open, Look and Reload from the main thread; access and Status from any.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connectors/http/web_access.h"
#include "engine/app/file_watch.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"
#include "engine/pipeline/parts.h"
#include "engine/pipeline/process_status.h"
#include "engine/settings/settings.h"

namespace takt {

// What is wrong with a web configuration and the files it names.
std::vector<Problem> WebProblems(const std::string& path, const Clock& clock);

class WebFiles {
 public:
  // `path` empty: plain HTTP for everybody. Gives what is wrong in `problems`, and nothing then.
  static std::unique_ptr<WebFiles> Open(const std::string& path, const Clock& clock,
                                        LogFunction log, std::vector<Problem>& problems);

  std::shared_ptr<const WebAccess> access() const { return access_; }

  // Now and then: reads again what has changed.
  void Look();
  // Reads again, changed or not.
  void Reload();

  void AddTo(ProcessStatus& status) const;

 private:
  WebFiles(const std::string& path, const Clock& clock, LogFunction log);
  void Took(const WebConfig& config);
  void TellOfExpiry();

  const std::string path_;
  const Clock& clock_;
  const LogFunction log_;
  std::shared_ptr<WebAccess> access_;
  std::vector<std::string>
      in_use_;  // the files of the configuration that was read last and is good
  FileWatch watch_;
  absl::Time near_told_;     // the expiry that was told of as near
  absl::Time expired_told_;  // and as past

  mutable Mutex mutex_;
  ReloadStatus status_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace takt
