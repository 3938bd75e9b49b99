#include "connectors/kafka/partition_count.h"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "connectors/kafka/kafka_source.h"

namespace takt {
namespace {

using Belief = PartitionCount::Belief;

struct Heard {
  int at_seconds;
  uint64_t answer;
  int partitions;
  Belief belief;
};

struct CountCase {
  const char* name;
  std::vector<Heard> heard;
};

class PartitionCountTest : public testing::TestWithParam<CountCase> {};

TEST_P(PartitionCountTest, FewerAreBelievedOnlyWhenItLasts) {
  PartitionCount count;
  for (const Heard& heard : GetParam().heard) {
    EXPECT_EQ(count.Hear({heard.partitions, heard.answer}, 4, absl::Seconds(heard.at_seconds)),
              heard.belief)
        << "after " << heard.at_seconds << " s";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Cases, PartitionCountTest,
    testing::Values(CountCase{"AllAndMoreAreWhole",
                              {{0, 1, 4, Belief::kWhole}, {10, 2, 5, Belief::kWhole}}},
                    CountCase{"AStaleAnswerIsDoubtedAndForgotten",
                              {{0, 1, 4, Belief::kWhole},
                               {10, 2, 2, Belief::kDoubtBegins},
                               {11, 2, 2, Belief::kDoubted},
                               {20, 3, 4, Belief::kWhole},
                               {90, 9, 2, Belief::kDoubtBegins}}},
                    CountCase{"SeveralAnswersOverAWhileAreBelieved",
                              {{0, 1, 2, Belief::kDoubtBegins},
                               {10, 2, 2, Belief::kDoubted},
                               {20, 3, 3, Belief::kDoubted},
                               {24, 3, 3, Belief::kDoubted},
                               {25, 3, 3, Belief::kFewer}}},
                    CountCase{"OneAnswerHeardAgainIsOne",
                              {{0, 1, 2, Belief::kDoubtBegins},
                               {30, 1, 2, Belief::kDoubted},
                               {60, 2, 2, Belief::kDoubted},
                               {61, 3, 2, Belief::kFewer}}}),
    [](const testing::TestParamInfo<CountCase>& info) { return std::string(info.param.name); });

// The system's clock, which a test sets forward.
class ForwardClock final : public Clock {
 public:
  absl::Time Now() const override { return system_.Now(); }
  absl::Duration Monotonic() const override {
    return system_.Monotonic() + absl::Seconds(forward_seconds_.load());
  }
  void SleepFor(absl::Duration length) override { system_.SleepFor(length); }
  void Forward(int seconds) { forward_seconds_ += seconds; }

 private:
  SystemClock system_;
  std::atomic<int> forward_seconds_{0};
};

// librdkafka's own broker of one process, with a topic of two partitions.
class SmallTopic : public testing::Test {
 protected:
  SmallTopic() {
    char text[256];
    client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), text, sizeof(text)));
    cluster_ = rd_kafka_mock_cluster_new(client_.get(), 1);
    EXPECT_EQ(rd_kafka_mock_topic_create(cluster_, "deals", 2, 1), RD_KAFKA_RESP_ERR_NO_ERROR);
    KafkaSettings settings;
    settings.brokers = rd_kafka_mock_cluster_bootstraps(cluster_);
    settings.topics = {"deals"};
    source_ =
        *KafkaSource::Create("crm", settings, clock_, [this](LogLevel, absl::string_view line) {
          warnings_ += absl::StrContains(line, "2 of the 4 partitions") ? 1 : 0;
        });
  }
  ~SmallTopic() override {
    source_.reset();
    rd_kafka_mock_cluster_destroy(cluster_);
  }

  template <typename Done>
  bool PollUntil(Done done) {
    for (int i = 0; i < 600; ++i) {
      status_ = source_->Poll(absl::Milliseconds(50), 100, [](const Record&) {});
      if (done()) return true;
    }
    return false;
  }
  bool Says(absl::string_view text) const { return absl::StrContains(status_.message(), text); }

  ForwardClock clock_;
  KafkaOwned<rd_kafka_t> client_;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
  std::atomic<int> warnings_{0};
  std::unique_ptr<KafkaSource> source_;
  absl::Status status_;
};

TEST_F(SmallTopic, FewerPartitionsThanWereReadStopTheSourceOnlyWhenTheyStay) {
  ASSERT_EQ(source_->Open({{.topic = "deals", .partition = 3, .next_offset = 7}}),
            absl::OkStatus());
  ASSERT_TRUE(PollUntil([this] { return Says("2 of the 4 partitions"); })) << status_;
  EXPECT_TRUE(absl::IsUnavailable(status_)) << status_;
  for (int round = 0; round < 3 && !absl::IsDataLoss(status_); ++round) {
    EXPECT_TRUE(absl::IsUnavailable(status_)) << status_;
    clock_.Forward(10);
    PollUntil([this, polls = 0]() mutable { return absl::IsDataLoss(status_) || ++polls == 40; });
  }
  EXPECT_TRUE(absl::IsDataLoss(status_)) << status_;
  EXPECT_TRUE(Says("made again")) << status_;
  EXPECT_EQ(warnings_, 1);
}

}  // namespace
}  // namespace takt
