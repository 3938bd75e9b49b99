// Asking a running engine from the command line.
//
// Threads: any. Errors are printed as one line, behind the command's name.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "connectors/http/client.h"

namespace takt {

struct ServerAddress {
  std::string url = "http://127.0.0.1:9465";  // of the second listener; the scheme may be left out
  std::string user;                           // basic authentication
  std::string password_file;
  std::string ca_file;
};

// GETs `path` of the engine at `address`.
absl::StatusOr<HttpAnswer> AskEngine(const ServerAddress& address, const std::string& path,
                                     std::vector<std::pair<std::string, std::string>> query = {});

// Prints what an answer other than 200, or none, says. The exit code: 2 when the question was wrong (400,
// 404), 1 when the engine is away or cannot answer now.
int FailAsk(const char* command, const absl::StatusOr<HttpAnswer>& answer);

}  // namespace takt
