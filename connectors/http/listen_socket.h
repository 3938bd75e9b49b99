// A listening TCP socket for "host:port".
//
// Threads: any. The caller owns the descriptor. Errors: InvalidArgument, FailedPrecondition (taken,
// not allowed), always with the address as written.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace takt {

struct ListenSocket {
  int descriptor = -1;
  std::string address;  // as bound: numeric host and port
};

absl::StatusOr<ListenSocket> Listen(const std::string& address);

}  // namespace takt
