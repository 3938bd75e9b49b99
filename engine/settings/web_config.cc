#include "engine/settings/web_config.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/settings/files.h"
#include "engine/settings/nearest.h"
#include "engine/settings/problems.h"
#include "engine/settings/schema.h"
#include "engine/settings/tree.h"

namespace takt {
namespace {

// Hashing one password at cost 14 takes most of a second, so higher ones would let anybody who asks
// keep the server busy.
constexpr int kCostMin = 4;
constexpr int kCostMax = 14;
constexpr size_t kUsersMax = 1000;

const std::vector<std::string> kClientTypes = {"NoClientCert", "RequestClientCert",
                                               "RequireAnyClientCert", "VerifyClientCertIfGiven",
                                               "RequireAndVerifyClientCert"};
const std::vector<std::string> kCurves = {"CurveP256", "CurveP384", "CurveP521", "X25519"};
const std::vector<std::string> kCiphers = {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                                           "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                                           "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                                           "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                                           "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
                                           "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
                                           "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                                           "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
                                           "TLS_AES_128_GCM_SHA256",
                                           "TLS_AES_256_GCM_SHA384",
                                           "TLS_CHACHA20_POLY1305_SHA256"};
const std::vector<std::string> kHeaders = {"Strict-Transport-Security", "X-Content-Type-Options",
                                           "X-Frame-Options", "X-XSS-Protection",
                                           "Content-Security-Policy"};

class WebReader {
 public:
  WebReader(const Node& root, const std::string& path, Problems& problems, WebConfig& config)
      : root_(root), path_(path), problems_(problems), config_(config) {}

  void Read() {
    config_.files.push_back(path_);
    if (root_.kind == Node::Kind::kNull) return;  // an empty file asks for nothing
    if (!CheckKeys(root_, {"tls_server_config", "http_server_config", "basic_auth_users"})) return;
    if (const Node* tls = root_.Get("tls_server_config")) ReadTls(*tls);
    if (const Node* http = root_.Get("http_server_config")) ReadHttp(*http);
    if (const Node* users = root_.Get("basic_auth_users")) ReadUsers(*users);
  }

 private:
  bool CheckKeys(const Node& node, const std::vector<std::string>& keys) {
    if (!node.IsMap()) {
      Error(problems_, node, absl::StrCat("expected a map of ", absl::StrJoin(keys, ", ")));
      return false;
    }
    for (const Node& entry : node.items) {
      if (std::find(keys.begin(), keys.end(), entry.key) != keys.end()) continue;
      KeyError(problems_, entry, UnknownName("key", entry.key, keys));
    }
    return true;
  }

  std::string Scalar(const Node& node) {
    if (node.IsScalar()) return node.text;
    Error(problems_, node, "expected a single value");
    return "";
  }

  bool Choice(const Node& node, const std::vector<std::string>& choices, size_t* chosen) {
    const std::string text = Scalar(node);
    const auto found = std::find(choices.begin(), choices.end(), text);
    if (found == choices.end()) {
      Error(problems_, node,
            absl::StrCat("\"", text, "\" is not one of ", absl::StrJoin(choices, ", ")));
      return false;
    }
    *chosen = static_cast<size_t>(found - choices.begin());
    return true;
  }

  void Bool(const Node& node) {
    const std::string text = Scalar(node);
    if (text != "true" && text != "false") {
      Error(problems_, node, absl::StrCat("\"", text, "\" is not true or false"));
    }
  }

  std::string File(const Node& node) {
    const std::string path = ResolvePath(path_, Scalar(node));
    if (path.empty()) return path;
    config_.files.push_back(path);
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) {
      Error(problems_, node, absl::StrCat("there is no file \"", path, "\""));
    }
    return path;
  }

  void ReadTls(const Node& node) {
    if (!CheckKeys(node, {"cert_file", "key_file", "client_auth_type", "client_ca_file",
                          "min_version", "max_version", "cipher_suites", "curve_preferences",
                          "prefer_server_cipher_suites"})) {
      return;
    }
    WebTls tls;
    if (const Node* cert = node.Get("cert_file")) tls.cert_file = File(*cert);
    if (const Node* key = node.Get("key_file")) tls.key_file = File(*key);
    if (tls.cert_file.empty()) KeyError(problems_, node, "needs cert_file, a PEM certificate");
    if (tls.key_file.empty()) KeyError(problems_, node, "needs key_file, the certificate's key");
    if (const Node* ca = node.Get("client_ca_file")) tls.client_ca_file = File(*ca);
    ReadClient(node, tls);
    ReadVersions(node, tls);
    if (const Node* prefer = node.Get("prefer_server_cipher_suites")) Bool(*prefer);
    if (const Node* ciphers = node.Get("cipher_suites")) tls.ciphers = List(*ciphers, kCiphers);
    if (const Node* curves = node.Get("curve_preferences")) tls.curves = List(*curves, kCurves);
    config_.tls = std::move(tls);
  }

  void ReadClient(const Node& node, WebTls& tls) {
    const Node* type = node.Get("client_auth_type");
    size_t chosen = 0;
    if (type != nullptr && !type->text.empty() && Choice(*type, kClientTypes, &chosen)) {
      tls.client = static_cast<ClientCertificate>(chosen);
    }
    const bool verifies = tls.client >= ClientCertificate::kVerifyIfGiven;
    if (verifies && tls.client_ca_file.empty()) {
      Error(problems_, *type, "needs client_ca_file, the CA that signs the clients' certificates");
    }
    if (!verifies && !tls.client_ca_file.empty()) {
      Error(problems_, *node.Get("client_ca_file"),
            "nothing is checked against it: set client_auth_type to RequireAndVerifyClientCert");
    }
  }

  void ReadVersions(const Node& node, WebTls& tls) {
    int limits[2] = {12, 13};
    const char* const keys[2] = {"min_version", "max_version"};
    for (int i = 0; i < 2; ++i) {
      const Node* version = node.Get(keys[i]);
      if (version == nullptr) continue;
      const std::string text = Scalar(*version);
      if (text == "TLS10" || text == "TLS11") {
        Error(problems_, *version, absl::StrCat(text, " is not safe: write TLS12 or TLS13"));
      } else if (text != "TLS12" && text != "TLS13") {
        Error(problems_, *version, absl::StrCat("\"", text, "\" is not one of TLS12, TLS13"));
      } else {
        limits[i] = text == "TLS12" ? 12 : 13;
      }
    }
    tls.tls12 = limits[0] <= 12;
    tls.tls13 = limits[1] >= 13;
    if (!tls.tls12 && !tls.tls13) {
      Error(problems_, *node.Get("max_version"), "lies below min_version");
    }
  }

  std::vector<std::string> List(const Node& node, const std::vector<std::string>& choices) {
    std::vector<std::string> chosen;
    if (node.kind != Node::Kind::kList) {
      Error(problems_, node, "expected a list");
      return chosen;
    }
    for (const Node& item : node.items) {
      size_t number = 0;
      if (Choice(item, choices, &number)) chosen.push_back(choices[number]);
    }
    return chosen;
  }

  void ReadHttp(const Node& node) {
    if (!CheckKeys(node, {"http2", "headers"})) return;
    if (const Node* http2 = node.Get("http2")) Bool(*http2);  // HTTP/1.1 is what is served
    const Node* headers = node.Get("headers");
    if (headers == nullptr || !CheckKeys(*headers, kHeaders)) return;
    for (const Node& header : headers->items) {
      const std::string value = Scalar(header);
      const bool printable = std::all_of(value.begin(), value.end(), [](char c) {
        return absl::ascii_isprint(static_cast<unsigned char>(c));
      });
      if (!printable) Error(problems_, header, "must be printable ASCII on one line");
      if (!value.empty()) config_.headers.emplace_back(header.key, value);
    }
  }

  void ReadUsers(const Node& node) {
    if (!node.IsMap()) {
      Error(problems_, node, "expected a map of user names to bcrypt hashes");
      return;
    }
    if (node.items.size() > kUsersMax) {
      Error(problems_, node, absl::StrCat("holds more than ", kUsersMax, " users"));
    }
    for (const Node& entry : node.items) {
      if (entry.bad) continue;
      if (absl::StrContains(entry.key, ':')) {
        KeyError(problems_, entry, "a user name holds no colon: HTTP ends it there");
      }
      CheckHash(entry);
      config_.users.push_back({entry.key, Scalar(entry)});
    }
  }

  // What crypt takes for no bcrypt hash it may take for one of an old kind, and say yes or no.
  void CheckHash(const Node& entry) {
    const std::string& hash = entry.text;
    int cost = 0;
    const bool shaped =
        hash.size() == 60 && hash[6] == '$' &&
        (absl::StartsWith(hash, "$2b$") || absl::StartsWith(hash, "$2y$") ||
         absl::StartsWith(hash, "$2a$")) &&
        absl::SimpleAtoi(hash.substr(4, 2), &cost) &&
        std::all_of(hash.begin() + 7, hash.end(), [](char c) {
          return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '/';
        });
    if (!shaped) {
      Error(problems_, entry,
            "is no bcrypt hash; make one with `htpasswd -nBC 10 \"\" | tr -d ':\\n'`");
    } else if (cost < kCostMin || cost > kCostMax) {
      Error(problems_, entry,
            absl::StrCat("bcrypt cost ", cost, " is not from ", kCostMin, " to ", kCostMax,
                         "; 10 takes about 50 ms, each step above doubles it"));
    }
  }

  const Node& root_;
  const std::string path_;
  Problems& problems_;
  WebConfig& config_;
};

}  // namespace

bool WebConfigLoad::ok() const {
  return std::none_of(problems.begin(), problems.end(),
                      [](const Problem& problem) { return !problem.warning; });
}

WebConfigLoad ParseWebConfig(const std::string& name, const std::string& content) {
  WebConfigLoad load;
  Problems problems;
  const Node root = ParseYaml(content, problems.AddFile(name), problems);
  if (!problems.HasErrors()) WebReader(root, name, problems, load.config).Read();
  load.problems = problems.Sorted();
  return load;
}

WebConfigLoad LoadWebConfig(const std::string& path) {
  const std::optional<std::string> content = ReadWhole(path);
  if (content.has_value()) return ParseWebConfig(path, *content);
  WebConfigLoad load;
  Problem problem;
  problem.file = path;
  problem.text = "the web configuration cannot be read";
  load.problems.push_back(problem);
  return load;
}

}  // namespace takt
