#include "connectors/kafka/client_config.h"

#include <fstream>
#include <optional>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/hash.h"
#include "engine/base/status_macros.h"
#include "engine/settings/nearest.h"

namespace takt {
namespace {

constexpr absl::string_view kFileEnding = "_file";
constexpr size_t kErrorTextBytes = 512;

// Properties that Takt decides, with their old names.
constexpr absl::string_view kOurs[] = {
    "bootstrap.servers",        "metadata.broker.list",
    "auto.offset.reset",        "enable.auto.commit",
    "auto.commit.enable",       "enable.auto.offset.store",
    "isolation.level",          "enable.partition.eof",
    "enable.idempotence",       "acks",
    "request.required.acks",    "allow.auto.create.topics",
    "transactional.id",         "log.queue",
    "message.timeout.ms",       "delivery.timeout.ms",
    "enable.gapless.guarantee", "partition.assignment.strategy",
};

bool IsOurs(absl::string_view name) {
  for (const absl::string_view ours : kOurs) {
    if (name == ours) return true;
  }
  return false;
}

bool IsSecretByName(absl::string_view name) {
  return absl::StrContains(name, "password") || absl::StrContains(name, "secret") ||
         absl::StrContains(name, "key.pem") || absl::StrContains(name, "jaas") ||
         absl::StrContains(name, "oauthbearer.config");
}

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read the file '", path, "'"));
  std::ostringstream content;
  content << file.rdbuf();
  return std::move(content).str();
}

absl::StatusOr<std::string> ReadSecret(const std::string& path) {
  TAKT_ASSIGN_OR_RETURN(std::string value, ReadWhole(path));
  if (absl::EndsWith(value, "\n")) value.pop_back();
  if (absl::EndsWith(value, "\r")) value.pop_back();
  return value;
}

// The properties that librdkafka lists.
std::vector<std::string> KnownProperties() {
  const KafkaOwned<rd_kafka_conf_t> conf(rd_kafka_conf_new());
  size_t count = 0;
  const char** const dump = rd_kafka_conf_dump(conf.get(), &count);
  std::vector<std::string> names;
  for (size_t i = 0; i < count; i += 2) names.emplace_back(dump[i]);  // name, value, name, ...
  rd_kafka_conf_dump_free(dump, count);
  return names;
}

// Those that librdkafka does not list as long as they have no value.
constexpr absl::string_view kUnlisted[] = {"sasl.username", "sasl.password", "ssl.ca.location"};

absl::Status Unknown(const std::string& name) {
  std::vector<std::string> names = KnownProperties();
  for (const absl::string_view unlisted : kUnlisted) names.emplace_back(unlisted);
  return absl::InvalidArgumentError(absl::StrCat(
      "kafka property '", name, "' is not one of librdkafka", Suggestion(name, names)));
}

// For what must not be shown: librdkafka's own text may repeat the value.
absl::Status SetSecret(rd_kafka_conf_t& conf, const std::string& name, const std::string& value) {
  switch (rd_kafka_conf_set(&conf, name.c_str(), value.c_str(), nullptr, 0)) {
    case RD_KAFKA_CONF_OK:
      return absl::OkStatus();
    case RD_KAFKA_CONF_UNKNOWN:
      return Unknown(name);
    case RD_KAFKA_CONF_INVALID:
      break;
  }
  return absl::InvalidArgumentError(absl::StrCat("kafka property '", name, "' is not accepted"));
}

absl::Status Set(rd_kafka_conf_t& conf, const std::string& name, const std::string& value) {
  if (IsSecretByName(name)) return SetSecret(conf, name, value);
  char text[kErrorTextBytes];
  const rd_kafka_conf_res_t result =
      rd_kafka_conf_set(&conf, name.c_str(), value.c_str(), text, sizeof(text));
  if (result == RD_KAFKA_CONF_OK) return absl::OkStatus();
  if (result == RD_KAFKA_CONF_UNKNOWN) return Unknown(name);
  return absl::InvalidArgumentError(absl::StrCat("kafka property '", name, "': ", text));
}

absl::Status NotOurs(const std::string& name) {
  if (!IsOurs(absl::StripSuffix(name, kFileEnding))) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("kafka property '", name, "' is decided by Takt; leave it out"));
}

}  // namespace

absl::Status ClientConfig::CheckProperty(const std::string& name, const std::string& value) {
  TAKT_RETURN_IF_ERROR(NotOurs(name));
  const KafkaOwned<rd_kafka_conf_t> conf(rd_kafka_conf_new());
  if (!absl::EndsWith(name, kFileEnding)) return Set(*conf, name, value);
  const std::string property(absl::StripSuffix(name, kFileEnding));
  const absl::StatusOr<std::string> secret = ReadSecret(value);
  if (secret.ok()) return SetSecret(*conf, property, *secret);
  // Without the value there is still the name to judge.
  return rd_kafka_conf_set(conf.get(), property.c_str(), "", nullptr, 0) == RD_KAFKA_CONF_UNKNOWN
             ? Unknown(property)
             : absl::OkStatus();
}

absl::StatusOr<ClientConfig> ClientConfig::Create(const KafkaSettings& settings) {
  ClientConfig config;
  if (settings.brokers.empty()) return absl::InvalidArgumentError("kafka brokers are not given");
  config.brokers_ = settings.brokers;
  config.topics_ = settings.topics;
  for (const auto& [name, value] : settings.properties) {
    const bool from_file = absl::EndsWith(name, kFileEnding);
    const std::string property(absl::StripSuffix(name, kFileEnding));
    TAKT_RETURN_IF_ERROR(NotOurs(name));
    (from_file ? config.files_ : config.values_)[property] = value;
  }
  // Tries them all, so that a wrong name is found now and not at the first reconnect.
  TAKT_RETURN_IF_ERROR(config.Make({}, {}).status());
  return config;
}

absl::StatusOr<KafkaOwned<rd_kafka_conf_t>> ClientConfig::Make(
    absl::Span<const Property> defaults, absl::Span<const Property> decided) const {
  KafkaOwned<rd_kafka_conf_t> conf(rd_kafka_conf_new());
  for (const auto& [name, value] : defaults) TAKT_RETURN_IF_ERROR(Set(*conf, name, value));
  for (const auto& [name, value] : values_) TAKT_RETURN_IF_ERROR(Set(*conf, name, value));
  for (const auto& [name, path] : files_) {
    absl::StatusOr<std::string> value = ReadSecret(path);
    if (!value.ok()) {
      return absl::Status(
          value.status().code(),
          absl::StrCat("kafka property '", name, "_file': ", value.status().message()));
    }
    TAKT_RETURN_IF_ERROR(SetSecret(*conf, name, *value));
  }
  TAKT_RETURN_IF_ERROR(Set(*conf, "bootstrap.servers", brokers_));
  for (const auto& [name, value] : decided) TAKT_RETURN_IF_ERROR(Set(*conf, name, value));
  return conf;
}

std::optional<uint64_t> ClientConfig::Fingerprint() const {
  uint64_t hash = 0;
  const auto add = [&hash](const std::string& path) {
    const absl::StatusOr<std::string> content = ReadWhole(path);
    if (content.ok()) hash = StableHash(*content, hash + 1);
    return content.ok();
  };
  for (const auto& [name, path] : files_) {
    if (!add(path)) return std::nullopt;
  }
  for (const auto& [name, value] : values_) {
    const bool names_a_file = absl::StartsWith(name, "ssl.") && absl::EndsWith(name, ".location");
    if (names_a_file && name != "ssl.ca.location" && !add(value)) return std::nullopt;
  }
  return hash;
}

std::vector<std::string> ClientConfig::Secrets() const {
  std::vector<std::string> secrets;
  for (const auto& [name, value] : values_) {
    if (IsSecretByName(name)) secrets.push_back(value);
  }
  for (const auto& [name, path] : files_) {
    // An unreadable file has no value that could be printed.
    if (absl::StatusOr<std::string> value = ReadSecret(path); value.ok()) {
      secrets.push_back(*std::move(value));
    }
  }
  return secrets;
}

}  // namespace takt
