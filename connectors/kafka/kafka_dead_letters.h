// Dead letters as records of a Kafka topic, on the brokers of the source that they come from.
//
//   key      "<topic>/<partition>/<offset>" of the record, so that sending again replaces
//   value    the original bytes (none for a tombstone)
//   headers  the original ones, then takt.reason, takt.detail (printable ASCII, at most 500 bytes),
//            takt.source, takt.topic, takt.partition, takt.offset, and takt.key where there was one
//
// A letter that the broker refuses as too large is sent again shortened, with takt.truncated = the
// original size, until it fits; so it is always recorded that the record was refused. Whatever else
// goes wrong is tried again for ever, once a second: a broker away, a topic that does not exist, a
// right that is missing, a producer that failed for good (it is made anew). Nothing is dropped; what is
// not acknowledged is bounded by kWaitingMax letters and kWaitingBytesMax, and beyond that Send says
// ResourceExhausted and why.
//
// Threads: as DeadLetters. Owns the letters until they are acknowledged. Cost of Send: one copy.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "connectors/kafka/client_config.h"
#include "connectors/kafka/client_log.h"
#include "connectors/kafka/handles.h"
#include "connectors/kafka/letter.h"
#include "engine/base/clock.h"
#include "engine/pipeline/dead_letters.h"
#include "engine/pipeline/parts.h"

namespace takt {

class KafkaDeadLetters final : public DeadLetters {
 public:
  static constexpr size_t kWaitingMax = 100000;
  static constexpr size_t kWaitingBytesMax = 64 << 20;  // but one letter is always taken

  // `settings` are the source's. Connects nowhere yet. `clock` must outlive it. Errors: those of
  // ClientConfig.
  static absl::StatusOr<std::unique_ptr<KafkaDeadLetters>> Create(std::string topic,
                                                                  const KafkaSettings& settings,
                                                                  Clock& clock, LogFunction log);
  ~KafkaDeadLetters() override;  // what is not acknowledged is lost; call Flush
  KafkaDeadLetters(const KafkaDeadLetters&) = delete;
  KafkaDeadLetters& operator=(const KafkaDeadLetters&) = delete;

  absl::StatusOr<uint64_t> Send(const DeadLetter& letter) override;
  uint64_t AcknowledgedBelow() const override { return first_ticket_; }
  void Poll() override;
  absl::Status Flush(absl::Duration limit) override;

 private:
  enum class State : uint8_t { kToSend, kUnderWay, kAcknowledged };
  struct Waiting {
    Letter letter;
    State state = State::kToSend;
    int shortened = 0;  // how often it was refused as too large
    absl::Duration due;
  };

  KafkaDeadLetters(std::string topic, ClientConfig config, Clock& clock, LogFunction log);

  absl::Status Connect();
  void Reconnect();
  void SendDue();
  bool Produce(uint64_t ticket, Waiting& waiting);
  void Delivered(uint64_t ticket, rd_kafka_resp_err_t error);
  static void OnDelivery(rd_kafka_t* client, const rd_kafka_message_t* message, void* self);
  static void OnError(rd_kafka_t* client, int error, const char* text, void* self);
  static void OnLog(const rd_kafka_t* client, int level, const char* facility, const char* text);

  const std::string topic_;
  const ClientConfig config_;
  Clock& clock_;
  ClientLog log_;
  KafkaOwned<rd_kafka_t> client_;
  bool failed_ = false;  // the client, for good
  std::optional<uint64_t> fingerprint_;
  absl::Duration secrets_due_;
  absl::Duration reconnect_due_;

  std::deque<Waiting> waiting_;  // waiting_[i] has ticket first_ticket_ + i
  uint64_t first_ticket_ = 0;
  size_t waiting_bytes_ = 0;
  size_t to_send_ = 0;  // letters in State::kToSend
  absl::Duration send_due_ = absl::InfiniteDuration();
  std::string last_error_;
};

}  // namespace takt
