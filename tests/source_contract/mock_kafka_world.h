// The Kafka source on librdkafka's mock cluster, which needs no broker: what it cannot do (topics made
// again, retention, partitions added) the suite's run on a real broker covers.
#pragma once

// rdkafka.h must come before rdkafka_mock.h.
#include <librdkafka/rdkafka.h>
// clang-format off
#include <librdkafka/rdkafka_mock.h>
// clang-format on

#include <memory>
#include <string>

#include "connectors/kafka/handles.h"
#include "connectors/kafka/kafka_source.h"
#include "connectors/kafka/producer.h"
#include "tests/source_contract/source_contract.h"

namespace takt {

class MockKafkaWorld final : public SourceWorld {
 public:
  MockKafkaWorld() {
    char text[512];
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "log_level", "0", text, sizeof(text));
    handle_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof(text)));
    cluster_ = rd_kafka_mock_cluster_new(handle_.get(), 1);
    rd_kafka_mock_topic_create(cluster_, "topic", kPartitions, 1);
    settings_.brokers = rd_kafka_mock_cluster_bootstraps(cluster_);
    settings_.topics = {"topic"};
    producer_ = *KafkaProducer::Create(settings_);
  }
  ~MockKafkaWorld() override {
    producer_.reset();
    rd_kafka_mock_cluster_destroy(cluster_);
  }

  SourceAbilities abilities() const override {
    return {.partitions = kPartitions,
            .made_again = false,
            .keys_and_headers = true,
            .goes_away = true};
  }
  std::unique_ptr<Source> MakeSource() override {
    return *KafkaSource::Create("mock", settings_, clock_, nullptr);
  }
  void Append(int partition, const ContractRecord& record) override {
    const std::vector<std::pair<absl::string_view, absl::string_view>> headers(
        record.headers.begin(), record.headers.end());
    KafkaMessage message = {.topic = "topic", .headers = headers, .partition = partition};
    if (record.key.has_value()) message.key = *record.key;
    if (!record.tombstone) message.value = record.value;
    ASSERT_EQ(producer_->Produce(message), absl::OkStatus());
    ASSERT_EQ(producer_->Flush(absl::Seconds(20)), absl::OkStatus());
  }
  void SetAway(bool away) override {
    if (away) {
      rd_kafka_mock_broker_set_down(cluster_, 1);
    } else {
      rd_kafka_mock_broker_set_up(cluster_, 1);
    }
  }

 private:
  static constexpr int kPartitions = 2;

  KafkaOwned<rd_kafka_t> handle_;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
  KafkaSettings settings_;
  SystemClock clock_;
  std::unique_ptr<KafkaProducer> producer_;
};

}  // namespace takt
