#include "connectors/kafka/admin.h"

#include "absl/strings/str_cat.h"
#include "connectors/kafka/client_config.h"
#include "connectors/kafka/errors.h"
#include "engine/base/status_macros.h"

namespace takt {
namespace {

constexpr size_t kErrorTextBytes = 512;

int Millis(absl::Duration length) { return static_cast<int>(absl::ToInt64Milliseconds(length)); }

// One question and its answer: `ask` enqueues the request with these options on this queue.
template <typename Ask>
KafkaOwned<rd_kafka_event_t> Answer(rd_kafka_t* client, absl::Duration limit, Ask ask) {
  char text[kErrorTextBytes];
  const KafkaOwned<rd_kafka_queue_t> queue(rd_kafka_queue_new(client));
  rd_kafka_AdminOptions_t* options = rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_ANY);
  // Fails only for a limit out of range, and the limits here are constants.
  rd_kafka_AdminOptions_set_request_timeout(options, Millis(limit), text, sizeof(text));
  ask(options, queue.get());
  rd_kafka_AdminOptions_destroy(options);
  return KafkaOwned<rd_kafka_event_t>(rd_kafka_queue_poll(queue.get(), Millis(limit) + 1000));
}

absl::Status WholeAnswer(const rd_kafka_event_t* event, absl::string_view what) {
  if (event == nullptr) return absl::UnavailableError(absl::StrCat(what, ": no answer"));
  const rd_kafka_resp_err_t error = rd_kafka_event_error(const_cast<rd_kafka_event_t*>(event));
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  return KafkaStatus(error, what);
}

absl::Status FirstTopicAnswer(const rd_kafka_topic_result_t* const* results, size_t count,
                              absl::string_view what) {
  if (count == 0) return absl::UnavailableError(absl::StrCat(what, ": empty answer"));
  return KafkaStatus(rd_kafka_topic_result_error(results[0]), what);
}

}  // namespace

absl::StatusOr<std::string> TopicSetting(rd_kafka_t* client, const TopicSettingName& name,
                                         absl::Duration limit) {
  const std::string what = absl::StrCat("settings of topic '", name.topic, "'");
  const KafkaOwned<rd_kafka_ConfigResource_t> resource(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.topic.c_str()));
  rd_kafka_ConfigResource_t* asked[] = {resource.get()};
  const auto event = Answer(client, limit, [&](auto* options, auto* queue) {
    rd_kafka_DescribeConfigs(client, asked, 1, options, queue);
  });
  TAKT_RETURN_IF_ERROR(WholeAnswer(event.get(), what));
  size_t count = 0;
  const rd_kafka_ConfigResource_t** resources = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  if (count == 0) return absl::UnavailableError(absl::StrCat(what, ": empty answer"));
  TAKT_RETURN_IF_ERROR(KafkaStatus(rd_kafka_ConfigResource_error(resources[0]), what));
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(resources[0], &count);
  for (size_t i = 0; i < count; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    if (name.setting == rd_kafka_ConfigEntry_name(entries[i]) && value != nullptr) return value;
  }
  return absl::UnavailableError(absl::StrCat(what, ": no setting ", name.setting));
}

absl::StatusOr<std::unique_ptr<KafkaAdmin>> KafkaAdmin::Create(const KafkaSettings& settings) {
  TAKT_ASSIGN_OR_RETURN(const ClientConfig config, ClientConfig::Create(settings));
  TAKT_ASSIGN_OR_RETURN(KafkaOwned<rd_kafka_conf_t> conf, config.Make({{"log_level", "2"}}, {}));
  char text[kErrorTextBytes];
  KafkaOwned<rd_kafka_t> client(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), text, sizeof(text)));
  if (client == nullptr) return absl::InvalidArgumentError("kafka client cannot be made");
  conf.release();  // the client's now
  return std::unique_ptr<KafkaAdmin>(new KafkaAdmin(std::move(client)));
}

absl::Status KafkaAdmin::CreateTopic(const NewKafkaTopic& topic) {
  const std::string what = absl::StrCat("topic '", topic.name, "' cannot be created");
  char text[kErrorTextBytes];
  const KafkaOwned<rd_kafka_NewTopic_t> wanted(rd_kafka_NewTopic_new(
      topic.name.c_str(), topic.partitions, topic.replicas, text, sizeof(text)));
  if (wanted == nullptr) return absl::InvalidArgumentError(absl::StrCat(what, ": ", text));
  for (const auto& [name, value] : topic.settings) {
    TAKT_RETURN_IF_ERROR(
        KafkaStatus(rd_kafka_NewTopic_set_config(wanted.get(), name.c_str(), value.c_str()), what));
  }
  rd_kafka_NewTopic_t* topics[] = {wanted.get()};
  const auto event = Answer(client_.get(), kLimit, [&](auto* options, auto* queue) {
    rd_kafka_CreateTopics(client_.get(), topics, 1, options, queue);
  });
  TAKT_RETURN_IF_ERROR(WholeAnswer(event.get(), what));
  size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  TAKT_RETURN_IF_ERROR(FirstTopicAnswer(results, count, what));
  return WaitForPartitions(topic.name, topic.partitions);
}

absl::Status KafkaAdmin::DeleteTopic(const std::string& name) {
  const std::string what = absl::StrCat("topic '", name, "' cannot be deleted");
  const KafkaOwned<rd_kafka_DeleteTopic_t> unwanted(rd_kafka_DeleteTopic_new(name.c_str()));
  rd_kafka_DeleteTopic_t* topics[] = {unwanted.get()};
  const auto event = Answer(client_.get(), kLimit, [&](auto* options, auto* queue) {
    rd_kafka_DeleteTopics(client_.get(), topics, 1, options, queue);
  });
  TAKT_RETURN_IF_ERROR(WholeAnswer(event.get(), what));
  size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event.get()), &count);
  return FirstTopicAnswer(results, count, what);
}

absl::Status KafkaAdmin::SetPartitions(const std::string& topic, int count) {
  const std::string what = absl::StrCat("topic '", topic, "' cannot be enlarged");
  char text[kErrorTextBytes];
  const KafkaOwned<rd_kafka_NewPartitions_t> more(
      rd_kafka_NewPartitions_new(topic.c_str(), static_cast<size_t>(count), text, sizeof(text)));
  if (more == nullptr) return absl::InvalidArgumentError(absl::StrCat(what, ": ", text));
  rd_kafka_NewPartitions_t* wanted[] = {more.get()};
  const auto event = Answer(client_.get(), kLimit, [&](auto* options, auto* queue) {
    rd_kafka_CreatePartitions(client_.get(), wanted, 1, options, queue);
  });
  TAKT_RETURN_IF_ERROR(WholeAnswer(event.get(), what));
  size_t answers = 0;
  const rd_kafka_topic_result_t** results = rd_kafka_CreatePartitions_result_topics(
      rd_kafka_event_CreatePartitions_result(event.get()), &answers);
  TAKT_RETURN_IF_ERROR(FirstTopicAnswer(results, answers, what));
  return WaitForPartitions(topic, count);
}

absl::Status KafkaAdmin::DeleteRecords(const std::string& topic, int partition, int64_t offset) {
  const std::string what = absl::StrCat("records of topic '", topic, "' cannot be deleted");
  const KafkaOwned<rd_kafka_topic_partition_list_t> below(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(below.get(), topic.c_str(), partition)->offset = offset;
  const KafkaOwned<rd_kafka_DeleteRecords_t> unwanted(rd_kafka_DeleteRecords_new(below.get()));
  rd_kafka_DeleteRecords_t* deletions[] = {unwanted.get()};
  const auto event = Answer(client_.get(), kLimit, [&](auto* options, auto* queue) {
    rd_kafka_DeleteRecords(client_.get(), deletions, 1, options, queue);
  });
  TAKT_RETURN_IF_ERROR(WholeAnswer(event.get(), what));
  const rd_kafka_topic_partition_list_t* result =
      rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event.get()));
  if (result->cnt == 0) return absl::UnavailableError(absl::StrCat(what, ": empty answer"));
  return KafkaStatus(result->elems[0].err, what);
}

absl::Status KafkaAdmin::WaitForPartitions(const std::string& topic, int count) {
  const KafkaOwned<rd_kafka_topic_t> handle(
      rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr));
  constexpr int kTries = 100;
  for (int tries = 0; tries < kTries; ++tries) {
    const rd_kafka_metadata_t* answer = nullptr;
    if (rd_kafka_metadata(client_.get(), 0, handle.get(), &answer, Millis(kLimit)) ==
        RD_KAFKA_RESP_ERR_NO_ERROR) {
      const KafkaOwned<const rd_kafka_metadata_t> metadata(answer);
      int led = 0;
      for (int i = 0; metadata->topic_cnt == 1 && i < metadata->topics[0].partition_cnt; ++i) {
        if (metadata->topics[0].partitions[i].leader >= 0) ++led;
      }
      if (led >= count) return absl::OkStatus();
    }
    rd_kafka_poll(client_.get(), 50);  // as a pause
  }
  return absl::UnavailableError(absl::StrCat("topic '", topic, "' has no leaders yet"));
}

}  // namespace takt
