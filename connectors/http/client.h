// One page of an HTTP server, for commands that ask a running engine, over libcurl.
//
// GET alone, http and https alone, no redirects, no cookies, no proxy unless the environment names one.
//
// Threads: any; one request at a time per call. Blocks until the answer is there or `limit` has passed.
// Errors: Unavailable when nobody answers (the address and the reason are in the text), InvalidArgument
// for an address that is none, ResourceExhausted for a body above `body_bytes_max`. Any status the
// server gives is an answer, not an error.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace takt {

struct HttpAsk {
  std::string url;
  std::vector<std::pair<std::string, std::string>> query;  // encoded and added to the address
  std::string user;                                        // basic authentication, when not empty
  std::string password;                                    // never printed
  std::string ca_file;  // trusted instead of the system's, when not empty
  absl::Duration limit = absl::Seconds(20);
  size_t body_bytes_max = 64 << 20;
};

struct HttpAnswer {
  int status = 0;
  std::string body;
};

absl::StatusOr<HttpAnswer> HttpGet(const HttpAsk& ask);

}  // namespace takt
