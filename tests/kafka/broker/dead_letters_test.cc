// Dead letters in a topic of a real broker, read back by the source.
#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "connectors/kafka/admin.h"
#include "connectors/kafka/kafka_dead_letters.h"
#include "connectors/kafka/kafka_source.h"
#include "tests/kafka/test_broker.h"

namespace takt {
namespace {

struct Read {
  std::string value;
  std::map<std::string, std::string> headers;
};

class KafkaDeadLettersTest : public testing::Test {
 protected:
  KafkaDeadLettersTest() : topic_(UniqueTopic("letters")) {
    settings_.brokers = TestBrokers();
    settings_.topics = {topic_};
  }

  void CreateTopic(std::map<std::string, std::string> topic_settings = {}) {
    auto admin = KafkaAdmin::Create(settings_);
    ASSERT_EQ((*admin)->CreateTopic({.name = topic_, .settings = std::move(topic_settings)}),
              absl::OkStatus());
  }
  std::unique_ptr<KafkaDeadLetters> MakeSink() {
    return *KafkaDeadLetters::Create(
        topic_, settings_, clock_,
        [this](LogLevel, absl::string_view line) { absl::StrAppend(&log_, line, "\n"); });
  }
  static absl::StatusOr<uint64_t> Send(DeadLetters& sink, int64_t offset, absl::string_view value) {
    Record record;
    record.topic = "crm.deal";
    record.offset = offset;
    record.has_value = record.has_key = true;
    record.key = "D1";
    record.value = value;
    record.headers = {{"trace", "t-1"}};
    return sink.Send({"crm", record, {Reason::kMalformed, "at byte 3"}});
  }
  // By key.
  std::map<std::string, Read> ReadBack(size_t count) {
    std::map<std::string, Read> letters;
    auto source = KafkaSource::Create("back", settings_, clock_, nullptr);
    (*source)->Open({}).IgnoreError();
    const absl::Duration deadline = clock_.Monotonic() + absl::Seconds(30);
    while (letters.size() < count && clock_.Monotonic() < deadline) {
      (*source)
          ->Poll(absl::Milliseconds(50), 1000,
                 [&](const Record& record) {
                   ReadHeaders(record);
                   Read& letter = letters[std::string(record.key)];
                   letter.value = std::string(record.value);
                   for (const auto& [name, content] : record.headers) {
                     letter.headers[std::string(name)] = std::string(content);
                   }
                 })
          .IgnoreError();  // away while it connects
    }
    return letters;
  }

  const std::string topic_;
  KafkaSettings settings_;
  SystemClock clock_;
  std::string log_;
};

TEST_F(KafkaDeadLettersTest, ArriveWholeAndAreAcknowledgedInOrder) {
  CreateTopic();
  const auto sink = MakeSink();
  for (int i = 0; i < 1000; ++i) {
    const auto ticket = Send(*sink, i, absl::StrCat("{broken ", i));
    ASSERT_TRUE(ticket.ok()) << ticket.status();
    EXPECT_EQ(*ticket, static_cast<uint64_t>(i));
  }
  ASSERT_EQ(sink->Flush(absl::Seconds(30)), absl::OkStatus());
  EXPECT_EQ(sink->AcknowledgedBelow(), 1000U);
  std::map<std::string, Read> letters = ReadBack(1000);
  ASSERT_EQ(letters.size(), 1000U);
  Read& letter = letters["crm.deal/0/7"];
  EXPECT_EQ(letter.value, "{broken 7");
  EXPECT_EQ(letter.headers["takt.reason"], "malformed");
  EXPECT_EQ(letter.headers["takt.key"], "D1");
  EXPECT_EQ(letter.headers["trace"], "t-1");
}

TEST_F(KafkaDeadLettersTest, WhatTheTopicFindsTooLargeIsShortenedAndItsNeighboursStayWhole) {
  CreateTopic({{"max.message.bytes", "20000"}});
  const auto sink = MakeSink();
  std::string noise;
  for (uint64_t i = 0; noise.size() < 300000; ++i) {
    absl::StrAppend(&noise, absl::Hex(StableHash(absl::StrCat(i))));
  }
  ASSERT_TRUE(Send(*sink, 1, "small").ok());
  ASSERT_TRUE(Send(*sink, 2, noise).ok());
  ASSERT_TRUE(Send(*sink, 3, "small too").ok());
  ASSERT_EQ(sink->Flush(absl::Seconds(30)), absl::OkStatus()) << log_;
  std::map<std::string, Read> letters = ReadBack(3);
  ASSERT_EQ(letters.size(), 3U);
  EXPECT_EQ(letters["crm.deal/0/1"].value, "small");
  EXPECT_EQ(letters["crm.deal/0/3"].value, "small too");
  const Read& cut = letters["crm.deal/0/2"];
  EXPECT_EQ(cut.headers.at("takt.truncated"), absl::StrCat(noise.size()));
  EXPECT_EQ(cut.value, noise.substr(0, cut.value.size()));
  EXPECT_GT(cut.value.size(), 0U);
}

TEST_F(KafkaDeadLettersTest, AreKeptWhileTheBrokerIsAwayUpToTheBound) {
  KafkaSettings nowhere = {.brokers = "127.0.0.1:1"};
  const auto sink = *KafkaDeadLetters::Create(topic_, nowhere, clock_, nullptr);
  const std::string value(1 << 20, 'x');
  size_t taken = 0;
  absl::Status refused;
  while (refused.ok() && taken < 100) {
    const auto ticket = Send(*sink, static_cast<int64_t>(taken), value);
    refused = ticket.status();
    if (ticket.ok()) ++taken;
  }
  EXPECT_TRUE(absl::IsResourceExhausted(refused)) << refused;
  EXPECT_EQ(taken, KafkaDeadLetters::kWaitingBytesMax / (value.size() + 1000));
  EXPECT_EQ(sink->AcknowledgedBelow(), 0U);
  EXPECT_TRUE(absl::IsUnavailable(sink->Flush(absl::Milliseconds(100))));
}

TEST_F(KafkaDeadLettersTest, OneLetterLargerThanTheBoundIsTaken) {
  CreateTopic();
  const auto sink = MakeSink();
  const std::string value(KafkaDeadLetters::kWaitingBytesMax + 1, 'x');
  ASSERT_TRUE(Send(*sink, 1, value).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(Send(*sink, 2, "small").status()));
  ASSERT_EQ(sink->Flush(absl::Seconds(30)), absl::OkStatus()) << log_;
  // So uniform a value is small when compressed, so that the broker takes it whole.
  EXPECT_EQ(ReadBack(1)["crm.deal/0/1"].value.size(), value.size());
}

}  // namespace
}  // namespace takt
