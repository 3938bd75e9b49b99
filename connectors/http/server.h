// An HTTP server for a handful of read-only pages, over libmicrohttpd.
//
// Serving must stay up whatever clients do: GET and HEAD only (405 for the rest, before any body is
// read), connections limited overall and for each address, of which the oldest makes room for the
// newcomer, 32 KiB for a request's head (431 above), and a deadline for every request, so that a
// client that sends or takes a byte a second is cut off. A body is a shared immutable string: a slow
// reader holds only its own reference.
//
// With `access` the listener speaks TLS and asks for client certificates and passwords as that says
// (401, 403, and 429 for who guesses too often); `open_paths` are answered without either.
//
// Threads: Start and the destructor from one thread; the handler is called from the server's own
// threads, two at a time, and must not block for long. Owns its socket and threads; the handler
// must outlive it. Errors of Start: InvalidArgument for an address that is none, FailedPrecondition
// for one that is taken or not allowed, with the address in the text. The destructor ends all
// connections.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "connectors/http/connections.h"
#include "connectors/http/web_access.h"
#include "engine/base/clock.h"

namespace takt {

struct HttpRequest {
  std::string path;                          // "/api/v1/kpis", as sent, without the query
  std::map<std::string, std::string> query;  // decoded; the first of several values counts
  std::string accept;                        // header, may be empty
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::shared_ptr<const std::string> body;                        // never null
  std::vector<std::pair<std::string, std::string>> headers = {};  // beside those of every answer

  static HttpResponse Text(int status, std::string text);
  static HttpResponse Json(int status, std::string text);
};

using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

struct HttpOptions {
  // "127.0.0.1:9464", ":9464" (every address), "[::1]:9464"; port 0: any free one.
  std::string listen;
  int connections_max = 512;
  // One scraper behind a proxy beside two hundred bad clients.
  int connections_per_address_max = 400;
  absl::Duration request_deadline = absl::Seconds(15);  // from its first byte to its last
  absl::Duration idle_limit = absl::Seconds(150);       // of a kept connection between two requests
  std::shared_ptr<const WebAccess> access;              // null: plain HTTP for everybody
  std::set<std::string> open_paths;
};

struct HttpCounts {
  ConnectionCounts connections;
  uint64_t refused = 0;  // 401, 403 and 429
};

class HttpServer {
 public:
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const HttpOptions& options,
                                                           const Clock& clock, HttpHandler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // The address as bound, with the real port.
  const std::string& address() const;
  HttpCounts Counts() const;

 private:
  class Daemon;
  explicit HttpServer(std::unique_ptr<Daemon> daemon);
  std::unique_ptr<Daemon> daemon_;
};

}  // namespace takt
