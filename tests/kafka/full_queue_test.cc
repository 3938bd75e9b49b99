#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
// It needs the one above.
#include <librdkafka/rdkafka_mock.h>

#include <algorithm>
#include <memory>
#include <string>

#include "connectors/kafka/kafka_source.h"
#include "connectors/kafka/producer.h"

namespace takt {
namespace {

// A fetcher whose queue is full sleeps up to a second, and the reader has read all long before.
TEST(FullQueue, IsFilledAgainBeforeItIsEmpty) {
  constexpr int kRecords = 30'000;
  char text[512];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "log_level", "0", text, sizeof(text));
  const KafkaOwned<rd_kafka_t> handle(rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof(text)));
  rd_kafka_mock_cluster_t* const cluster = rd_kafka_mock_cluster_new(handle.get(), 1);
  rd_kafka_mock_topic_create(cluster, "topic", 1, 1);
  KafkaSettings settings;
  settings.brokers = rd_kafka_mock_cluster_bootstraps(cluster);
  settings.topics = {"topic"};
  SystemClock clock;
  {
    KafkaSettings in_batches = settings;
    in_batches.properties = {{"batch.num.messages", "1000"}};
    const std::unique_ptr<KafkaProducer> producer = *KafkaProducer::Create(in_batches);
    KafkaMessage message = {.topic = "topic", .partition = 0};
    message.value = "record";
    for (int i = 0; i < kRecords; ++i) ASSERT_EQ(producer->Produce(message), absl::OkStatus());
    ASSERT_EQ(producer->Flush(absl::Seconds(20)), absl::OkStatus());
  }
  settings.properties = {{"queued.min.messages", "3000"}};
  std::unique_ptr<Source> source = *KafkaSource::Create("mock", settings, clock, nullptr);
  ASSERT_EQ(source->Open({}), absl::OkStatus());
  // A reader that is slower than its broker: 40 us for each record, 1.2 seconds for all.
  int records = 0;
  absl::Duration read_at;
  absl::Duration longest_wait;
  const auto read = [&](const Record&) {
    const absl::Duration now = clock.Monotonic();
    if (records++ > 0) longest_wait = std::max(longest_wait, now - read_at);
    do {
      read_at = clock.Monotonic();
    } while (read_at - now < absl::Microseconds(40));
  };
  const absl::Duration limit = clock.Monotonic() + absl::Seconds(60);
  while (records < kRecords && clock.Monotonic() < limit) {
    // It is away until the first report.
    source->Poll(absl::Milliseconds(100), 10, read).IgnoreError();
  }
  EXPECT_EQ(records, kRecords);
  EXPECT_LT(longest_wait, absl::Milliseconds(500));
  source.reset();
  rd_kafka_mock_cluster_destroy(cluster);
}

}  // namespace
}  // namespace takt
