// The file that says who may ask: TLS, client certificates, passwords and headers of the two
// listeners, in the format that Prometheus and its exporters read (`web.config`), so that one file
// and `promtool check web-config` serve them all.
//
// Of that format this version refuses what it would not do: client_allowed_sans, and TLS below 1.2.
// Relative paths are seen from the file's folder. What the named files hold is not read here.
//
// Threads: any. Errors: all problems in one go, with line and column; hashes are never repeated.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/settings/settings.h"

namespace takt {

// In the order of strictness. The first three are not told apart by what the certificate says.
enum class ClientCertificate : uint8_t {
  kNone,
  kRequest,           // asked for, not looked at
  kRequireAny,        // must be there, whoever signed it
  kVerifyIfGiven,     // may be left out; if there, signed by the CA
  kRequireAndVerify,  // must be there, signed by the CA
};

struct WebTls {
  std::string cert_file;
  std::string key_file;
  ClientCertificate client = ClientCertificate::kNone;
  std::string client_ca_file;
  bool tls12 = true;
  bool tls13 = true;
  std::vector<std::string> ciphers;  // of WebCiphers(), in order; empty: all of them
  std::vector<std::string> curves;   // "CurveP256" ...; empty: all
};

struct WebUser {
  std::string name;
  std::string hash;  // bcrypt
};

struct WebConfig {
  std::optional<WebTls> tls;
  std::vector<WebUser> users;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::string> files;  // everything that a change of may change what is served
};

struct WebConfigLoad {
  WebConfig config;               // of use only when no problem is an error
  std::vector<Problem> problems;  // by line and column
  bool ok() const;
};

// `name` stands in the problems.
WebConfigLoad ParseWebConfig(const std::string& name, const std::string& content);

WebConfigLoad LoadWebConfig(const std::string& path);

}  // namespace takt
