// A certificate with its key, the CA of the clients and what is spoken: one state of the TLS files,
// which many sessions share. A new state is a new object; sessions keep theirs.
//
// libmicrohttpd asks for a client's certificate but lets in who has none, so MayEnter has to be asked
// before anything is answered.
//
// Threads: any, once loaded. Errors of Load: InvalidArgument with the file and what to do; the key's
// content is never repeated.
#pragma once

#include <gnutls/gnutls.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/settings/web_config.h"

namespace takt {

class Tls {
 public:
  static absl::StatusOr<std::shared_ptr<const Tls>> Load(const WebTls& config);
  ~Tls();
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  // Makes a session that has not begun its handshake speak by this state, which must outlive it.
  absl::Status Prepare(gnutls_session_t session) const;
  // OK, or PermissionDenied with what is wrong with the client's certificate.
  absl::Status MayEnter(gnutls_session_t session) const;

  // When the certificate, or one of its chain, expires.
  absl::Time expires() const { return expires_; }

 private:
  explicit Tls(ClientCertificate client) : client_(client) {}
  absl::Status LoadFiles(const WebTls& config);

  const ClientCertificate client_;
  gnutls_certificate_credentials_t credentials_ = nullptr;
  gnutls_priority_t priority_ = nullptr;
  absl::Time expires_ = absl::InfiniteFuture();
};

}  // namespace takt
