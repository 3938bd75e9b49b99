#include "connectors/kafka/client_config.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "connectors/kafka/client_log.h"
#include "connectors/kafka/kafka_source.h"

namespace takt {
namespace {

constexpr char kCanary[] = "canary-7f3a91";

class SecretFile {
 public:
  explicit SecretFile(absl::string_view content)
      : path_(absl::StrCat(testing::TempDir(), "/secret_", ::getpid())) {
    Write(content);
  }
  ~SecretFile() { std::remove(path_.c_str()); }
  void Write(absl::string_view content) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << content;
  }
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

std::string Get(const rd_kafka_conf_t& conf, const char* name) {
  char value[512];
  size_t size = sizeof(value);
  return rd_kafka_conf_get(&conf, name, value, &size) == RD_KAFKA_CONF_OK ? value : "(unknown)";
}

struct BadCase {
  const char* name;
  std::map<std::string, std::string> properties;
  absl::StatusCode code;
  const char* text;
};

class BadClientConfig : public testing::TestWithParam<BadCase> {};

TEST_P(BadClientConfig, IsRefusedWithItsName) {
  const auto config =
      ClientConfig::Create({.brokers = "b:9092", .properties = GetParam().properties});
  ASSERT_FALSE(config.ok());
  EXPECT_EQ(config.status().code(), GetParam().code) << config.status();
  EXPECT_TRUE(absl::StrContains(config.status().message(), GetParam().text)) << config.status();
  EXPECT_FALSE(absl::StrContains(config.status().ToString(), kCanary)) << config.status();
}

INSTANTIATE_TEST_SUITE_P(Properties, BadClientConfig,
                         testing::Values(BadCase{"Unknown",
                                                 {{"sasl.pasword", kCanary}},
                                                 absl::StatusCode::kInvalidArgument,
                                                 "sasl.pasword"},
                                         BadCase{"BadValue",
                                                 {{"fetch.wait.max.ms", "soon"}},
                                                 absl::StatusCode::kInvalidArgument,
                                                 "fetch.wait.max.ms"},
                                         BadCase{"Isolation",
                                                 {{"isolation.level", "read_uncommitted"}},
                                                 absl::StatusCode::kInvalidArgument,
                                                 "isolation.level"},
                                         BadCase{"OursFromAFile",
                                                 {{"auto.offset.reset_file", "/x"}},
                                                 absl::StatusCode::kInvalidArgument,
                                                 "auto.offset.reset_file"},
                                         BadCase{"NoFile",
                                                 {{"sasl.password_file", "/nowhere/secret"}},
                                                 absl::StatusCode::kNotFound,
                                                 "/nowhere/secret"}),
                         [](const auto& info) { return info.param.name; });

TEST(ClientConfig, TakesASecretFromAFileWithoutItsLineEnd) {
  SecretFile file(absl::StrCat(kCanary, "\n"));
  const auto config = ClientConfig::Create(
      {.brokers = "b:9092", .properties = {{"sasl.password_file", file.path()}}});
  ASSERT_TRUE(config.ok()) << config.status();
  const auto conf = config->Make({}, {});
  ASSERT_TRUE(conf.ok());
  EXPECT_EQ(Get(**conf, "sasl.password"), kCanary);
  EXPECT_EQ(config->Secrets(), std::vector<std::string>{kCanary});
}

// librdkafka's own words repeat a value that a choice does not know.
TEST(ClientConfig, NeverRepeatsWhatAFileHolds) {
  SecretFile file(kCanary);
  for (const char* const name : {"security.protocol_file", "fetch.min.bytes_file"}) {
    const auto config =
        ClientConfig::Create({.brokers = "b:9092", .properties = {{name, file.path()}}});
    for (const absl::Status& said :
         {config.status(), ClientConfig::CheckProperty(name, file.path())}) {
      EXPECT_TRUE(absl::StrContains(said.message(), "is not accepted")) << said;
      EXPECT_FALSE(absl::StrContains(said.ToString(), kCanary)) << said;
    }
  }
}

TEST(ClientConfig, TheNameIsJudgedWhenItsFileIsNotThere) {
  EXPECT_TRUE(ClientConfig::CheckProperty("sasl.password_file", "/nowhere/secret").ok());
  const absl::Status wrong = ClientConfig::CheckProperty("sasl.pasword_file", "/nowhere/secret");
  EXPECT_TRUE(absl::StrContains(wrong.message(),
                                "'sasl.pasword' is not one of librdkafka; did you "
                                "mean \"sasl.password\"?"))
      << wrong;
}

TEST(ClientConfig, ReadsARotatedSecretAnew) {
  SecretFile file("old");
  const auto config = ClientConfig::Create(
      {.brokers = "b:9092", .properties = {{"sasl.password_file", file.path()}}});
  ASSERT_TRUE(config.ok());
  const auto before = config->Fingerprint();
  EXPECT_EQ(config->Fingerprint(), before);
  file.Write("new");
  EXPECT_NE(config->Fingerprint(), before);
  EXPECT_EQ(Get(**config->Make({}, {}), "sasl.password"), "new");
}

TEST(ClientConfig, TheOperatorOverridesDefaultsAndTaktDecidesTheRest) {
  const auto config = ClientConfig::Create(
      {.brokers = "b:9092", .properties = {{"fetch.wait.max.ms", "7"}, {"client.id", "mine"}}});
  ASSERT_TRUE(config.ok());
  const auto conf = config->Make({{"fetch.wait.max.ms", "50"}, {"fetch.min.bytes", "10"}},
                                 {{"client.id", "decided"}});
  ASSERT_TRUE(conf.ok());
  EXPECT_EQ(Get(**conf, "fetch.wait.max.ms"), "7");
  EXPECT_EQ(Get(**conf, "fetch.min.bytes"), "10");
  EXPECT_EQ(Get(**conf, "client.id"), "decided");
  EXPECT_EQ(Get(**conf, "bootstrap.servers"), "b:9092");
}

TEST(ClientLog, NeverPrintsASecret) {
  SystemClock clock;
  std::vector<std::string> lines;
  ClientLog log("kafka source crm", clock,
                [&](LogLevel, absl::string_view line) { lines.emplace_back(line); });
  log.SetSecrets({kCanary});
  log.Line(LogLevel::kError, "FAIL", absl::StrCat("login with ", kCanary, " refused"));
  EXPECT_EQ(lines, std::vector<std::string>{"kafka source crm: login with [secret] refused"});
}

TEST(ClientLog, NeverPrintsHalfASecretAtTheEndOfALongLine) {
  SystemClock clock;
  ClientLog log("kafka source crm", clock, nullptr);
  log.SetSecrets({kCanary});
  const std::string text = std::string(1000 - 4, '.') + kCanary;
  EXPECT_EQ(log.Scrubbed(text), std::string(1000 - 4, '.') + "[sec");
}

TEST(ClientLog, PrintsOneLineOfAKindInTenSecondsAndCountsTheRest) {
  ManualClock clock(absl::UnixEpoch());
  std::vector<std::string> lines;
  ClientLog log("kafka source crm", clock,
                [&](LogLevel, absl::string_view line) { lines.emplace_back(line); });
  for (int i = 0; i < 5; ++i) log.Line(LogLevel::kError, "FAIL", "refused");
  log.Line(LogLevel::kError, "OTHER", "else");
  clock.Advance(absl::Seconds(10));
  log.Line(LogLevel::kError, "FAIL", "refused");
  EXPECT_EQ(lines, (std::vector<std::string>{
                       "kafka source crm: refused", "kafka source crm: else",
                       "kafka source crm: refused (4 lines of this kind left out)"}));
}

TEST(KafkaSource, NamesWhatIsWrongAtOnceAndWithoutABroker) {
  SystemClock clock;
  const auto no_topics = KafkaSource::Create("crm", {.brokers = "b:9092"}, clock, nullptr);
  EXPECT_TRUE(absl::IsInvalidArgument(no_topics.status())) << no_topics.status();
  const auto no_brokers = KafkaSource::Create("crm", {.topics = {"t"}}, clock, nullptr);
  EXPECT_TRUE(absl::IsInvalidArgument(no_brokers.status())) << no_brokers.status();
  const auto bad_ca = KafkaSource::Create(
      "crm",
      {.brokers = "b:9092",
       .topics = {"t"},
       .properties = {{"security.protocol", "ssl"}, {"ssl.ca.location", "/nowhere/ca.pem"}}},
      clock, nullptr);
  EXPECT_TRUE(absl::IsInvalidArgument(bad_ca.status())) << bad_ca.status();
}

TEST(KafkaSource, LivesWithABrokerThatRefusesConnections) {
  SystemClock clock;
  std::vector<std::string> lines;
  Mutex mutex;
  const auto log = [&](LogLevel, absl::string_view line) {
    MutexLock lock(mutex);
    lines.emplace_back(line);
  };
  SecretFile file(kCanary);
  // Port 1 of this machine listens to nobody.
  auto source = KafkaSource::Create("crm",
                                    {.brokers = "127.0.0.1:1",
                                     .topics = {"t"},
                                     .properties = {{"security.protocol", "sasl_plaintext"},
                                                    {"sasl.mechanism", "PLAIN"},
                                                    {"sasl.username", "takt"},
                                                    {"sasl.password_file", file.path()}}},
                                    clock, log);
  ASSERT_TRUE(source.ok()) << source.status();
  ASSERT_TRUE((*source)->Open({}).ok());
  const absl::Duration deadline = clock.Monotonic() + absl::Seconds(20);
  absl::Status status;
  while (!absl::StrContains(status.message(), "refused") && clock.Monotonic() < deadline) {
    status = (*source)->Poll(absl::Milliseconds(50), 10, [](const Record&) {});
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  }
  EXPECT_TRUE(absl::StrContains(status.message(), "127.0.0.1:1")) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "refused")) << status;
  source->reset();
  for (const std::string& line : lines) EXPECT_FALSE(absl::StrContains(line, kCanary)) << line;
}

}  // namespace
}  // namespace takt
