#include "engine/settings/web_config.h"

#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace takt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

// bcrypt of "secret", cost 4.
constexpr char kHash[] = "$2b$04$abcdefghijklmnopqrstuuQ9DFFyPQwB9c7aE2nJ8K4f6vB1sYxSW";

class WebConfigTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir();
    for (const char* name : {"server.pem", "server.key", "ca.pem"}) {
      std::ofstream(folder_ + name) << "not looked at here\n";
    }
  }
  WebConfigLoad Parse(const std::string& content) {
    return ParseWebConfig(folder_ + "web.yml", content);
  }
  std::string folder_;
};

TEST_F(WebConfigTest, DocumentedExampleIsTaken) {
  const WebConfigLoad load = Parse(
      "tls_server_config:\n"
      "  cert_file: server.pem\n"
      "  key_file: server.key\n"
      "  client_auth_type: RequireAndVerifyClientCert\n"
      "  client_ca_file: ca.pem\n"
      "  min_version: TLS12\n"
      "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]\n"
      "http_server_config:\n"
      "  http2: true\n"
      "  headers: {X-Frame-Options: deny}\n"
      "basic_auth_users:\n"
      "  prometheus: " +
      std::string(kHash) + "\n");
  EXPECT_THAT(load.problems, IsEmpty()) << ProblemText(load.problems[0]);
  ASSERT_TRUE(load.config.tls.has_value());
  EXPECT_EQ(load.config.tls->cert_file, folder_ + "server.pem");
  EXPECT_EQ(load.config.tls->client, ClientCertificate::kRequireAndVerify);
  EXPECT_TRUE(load.config.tls->tls12);
  EXPECT_THAT(load.config.tls->ciphers, SizeIs(1));
  EXPECT_THAT(load.config.headers, ElementsAre(Pair("X-Frame-Options", "deny")));
  EXPECT_THAT(load.config.users, SizeIs(1));
  EXPECT_THAT(load.config.files, SizeIs(4));
}

TEST_F(WebConfigTest, EmptyFileAsksForNothing) {
  EXPECT_THAT(Parse("").problems, IsEmpty());
  EXPECT_FALSE(Parse("").config.tls.has_value());
}

struct Mistake {
  std::string name;
  std::string content;
  std::string place;  // line:column
  std::string text;
};

class Mistakes : public WebConfigTest, public ::testing::WithParamInterface<Mistake> {};

TEST_P(Mistakes, AreToldWithTheirPlace) {
  const WebConfigLoad load = Parse(GetParam().content);
  ASSERT_FALSE(load.problems.empty());
  EXPECT_FALSE(load.ok());
  const std::string told = ProblemText(load.problems[0]);
  EXPECT_THAT(told, HasSubstr("web.yml:" + GetParam().place + ": "));
  EXPECT_THAT(told, HasSubstr(GetParam().text));
}

const char kTls[] = "tls_server_config: {cert_file: server.pem, key_file: server.key, ";

INSTANTIATE_TEST_SUITE_P(
    WebConfig, Mistakes,
    ::testing::Values(
        Mistake{"UnknownKey", "tls_server_konfig: {}\n", "1:1", "tls_server_config"},
        Mistake{"NoMap", "- a\n", "1:1", "expected a map"},
        Mistake{"NotYaml", "tls_server_config: [\n", "2:1", "not valid YAML"},
        Mistake{"CertificateIsAway",
                "tls_server_config: {cert_file: no.pem, key_file: server.key}\n", "1:32", "no.pem"},
        Mistake{"KeyIsMissing", "tls_server_config: {cert_file: server.pem}\n", "1:1", "key_file"},
        Mistake{"OldTls", std::string(kTls) + "min_version: TLS10}\n", "1:79", "TLS12 or TLS13"},
        Mistake{"UnknownTls", std::string(kTls) + "min_version: TLS14}\n", "1:79", "TLS12, TLS13"},
        Mistake{"TlsUpsideDown", std::string(kTls) + "min_version: TLS13, max_version: TLS12}\n",
                "1:99", "below min_version"},
        Mistake{"UnknownClientType", std::string(kTls) + "client_auth_type: Require}\n", "1:84",
                "RequireAndVerifyClientCert"},
        Mistake{"ClientCaIsMissing",
                std::string(kTls) + "client_auth_type: RequireAndVerifyClientCert}\n", "1:84",
                "client_ca_file"},
        Mistake{"ClientCaServesNothing", std::string(kTls) + "client_ca_file: ca.pem}\n", "1:82",
                "client_auth_type"},
        Mistake{"WeakCipher", std::string(kTls) + "cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]}\n",
                "1:82", "TLS_RSA_WITH_RC4_128_SHA"},
        Mistake{"SansAreNotChecked", std::string(kTls) + "client_allowed_sans: [a]}\n", "1:66",
                "client_allowed_sans"},
        Mistake{"PlainPassword", "basic_auth_users: {bob: hunter2}\n", "1:25", "bcrypt"},
        Mistake{"OldHash", "basic_auth_users:\n  bob: $1$abcdefgh$0123456789abcdefghijkl\n", "2:8",
                "bcrypt"},
        Mistake{"DearHash", "basic_auth_users:\n  bob: $2b$20$" + std::string(53, 'a') + "\n",
                "2:8", "cost 20"},
        Mistake{"UserWithColon", "basic_auth_users:\n  \"a:b\": " + std::string(kHash) + "\n",
                "2:3", "colon"},
        Mistake{"UnknownHeader", "http_server_config: {headers: {X-Other: a}}\n", "1:32",
                "X-Other"},
        Mistake{"HeaderOfTwoLines",
                "http_server_config: {headers: {X-Frame-Options: \"a\\r\\nSet-Cookie: b\"}}\n",
                "1:49", "printable"}),
    [](const auto& info) { return info.param.name; });

TEST_F(WebConfigTest, HashIsNeverRepeated) {
  const WebConfigLoad load =
      Parse("basic_auth_users: {bob: hunter2, eve: $2b$99$" + std::string(53, 'q') + "}\n");
  for (const Problem& problem : load.problems) {
    EXPECT_THAT(ProblemText(problem), ::testing::Not(HasSubstr("hunter2")));
    EXPECT_THAT(ProblemText(problem), ::testing::Not(HasSubstr("qqq")));
  }
}

TEST(WebConfigFile, AbsentFileAndFolderCannotBeRead) {
  for (const std::string& path : {std::string("/nowhere/web.yml"), ::testing::TempDir()}) {
    const WebConfigLoad load = LoadWebConfig(path);
    ASSERT_THAT(load.problems, SizeIs(1));
    EXPECT_THAT(ProblemText(load.problems[0]), HasSubstr(path));
  }
}

}  // namespace
}  // namespace takt
