// Where records go that do not count: replayable, with their reason and their source coordinates.
//
// Send never blocks for long and never fails for good: a sink that is away keeps what it was given, up
// to its bound, and Send returns ResourceExhausted at the bound (the reader then stops reading until it
// is accepted). Tickets are given in ascending order; AcknowledgedBelow() tells that every ticket below
// it is safe at its place. Offsets become final only for records whose dead letters are acknowledged.
// Sending the same record again (after a crash) is harmless: its key is its source coordinates.
//
// Threads: Send and Poll from the reader's thread; one sink per reader.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/model/reason.h"
#include "engine/pipeline/record.h"

namespace takt {

struct DeadLetter {
  absl::string_view source;  // its name in the configuration
  const Record& record;
  const Rejection& rejection;
};

class DeadLetters {
 public:
  virtual ~DeadLetters() = default;
  virtual absl::StatusOr<uint64_t> Send(const DeadLetter& letter) = 0;  // its ticket, from 0
  virtual uint64_t AcknowledgedBelow() const = 0;
  virtual void Poll() = 0;  // drives deliveries
  // Waits at most `limit` until everything is acknowledged.
  virtual absl::Status Flush(absl::Duration limit) = 0;
};

}  // namespace takt
