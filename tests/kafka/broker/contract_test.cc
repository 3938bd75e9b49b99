#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "connectors/kafka/admin.h"
#include "connectors/kafka/kafka_source.h"
#include "connectors/kafka/producer.h"
#include "tests/kafka/test_broker.h"
#include "tests/source_contract/source_contract.h"

namespace takt {
namespace {

class KafkaWorld final : public SourceWorld {
 public:
  KafkaWorld() : topic_(UniqueTopic("contract")) {
    settings_.brokers = TestBrokers();
    settings_.topics = {topic_};
    admin_ = *KafkaAdmin::Create(settings_);
    Create();
  }
  ~KafkaWorld() override {
    // A topic left behind disturbs nobody.
    admin_->DeleteTopic(topic_).IgnoreError();
  }

  SourceAbilities abilities() const override {
    return {.partitions = kPartitions,
            .keys_and_headers = true,
            .adds_partitions = true,
            .removes_beginning = true};
  }
  std::unique_ptr<Source> MakeSource() override {
    return *KafkaSource::Create("kafka", settings_, clock_, nullptr);
  }
  void Append(int partition, const ContractRecord& record) override {
    const std::vector<std::pair<absl::string_view, absl::string_view>> headers(
        record.headers.begin(), record.headers.end());
    KafkaMessage message = {.topic = topic_, .headers = headers, .partition = partition};
    if (record.key.has_value()) message.key = *record.key;
    if (!record.tombstone) message.value = record.value;
    ASSERT_EQ(producer_->Produce(message), absl::OkStatus());
    ASSERT_EQ(producer_->Flush(absl::Seconds(20)), absl::OkStatus());
  }
  void Recreate() override {
    ASSERT_EQ(admin_->DeleteTopic(topic_), absl::OkStatus());
    Create();
  }
  void AddPartition() override {
    ASSERT_EQ(admin_->SetPartitions(topic_, kPartitions + 1), absl::OkStatus());
    producer_ = *KafkaProducer::Create(settings_);  // knows of the new partition
  }
  void RemoveBelow(int partition, int64_t offset) override {
    ASSERT_EQ(admin_->DeleteRecords(topic_, partition, offset), absl::OkStatus());
  }

 private:
  static constexpr int kPartitions = 3;

  void Create() {
    // Deleting goes on for a moment after it was promised.
    absl::Status created;
    for (int tries = 0; tries < 50; ++tries) {
      created = admin_->CreateTopic({.name = topic_, .partitions = kPartitions});
      if (!absl::IsAlreadyExists(created)) break;
    }
    ASSERT_EQ(created, absl::OkStatus());
    producer_ = *KafkaProducer::Create(settings_);
  }

  const std::string topic_;
  KafkaSettings settings_;
  SystemClock clock_;
  std::unique_ptr<KafkaAdmin> admin_;
  std::unique_ptr<KafkaProducer> producer_;
};

INSTANTIATE_TEST_SUITE_P(Sources, SourceContract,
                         testing::Values(SourceWorldMaker{
                             "Kafka", [] { return std::make_unique<KafkaWorld>(); }}),
                         SourceWorldName);

TEST(KafkaPartitions, ATopicThatAtFirstSeemsToHaveFewerIsReadWhenAllAreThere) {
  KafkaSettings settings;
  settings.brokers = TestBrokers();
  settings.topics = {UniqueTopic("fewer")};
  const auto admin = *KafkaAdmin::Create(settings);
  ASSERT_EQ(admin->CreateTopic({.name = settings.topics[0]}), absl::OkStatus());
  SystemClock clock;
  const auto source = *KafkaSource::Create("crm", settings, clock, nullptr);
  ASSERT_EQ(source->Open({{.topic = settings.topics[0], .partition = 2}}), absl::OkStatus());
  absl::Status status;
  const auto poll_until = [&](auto done) {
    for (int i = 0; i < 600 && !done(); ++i) {
      status = source->Poll(absl::Milliseconds(50), 100, [](const Record&) {});
    }
    return done();
  };
  ASSERT_TRUE(poll_until([&] { return absl::StrContains(status.message(), "1 of the 3"); }))
      << status;
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_TRUE(source->Partitions().empty());
  ASSERT_EQ(admin->SetPartitions(settings.topics[0], 3), absl::OkStatus());
  EXPECT_TRUE(poll_until([&] { return status.ok() && source->Partitions().size() == 3; }))
      << status;
  admin->DeleteTopic(settings.topics[0]).IgnoreError();
}

}  // namespace
}  // namespace takt
