// What is asked of a cluster beside records: topics to make, to enlarge, to empty, to delete, and
// their settings. For `takt events --kafka`, for tests, and for one question of the source.
//
// Threads: one at a time. Each call waits for its answer, at most the limit. Errors: AlreadyExists,
// InvalidArgument, or Unavailable with the broker's reason.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "connectors/kafka/handles.h"
#include "engine/settings/settings.h"

namespace takt {

struct TopicSettingName {
  std::string topic;
  std::string setting;  // "cleanup.policy"
};

absl::StatusOr<std::string> TopicSetting(rd_kafka_t* client, const TopicSettingName& name,
                                         absl::Duration limit);

struct NewKafkaTopic {
  std::string name;
  int partitions = 1;
  int replicas = -1;                            // -1: as the broker is set
  std::map<std::string, std::string> settings;  // "retention.ms"
};

class KafkaAdmin {
 public:
  static constexpr absl::Duration kLimit = absl::Seconds(15);

  static absl::StatusOr<std::unique_ptr<KafkaAdmin>> Create(const KafkaSettings& settings);

  // Returns when the topic can be written to.
  absl::Status CreateTopic(const NewKafkaTopic& topic);
  absl::Status DeleteTopic(const std::string& name);
  absl::Status SetPartitions(const std::string& topic, int count);
  // Removes the records below `offset`, as retention does.
  absl::Status DeleteRecords(const std::string& topic, int partition, int64_t offset);

 private:
  explicit KafkaAdmin(KafkaOwned<rd_kafka_t> client) : client_(std::move(client)) {}
  absl::Status WaitForPartitions(const std::string& topic, int count);

  KafkaOwned<rd_kafka_t> client_;
};

}  // namespace takt
