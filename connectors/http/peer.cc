#include "connectors/http/peer.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

#include "absl/strings/str_cat.h"

namespace takt {
namespace {

std::string AddressOf(const sockaddr* socket) {
  if (socket == nullptr) return "";
  if (socket->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(socket);
    return std::string(reinterpret_cast<const char*>(&v4->sin_addr), sizeof(v4->sin_addr));
  }
  if (socket->sa_family != AF_INET6) return "";
  const in6_addr& v6 = reinterpret_cast<const sockaddr_in6*>(socket)->sin6_addr;
  const auto* bytes = reinterpret_cast<const char*>(v6.s6_addr);
  if (IN6_IS_ADDR_V4MAPPED(&v6)) return std::string(bytes + 12, 4);
  return std::string(bytes, 8);
}

gnutls_session_t SessionOf(MHD_Connection* connection) {
  const MHD_ConnectionInfo* info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
  return info == nullptr ? nullptr : static_cast<gnutls_session_t>(info->tls_session);
}

std::optional<Credentials> CredentialsOf(MHD_Connection* connection) {
  char* password = nullptr;
  char* name = MHD_basic_auth_get_username_password(connection, &password);
  std::optional<Credentials> credentials;
  if (name != nullptr && password != nullptr) credentials = Credentials{name, password};
  if (password != nullptr) explicit_bzero(password, std::strlen(password));
  MHD_free(name);
  MHD_free(password);
  return credentials;
}

}  // namespace

Peer Peer::Begin(MHD_Connection* connection, const WebAccess* access) {
  Peer peer;
  const MHD_ConnectionInfo* info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  if (info != nullptr) peer.descriptor = info->connect_fd;
  info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  if (info != nullptr) peer.address = AddressOf(info->client_addr);
  if (access != nullptr) peer.tls = access->Current()->tls;
  const gnutls_session_t session = SessionOf(connection);
  if (peer.tls == nullptr || session == nullptr) return peer;
  // A session that cannot be prepared has no certificate, so its handshake fails.
  peer.tls->Prepare(session).IgnoreError();
  return peer;
}

const Peer& Peer::Of(MHD_Connection* connection) {
  const MHD_ConnectionInfo* info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return *static_cast<const Peer*>(info->socket_context);
}

std::optional<HttpResponse> Refuse(MHD_Connection* connection, const WebState& state) {
  const Peer& peer = Peer::Of(connection);
  if (peer.tls != nullptr) {
    const absl::Status entry = peer.tls->MayEnter(SessionOf(connection));
    if (!entry.ok()) {
      return HttpResponse::Text(403, absl::StrCat(std::string(entry.message()), "\n"));
    }
  }
  if (state.logins == nullptr) return std::nullopt;
  const std::optional<Credentials> credentials = CredentialsOf(connection);
  const LoginResult result = credentials.has_value()
                                 ? state.logins->Check(*credentials, peer.address)
                                 : LoginResult::kWrong;
  HttpResponse refusal;
  switch (result) {
    case LoginResult::kGood:
      return std::nullopt;
    case LoginResult::kBusy:
      refusal = HttpResponse::Text(429, "too many passwords were tried; come back later\n");
      refusal.headers = {{MHD_HTTP_HEADER_RETRY_AFTER, "10"}};
      break;
    case LoginResult::kWrong:
      refusal = HttpResponse::Text(401, "a user name and a password are needed\n");
      refusal.headers = {{MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Basic realm=\"takt\""}};
      break;
  }
  return refusal;
}

}  // namespace takt
