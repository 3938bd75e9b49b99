// Where `takt events` puts its records: standard output, a file, or Kafka.
//
// Threads: one owner. Errors: the path or the brokers, and the reason.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/app/commands.h"

namespace takt {

class RecordOutput {
 public:
  virtual ~RecordOutput() = default;
  virtual absl::Status Write(const std::string& key, const std::string& bytes) = 0;
  virtual absl::Status Finish() = 0;
};

absl::StatusOr<std::unique_ptr<RecordOutput>> OpenOutput(const EventsOptions& options);

}  // namespace takt
