// From settings to a librdkafka configuration: what Takt decides, what the operator passes through,
// and secrets from files.
//
// A property whose name ends in "_file" names a file whose content, less one trailing newline, is
// the value of the property without the ending. Such files, and the files that ssl.*.location names,
// may change while we run; Fingerprint() tells, and a client made anew reads them anew.
//
// What exactness rests on is not the operator's to change (isolation.level, auto.offset.reset,
// enable.auto.commit, enable.idempotence ...): naming one of those is an error.
//
// Threads: immutable, any. Errors: InvalidArgument for an unknown property, a bad value or one that
// is ours; NotFound for a file that is not there. No text ever holds a value that came from a file
// or belongs to a property that is secret by its name.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "connectors/kafka/handles.h"
#include "engine/settings/settings.h"

namespace takt {

class ClientConfig {
 public:
  using Property = std::pair<const char*, const char*>;

  // Reads the files once, so that a mistake is found at start.
  static absl::StatusOr<ClientConfig> Create(const KafkaSettings& settings);
  // What Create would say of one property; of a file that cannot be read, it judges the name alone.
  static absl::Status CheckProperty(const std::string& name, const std::string& value);

  // The operator's properties over `defaults`, and `decided` over both.
  absl::StatusOr<KafkaOwned<rd_kafka_conf_t>> Make(absl::Span<const Property> defaults,
                                                   absl::Span<const Property> decided) const;

  // A hash of the content of all files that the properties name; of one that cannot be read, nothing
  // is known, and the fingerprint is nullopt.
  std::optional<uint64_t> Fingerprint() const;

  // Values that must not be printed, as the files hold them now.
  std::vector<std::string> Secrets() const;

  const std::string& brokers() const { return brokers_; }
  const std::vector<std::string>& topics() const { return topics_; }

 private:
  ClientConfig() = default;

  std::string brokers_;
  std::vector<std::string> topics_;
  std::map<std::string, std::string> values_;  // by property
  std::map<std::string, std::string> files_;   // property, without its ending, to path
};

}  // namespace takt
