// What the source makes of transactions, on a real broker.
#include <gtest/gtest.h>

#include <memory>

#include "connectors/kafka/admin.h"
#include "connectors/kafka/handles.h"
#include "connectors/kafka/kafka_source.h"
#include "tests/kafka/test_broker.h"

namespace takt {
namespace {

using Strings = std::vector<std::string>;

class Transactions : public testing::Test {
 protected:
  Transactions() : topic_(UniqueTopic("transactions")) {
    settings_.brokers = TestBrokers();
    settings_.topics = {topic_};
    auto admin = KafkaAdmin::Create(settings_);
    EXPECT_EQ((*admin)->CreateTopic({.name = topic_}), absl::OkStatus());
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    char text[512];
    rd_kafka_conf_set(conf, "bootstrap.servers", settings_.brokers.c_str(), text, sizeof(text));
    rd_kafka_conf_set(conf, "transactional.id", topic_.c_str(), text, sizeof(text));
    rd_kafka_conf_set(conf, "log_level", "0", text, sizeof(text));
    producer_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof(text)));
    Check(rd_kafka_init_transactions(producer_.get(), kLimitMillis));
    source_ = *KafkaSource::Create("crm", settings_, clock_, nullptr);
    EXPECT_EQ(source_->Open({}), absl::OkStatus());
  }

  void Begin() { Check(rd_kafka_begin_transaction(producer_.get())); }
  void Commit() { Check(rd_kafka_commit_transaction(producer_.get(), kLimitMillis)); }
  void Abort() { Check(rd_kafka_abort_transaction(producer_.get(), kLimitMillis)); }
  void Put(std::string value) {
    EXPECT_EQ(rd_kafka_producev(producer_.get(), RD_KAFKA_V_TOPIC(topic_.c_str()),
                                RD_KAFKA_V_PARTITION(0), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                RD_KAFKA_V_VALUE(value.data(), value.size()), RD_KAFKA_V_END),
              RD_KAFKA_RESP_ERR_NO_ERROR);
    EXPECT_EQ(rd_kafka_flush(producer_.get(), kLimitMillis), RD_KAFKA_RESP_ERR_NO_ERROR);
  }

  PartitionState State() const {
    const std::vector<PartitionState> states = source_->Partitions();
    return states.empty() ? PartitionState() : states[0];
  }
  // Polls until `done` or too long.
  template <typename Done>
  bool PollUntil(Done done) {
    const absl::Duration deadline = clock_.Monotonic() + absl::Seconds(20);
    while (clock_.Monotonic() < deadline) {
      source_
          ->Poll(absl::Milliseconds(50), 100,
                 [this](const Record& record) { read_.emplace_back(record.value); })
          .IgnoreError();  // away while it connects
      if (done()) return true;
    }
    return false;
  }

  static constexpr int kLimitMillis = 20000;
  static void Check(rd_kafka_error_t* error) {
    const KafkaOwned<rd_kafka_error_t> owned(error);
    EXPECT_EQ(error, nullptr) << rd_kafka_error_string(error);
  }

  const std::string topic_;
  KafkaSettings settings_;
  SystemClock clock_;
  KafkaOwned<rd_kafka_t> producer_;
  std::unique_ptr<KafkaSource> source_;
  Strings read_;
};

TEST_F(Transactions, AbortedRecordsAreNeverDelivered) {
  Begin();
  Put("kept");
  Commit();
  Begin();
  Put("aborted");
  Abort();
  Begin();
  Put("kept too");
  Commit();
  ASSERT_TRUE(PollUntil([this] { return State().idle_by_proof; }));
  EXPECT_EQ(read_, Strings({"kept", "kept too"}));
  EXPECT_EQ(State().next_offset, State().end_offset) << "over the markers";
}

TEST_F(Transactions, AnOpenTransactionIsNotTheEnd) {
  Begin();
  Put("first");
  Commit();
  Begin();
  Put("open");
  ASSERT_TRUE(PollUntil([this] { return State().next_offset == 2 && State().end_offset == 3; }));
  EXPECT_EQ(read_, Strings({"first"}));
  EXPECT_FALSE(State().idle_by_proof);
  // Some more seconds of the same do not make it one.
  const absl::Duration later = clock_.Monotonic() + absl::Seconds(3);
  EXPECT_FALSE(PollUntil([&] { return State().idle_by_proof || clock_.Monotonic() > later; }) &&
               State().idle_by_proof);
  Commit();
  ASSERT_TRUE(PollUntil([this] { return State().idle_by_proof; }));
  EXPECT_EQ(read_, Strings({"first", "open"}));
}

TEST_F(Transactions, AHundredAbortedRecordsAtTheEndArePassedOver) {
  Begin();
  for (int i = 0; i < 100; ++i) Put(std::string(1000, 'x'));
  Abort();
  ASSERT_TRUE(PollUntil([this] { return State().idle_by_proof; }));
  EXPECT_EQ(read_, Strings());
  EXPECT_EQ(State().next_offset, 101);
}

}  // namespace
}  // namespace takt
