// The log lines of librdkafka, made fit to print: no secret in them, and not many.
//
// librdkafka repeats itself (every refused connection is a line). Of each kind of line, which it
// names by a short word, one passes in ten seconds; the next that passes tells how many did not.
// Each secret value of the configuration is replaced by "[secret]" wherever it stands.
//
// Threads: any. Owns the counters, of at most 64 kinds; all kinds beyond share one.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"
#include "engine/pipeline/parts.h"

namespace takt {

class ClientLog {
 public:
  // `clock` must outlive it; `sink` may be empty.
  // Every line begins with `who` and a colon.
  ClientLog(std::string who, Clock& clock, LogFunction sink);

  void SetSecrets(std::vector<std::string> secrets);
  // `kind` limits the rate.
  void Line(LogLevel level, absl::string_view kind, absl::string_view text);
  // `text` without secrets, for error texts that come from librdkafka.
  std::string Scrubbed(absl::string_view text) const;

 private:
  struct Kind {
    absl::Duration printed_at = -absl::InfiniteDuration();
    uint64_t suppressed = 0;
  };

  const std::string who_;
  Clock& clock_;
  const LogFunction sink_;
  mutable Mutex mutex_;
  std::map<std::string, Kind, std::less<>> kinds_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> secrets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace takt
