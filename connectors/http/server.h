// An HTTP server for a handful of read-only pages, over libmicrohttpd.
//
// Serving must stay up whatever clients do: GET and HEAD only (405 for the rest, before any body is
// read), connections limited overall and per address, 32 KiB for a request's head (431 above), and
// a deadline for every request, so that a client that sends or takes a byte a second is cut off. A
// body is a shared immutable string: a slow reader holds only its own reference.
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
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
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
  std::string
      listen;  // "127.0.0.1:9464", ":9464" (every address), "[::1]:9464"; port 0: any free one
  int connections_max = 512;
  int connections_per_address_max =
      400;  // one scraper behind a proxy beside two hundred bad clients
  absl::Duration request_deadline = absl::Seconds(15);  // from its first byte to its last
  absl::Duration idle_limit = absl::Seconds(150);       // of a kept connection between two requests
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

 private:
  class Daemon;
  explicit HttpServer(std::unique_ptr<Daemon> daemon);
  std::unique_ptr<Daemon> daemon_;
};

}  // namespace takt
