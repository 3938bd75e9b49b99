#include "connectors/http/server.h"

#include <gnutls/abstract.h>
#include <microhttpd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "connectors/http/connections.h"
#include "connectors/http/listen_socket.h"
#include "connectors/http/peer.h"
#include "engine/base/status_macros.h"

namespace takt {
namespace {

constexpr unsigned kThreads = 2;
constexpr size_t kRequestHeadBytesMax = 32 * 1024;

using Headers = std::vector<std::pair<std::string, std::string>>;
constexpr char kNoSniff[] = "X-Content-Type-Options";

// The head of a request has come when the library calls the first time; the answer is given at the
// second call, which has the (ignored) body behind it.
int head_seen;

ssize_t CopyBody(void* held, uint64_t position, char* out, size_t size_max) {
  const std::string& body = **static_cast<std::shared_ptr<const std::string>*>(held);
  if (position >= body.size()) return MHD_CONTENT_READER_END_OF_STREAM;
  const size_t size = std::min<uint64_t>(size_max, body.size() - position);
  std::memcpy(out, body.data() + position, size);
  return static_cast<ssize_t>(size);
}

void ReleaseBody(void* held) { delete static_cast<std::shared_ptr<const std::string>*>(held); }

MHD_Result Answer(MHD_Connection* connection, const HttpResponse& response,
                  const Headers& headers = {}) {
  // Blocks of 64 KiB: large pages go out without a second copy of the whole.
  MHD_Response* out = MHD_create_response_from_callback(
      response.body->size(), 64 * 1024, CopyBody,
      new std::shared_ptr<const std::string>(response.body), ReleaseBody);
  if (out == nullptr) return MHD_NO;
  MHD_add_response_header(out, MHD_HTTP_HEADER_CONTENT_TYPE, response.content_type.c_str());
  MHD_add_response_header(out, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  const auto configured = [&](absl::string_view name) {
    return std::any_of(headers.begin(), headers.end(),
                       [&](const auto& header) { return header.first == name; });
  };
  if (!configured(kNoSniff)) MHD_add_response_header(out, kNoSniff, "nosniff");
  for (const auto& [name, value] : response.headers) {
    if (!configured(name)) MHD_add_response_header(out, name.c_str(), value.c_str());
  }
  for (const auto& [name, value] : headers) {
    MHD_add_response_header(out, name.c_str(), value.c_str());
  }
  const MHD_Result result =
      MHD_queue_response(connection, static_cast<unsigned>(response.status), out);
  MHD_destroy_response(out);
  return result;
}

MHD_Result AddQueryValue(void* query, MHD_ValueKind, const char* key, const char* value) {
  static_cast<std::map<std::string, std::string>*>(query)->emplace(key,
                                                                   value == nullptr ? "" : value);
  return MHD_YES;
}

const char* Header(MHD_Connection* connection, const char* name) {
  return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

int NoCertificate(gnutls_session_t, const gnutls_datum_t*, int, const gnutls_pk_algorithm_t*, int,
                  gnutls_pcert_st**, unsigned*, gnutls_privkey_t*) {
  return -1;
}

void DiscardLog(void*, const char*, va_list) {}  // clients' mistakes are not ours to log

}  // namespace

class HttpServer::Daemon {
 public:
  Daemon(const HttpOptions& options, const Clock& clock, HttpHandler handler, std::string address)
      : options_(options),
        handler_(std::move(handler)),
        address_(std::move(address)),
        connections_(clock, {options.connections_max, options.connections_per_address_max}) {}

  ~Daemon() {
    if (daemon_ != nullptr) MHD_stop_daemon(daemon_);
  }

  // Takes the socket over when it succeeds.
  bool Start(int descriptor) {
    const bool tls = options_.access != nullptr && options_.access->Current()->tls != nullptr;
    // The library's own limit only refuses the newcomer, so it lies above ours: what was cut off
    // has room there until it is closed.
    const int limit = options_.connections_max + options_.connections_max / 2;
    daemon_ = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG | (tls ? MHD_USE_TLS : 0), 0, nullptr,
        nullptr, &OnRequest, this, MHD_OPTION_EXTERNAL_LOGGER, &DiscardLog,
        nullptr,  // first, so that it hears of the others
        MHD_OPTION_LISTEN_SOCKET, descriptor, MHD_OPTION_THREAD_POOL_SIZE, kThreads,
        MHD_OPTION_CONNECTION_LIMIT, static_cast<unsigned>(limit), MHD_OPTION_CONNECTION_TIMEOUT,
        static_cast<unsigned>(absl::ToInt64Seconds(options_.idle_limit)),
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, kRequestHeadBytesMax, MHD_OPTION_NOTIFY_CONNECTION,
        &OnConnection, this, MHD_OPTION_NOTIFY_COMPLETED, &OnCompleted, this,
        // Every session is given its certificate when it begins; this only says that there is one.
        tls ? MHD_OPTION_HTTPS_CERT_CALLBACK : MHD_OPTION_END, &NoCertificate, MHD_OPTION_END);
    return daemon_ != nullptr;
  }

  const std::string& address() const { return address_; }
  HttpCounts Counts() const { return {connections_.Counts(), refused_.load()}; }

 private:
  static MHD_Result OnRequest(void* self, MHD_Connection* connection, const char* url,
                              const char* method, const char*, const char*, size_t* upload_size,
                              void** state) {
    Daemon& daemon = *static_cast<Daemon*>(self);
    if (std::strcmp(method, "GET") != 0 && std::strcmp(method, "HEAD") != 0) {
      HttpResponse refusal = HttpResponse::Text(405, "only GET and HEAD are served\n");
      refusal.headers = {{MHD_HTTP_HEADER_ALLOW, "GET, HEAD"}};
      return Answer(connection, refusal);
    }
    if (Header(connection, "Content-Length") != nullptr &&
        Header(connection, "Transfer-Encoding") != nullptr) {
      return Answer(connection, HttpResponse::Text(400, "length and chunked at once\n"));
    }
    if (*state == nullptr) {
      *state = &head_seen;
      daemon.connections_.BeginAnswer(connection, daemon.options_.request_deadline);
      return MHD_YES;
    }
    *upload_size = 0;
    return daemon.AnswerRequest(connection, url);
  }

  MHD_Result AnswerRequest(MHD_Connection* connection, const char* url) {
    Headers headers;
    if (options_.access != nullptr) {
      const std::shared_ptr<const WebState> state = options_.access->Current();
      headers = state->headers;
      if (Peer::Of(connection).tls != state->tls) headers.emplace_back("Connection", "close");
      if (!options_.open_paths.contains(url)) {
        if (const auto refusal = Refuse(connection, *state)) {
          ++refused_;
          return Answer(connection, *refusal, headers);
        }
      }
    }
    HttpRequest request;
    request.path = url;
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, &AddQueryValue, &request.query);
    const char* accept = Header(connection, "Accept");
    if (accept != nullptr) request.accept = accept;
    return Answer(connection, handler_(request), headers);
  }

  static void OnConnection(void* self, MHD_Connection* connection, void** context,
                           MHD_ConnectionNotificationCode code) {
    Daemon& daemon = *static_cast<Daemon*>(self);
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
      daemon.connections_.Remove(connection);
      delete static_cast<Peer*>(*context);
      *context = nullptr;
      return;
    }
    auto* peer = new Peer(Peer::Begin(connection, daemon.options_.access.get()));
    *context = peer;
    daemon.connections_.Add(connection, peer->descriptor, peer->address,
                            daemon.options_.request_deadline);
  }

  static void OnCompleted(void* self, MHD_Connection* connection, void**,
                          MHD_RequestTerminationCode) {
    Daemon& daemon = *static_cast<Daemon*>(self);
    daemon.connections_.EndAnswer(connection, daemon.options_.idle_limit);
  }

  const HttpOptions options_;
  const HttpHandler handler_;
  const std::string address_;
  std::atomic<uint64_t> refused_{0};
  Connections connections_;  // outlives the daemon's connections
  MHD_Daemon* daemon_ = nullptr;
};

HttpResponse HttpResponse::Text(int status, std::string text) {
  return {status, "text/plain; charset=utf-8",
          std::make_shared<const std::string>(std::move(text))};
}

HttpResponse HttpResponse::Json(int status, std::string text) {
  return {status, "application/json", std::make_shared<const std::string>(std::move(text))};
}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const HttpOptions& options,
                                                              const Clock& clock,
                                                              HttpHandler handler) {
  TAKT_ASSIGN_OR_RETURN(const ListenSocket socket, Listen(options.listen));
  auto daemon = std::make_unique<Daemon>(options, clock, std::move(handler), socket.address);
  if (!daemon->Start(socket.descriptor)) {
    close(socket.descriptor);
    return absl::FailedPreconditionError(
        absl::StrFormat("cannot serve on \"%s\": the HTTP server did not start", options.listen));
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(daemon)));
}

HttpServer::HttpServer(std::unique_ptr<Daemon> daemon) : daemon_(std::move(daemon)) {}
HttpServer::~HttpServer() = default;

const std::string& HttpServer::address() const { return daemon_->address(); }

HttpCounts HttpServer::Counts() const { return daemon_->Counts(); }

}  // namespace takt
