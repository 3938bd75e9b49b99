#include "connectors/http/tls.h"

#include <gnutls/x509.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"

namespace takt {
namespace {

// GnuTLS puts suites together from their parts, so a list of suites becomes lists of parts: every
// suite made of them is one of the ten or so that may be listed at all.
struct Part {
  const char* in_suite;
  const char* priority;
};
constexpr Part kCipherParts[] = {{"AES_256_GCM", "AES-256-GCM"},
                                 {"AES_128_GCM", "AES-128-GCM"},
                                 {"CHACHA20_POLY1305", "CHACHA20-POLY1305"}};
constexpr Part kKeyParts[] = {{"ECDHE_ECDSA", "ECDHE-ECDSA"}, {"ECDHE_RSA", "ECDHE-RSA"}};
constexpr Part kCurveParts[] = {{"CurveP256", "GROUP-SECP256R1"},
                                {"CurveP384", "GROUP-SECP384R1"},
                                {"CurveP521", "GROUP-SECP521R1"},
                                {"X25519", "GROUP-X25519"}};

template <size_t kSize>
void AppendParts(const std::vector<std::string>& listed, const Part (&parts)[kSize],
                 std::string& priority) {
  bool any = false;
  for (const std::string& name : listed) {
    for (const Part& part : parts) {
      if (!absl::StrContains(name, part.in_suite)) continue;
      absl::StrAppend(&priority, ":+", part.priority);
      any = true;
    }
  }
  if (any) return;
  for (const Part& part : parts) absl::StrAppend(&priority, ":+", part.priority);
}

std::string PriorityOf(const WebTls& config) {
  std::string priority = "NORMAL:-VERS-ALL";
  if (config.tls13) absl::StrAppend(&priority, ":+VERS-TLS1.3");
  if (config.tls12) absl::StrAppend(&priority, ":+VERS-TLS1.2");
  absl::StrAppend(&priority, ":-KX-ALL");
  AppendParts(config.ciphers, kKeyParts, priority);
  absl::StrAppend(&priority, ":-CIPHER-ALL");
  AppendParts(config.ciphers, kCipherParts, priority);
  absl::StrAppend(&priority, ":-GROUP-ALL");
  AppendParts(config.curves, kCurveParts, priority);
  return absl::StrCat(priority, ":%SERVER_PRECEDENCE");
}

absl::Status Refused(absl::string_view what, const std::string& file, int code) {
  return absl::InvalidArgumentError(
      absl::StrFormat("%s \"%s\" cannot be used: %s", what, file, gnutls_strerror(code)));
}

// Of the certificate and its chain, the earliest.
absl::Time ExpiryOf(gnutls_certificate_credentials_t credentials) {
  absl::Time earliest = absl::InfiniteFuture();
  gnutls_x509_crt_t* chain = nullptr;
  unsigned count = 0;
  if (gnutls_certificate_get_x509_crt(credentials, 0, &chain, &count) != 0) return earliest;
  for (unsigned i = 0; i < count; ++i) {
    const time_t expires = gnutls_x509_crt_get_expiration_time(chain[i]);
    if (expires != static_cast<time_t>(-1)) {
      earliest = std::min(earliest, absl::FromTimeT(expires));
    }
    gnutls_x509_crt_deinit(chain[i]);
  }
  gnutls_free(chain);
  return earliest;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Tls>> Tls::Load(const WebTls& config) {
  auto tls = std::shared_ptr<Tls>(new Tls(config.client));
  TAKT_RETURN_IF_ERROR(tls->LoadFiles(config));
  return std::shared_ptr<const Tls>(std::move(tls));
}

Tls::~Tls() {
  if (credentials_ != nullptr) gnutls_certificate_free_credentials(credentials_);
  if (priority_ != nullptr) gnutls_priority_deinit(priority_);
}

absl::Status Tls::LoadFiles(const WebTls& config) {
  const std::string priority = PriorityOf(config);
  if (gnutls_certificate_allocate_credentials(&credentials_) != 0 ||
      gnutls_priority_init(&priority_, priority.c_str(), nullptr) != 0) {
    return absl::InvalidArgumentError(absl::StrCat("TLS cannot be set up with \"", priority, "\""));
  }
  int code = gnutls_certificate_set_x509_key_file(credentials_, config.cert_file.c_str(),
                                                  config.key_file.c_str(), GNUTLS_X509_FMT_PEM);
  if (code == GNUTLS_E_CERTIFICATE_KEY_MISMATCH) {
    return absl::InvalidArgumentError(
        absl::StrFormat("cert_file \"%s\" and key_file \"%s\" do not belong together: replace both",
                        config.cert_file, config.key_file));
  }
  if (code < 0) {
    return Refused("cert_file",
                   absl::StrCat(config.cert_file, "\" with key_file \"", config.key_file), code);
  }
  expires_ = ExpiryOf(credentials_);
  if (client_ < ClientCertificate::kVerifyIfGiven) return absl::OkStatus();
  code = gnutls_certificate_set_x509_trust_file(credentials_, config.client_ca_file.c_str(),
                                                GNUTLS_X509_FMT_PEM);
  if (code < 0) return Refused("client_ca_file", config.client_ca_file, code);
  if (code == 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("client_ca_file \"%s\" holds no certificate", config.client_ca_file));
  }
  return absl::OkStatus();
}

absl::Status Tls::Prepare(gnutls_session_t session) const {
  int code = gnutls_priority_set(session, priority_);
  if (code == 0) code = gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials_);
  if (code != 0) return absl::InvalidArgumentError(gnutls_strerror(code));
  if (client_ != ClientCertificate::kNone) {
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
  }
  return absl::OkStatus();
}

absl::Status Tls::MayEnter(gnutls_session_t session) const {
  if (client_ <= ClientCertificate::kRequest) return absl::OkStatus();
  unsigned count = 0;
  const bool given = gnutls_certificate_get_peers(session, &count) != nullptr && count > 0;
  if (!given) {
    if (client_ == ClientCertificate::kVerifyIfGiven) return absl::OkStatus();
    return absl::PermissionDeniedError("a client certificate is needed");
  }
  if (client_ == ClientCertificate::kRequireAny) return absl::OkStatus();
  // A server's certificate of the same CA lets nobody in.
  std::string purpose = GNUTLS_KP_TLS_WWW_CLIENT;
  gnutls_typed_vdata_st asked = {GNUTLS_DT_KEY_PURPOSE_OID,
                                 reinterpret_cast<unsigned char*>(purpose.data()), 0};
  unsigned problems = 0;
  if (gnutls_certificate_verify_peers(session, &asked, 1, &problems) != 0) {
    return absl::PermissionDeniedError("the client certificate cannot be checked");
  }
  if (problems == 0) return absl::OkStatus();
  if ((problems & GNUTLS_CERT_EXPIRED) != 0) {
    return absl::PermissionDeniedError("the client certificate has expired");
  }
  return absl::PermissionDeniedError(
      "the client certificate is not one that the client CA signed for clients");
}

}  // namespace takt
