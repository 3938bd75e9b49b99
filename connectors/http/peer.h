// The other end of a connection: its address, the TLS state its session began with, and whether it
// may have what it asks for.
//
// Threads: the server's thread that has the connection. Internal to the folder.
#pragma once

#include <microhttpd.h>

#include <memory>
#include <optional>
#include <string>

#include "connectors/http/server.h"
#include "connectors/http/web_access.h"

namespace takt {

struct Peer {
  int descriptor = -1;
  std::string address;  // IPv6: the network of 64 bits, which one site has whole
  std::shared_ptr<const Tls> tls;

  // At the beginning of a connection: also has its TLS session speak by the present state.
  static Peer Begin(MHD_Connection* connection, const WebAccess* access);
  // Of a connection that has begun.
  static const Peer& Of(MHD_Connection* connection);
};

// The answer for who may not have the page; none for who may.
std::optional<HttpResponse> Refuse(MHD_Connection* connection, const WebState& state);

}  // namespace takt
