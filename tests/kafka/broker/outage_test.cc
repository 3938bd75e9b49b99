// A broker of its own that is killed, paused and replaced under the source and the dead letters.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "connectors/kafka/admin.h"
#include "connectors/kafka/kafka_dead_letters.h"
#include "connectors/kafka/kafka_source.h"
#include "connectors/kafka/producer.h"

namespace takt {
namespace {

using Strings = std::vector<std::string>;

class OwnBroker {
 public:
  OwnBroker() : name_(absl::StrCat("outage", ::getpid())) { address_ = Run("start"); }
  ~OwnBroker() { Run("clean"); }
  // Prints what the command prints last.
  std::string Run(absl::string_view command) const {
    const std::string line = absl::StrCat("tests/kafka_broker/broker ", command, " --name ", name_);
    FILE* output = ::popen(line.c_str(), "r");
    std::string last;
    char text[256];
    while (std::fgets(text, sizeof(text), output) != nullptr) last = text;
    ::pclose(output);
    absl::StripAsciiWhitespace(&last);
    return last;
  }
  const std::string& address() const { return address_; }

 private:
  const std::string name_;
  std::string address_;
};

class Outage : public testing::Test {
 protected:
  Outage() {
    settings_.brokers = broker_.address();
    settings_.topics = {"deals"};
    Create();
    source_ = *KafkaSource::Create("crm", settings_, clock_, nullptr);
    EXPECT_EQ(source_->Open({}), absl::OkStatus());
  }

  void Create() {
    auto admin = KafkaAdmin::Create(settings_);
    EXPECT_EQ((*admin)->CreateTopic({.name = "deals"}), absl::OkStatus());
    producer_ = *KafkaProducer::Create(settings_);
  }
  void Put(absl::string_view value) {
    ASSERT_EQ(producer_->Produce({.topic = "deals", .value = value}), absl::OkStatus());
    ASSERT_EQ(producer_->Flush(absl::Seconds(60)), absl::OkStatus());
  }
  bool Idle() const {
    const std::vector<PartitionState> states = source_->Partitions();
    return !states.empty() && states[0].idle_by_proof;
  }
  template <typename Done>
  bool PollUntil(Done done) {
    const absl::Duration deadline = clock_.Monotonic() + absl::Seconds(60);
    while (clock_.Monotonic() < deadline) {
      const absl::Duration began = clock_.Monotonic();
      status_ = source_->Poll(absl::Milliseconds(50), 100,
                              [this](const Record& record) { read_.emplace_back(record.value); });
      EXPECT_LT(clock_.Monotonic() - began, absl::Seconds(5)) << "Poll holds the reader up";
      if (done()) return true;
    }
    return false;
  }

  OwnBroker broker_;
  KafkaSettings settings_;
  SystemClock clock_;
  std::unique_ptr<KafkaProducer> producer_;
  std::unique_ptr<KafkaSource> source_;
  absl::Status status_;
  Strings read_;
};

TEST_F(Outage, AKilledBrokerThatComesBackCostsNoRecord) {
  Put("before");
  ASSERT_TRUE(PollUntil([this] { return Idle(); }));
  broker_.Run("kill");
  ASSERT_TRUE(PollUntil([this] { return absl::IsUnavailable(status_); }));
  EXPECT_TRUE(absl::StrContains(status_.message(), broker_.address())) << status_;
  EXPECT_FALSE(Idle());
  const auto sink = *KafkaDeadLetters::Create("deals.dead", settings_, clock_, nullptr);
  const Record record = {.topic = "deals", .has_value = true, .value = "poison"};
  ASSERT_TRUE(sink->Send({"crm", record, {Reason::kMalformed, ""}}).ok());
  EXPECT_TRUE(absl::IsUnavailable(sink->Flush(absl::Milliseconds(200))));
  broker_.Run("start");
  Put("after");
  ASSERT_TRUE(PollUntil([this] { return Idle() && read_.size() >= 2; }));
  EXPECT_EQ(read_, Strings({"before", "after"}));
  EXPECT_EQ(sink->Flush(absl::Seconds(30)), absl::OkStatus());
  EXPECT_EQ(sink->AcknowledgedBelow(), 1U);
}

TEST_F(Outage, APausedBrokerTakesTheProofAway) {
  Put("before");
  ASSERT_TRUE(PollUntil([this] { return Idle(); }));
  broker_.Run("pause");
  EXPECT_TRUE(PollUntil([this] { return !Idle() && absl::IsUnavailable(status_); })) << status_;
  broker_.Run("resume");
  Put("after");
  EXPECT_TRUE(PollUntil([this] { return Idle() && read_.size() == 2; }));
}

TEST_F(Outage, ATopicMadeAgainWhileItIsReadIsDataLoss) {
  for (const char* value : {"a", "b", "c"}) Put(value);
  ASSERT_TRUE(PollUntil([this] { return Idle(); }));
  auto admin = KafkaAdmin::Create(settings_);
  ASSERT_EQ((*admin)->DeleteTopic("deals"), absl::OkStatus());
  Create();
  Put("x");
  EXPECT_TRUE(PollUntil([this] { return absl::IsDataLoss(status_); })) << status_;
  EXPECT_EQ(read_, Strings({"a", "b", "c"}));
}

TEST_F(Outage, AnotherClusterAtTheSameAddressIsDataLoss) {
  Put("before");
  ASSERT_TRUE(PollUntil([this] { return Idle(); }));
  const std::string port = broker_.address().substr(broker_.address().find(':') + 1);
  broker_.Run("clean");
  ASSERT_EQ(broker_.Run(absl::StrCat("start --port ", port)), broker_.address());
  Create();
  Put("other");
  EXPECT_TRUE(PollUntil([this] { return absl::IsDataLoss(status_); })) << status_;
  EXPECT_TRUE(absl::StrContains(status_.message(), "cluster")) << status_;
  EXPECT_EQ(read_, Strings({"before"}));
}

}  // namespace
}  // namespace takt
