#include "connectors/kafka/kafka_dead_letters.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace takt {
namespace {

constexpr size_t kErrorTextBytes = 512;
constexpr absl::Duration kRetryEvery = absl::Seconds(1);
constexpr absl::Duration kSecretsEvery = absl::Seconds(5);
constexpr int kPollMillis = 50;

constexpr ClientConfig::Property kDefaults[] = {
    {"client.id", "takt-dead-letters"},
    {"linger.ms", "10"},
    {"compression.type", "lz4"},
    // So small that letters which share a batch do not make each other too large for the topic.
    {"batch.size", "131072"},
    // No record that could be read is refused here; the broker has its own limit.
    {"message.max.bytes", "1000000000"},
    {"queue.buffering.max.messages", "200000"},
    {"queue.buffering.max.kbytes", "2097151"},
    {"socket.nagle.disable", "true"},
    {"socket.keepalive.enable", "true"},
    {"reconnect.backoff.max.ms", "2000"},
};
// librdkafka itself retries for ever what can heal by itself.
constexpr ClientConfig::Property kDecided[] = {{"enable.idempotence", "true"},
                                               {"acks", "all"},
                                               {"message.timeout.ms", "0"},
                                               {"log.queue", "true"}};

void* TicketPointer(uint64_t ticket) {
  return reinterpret_cast<void*>(static_cast<uintptr_t>(ticket));
}

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaDeadLetters>> KafkaDeadLetters::Create(
    std::string topic, const KafkaSettings& settings, Clock& clock, LogFunction log) {
  if (topic.empty()) return absl::InvalidArgumentError("the topic of dead letters is not given");
  TAKT_ASSIGN_OR_RETURN(ClientConfig config, ClientConfig::Create(settings));
  std::unique_ptr<KafkaDeadLetters> letters(
      new KafkaDeadLetters(std::move(topic), std::move(config), clock, std::move(log)));
  TAKT_RETURN_IF_ERROR(letters->Connect());
  return letters;
}

KafkaDeadLetters::KafkaDeadLetters(std::string topic, ClientConfig config, Clock& clock,
                                   LogFunction log)
    : topic_(std::move(topic)),
      config_(std::move(config)),
      clock_(clock),
      log_(absl::StrCat("dead letters to kafka topic ", topic_), clock, std::move(log)) {}

KafkaDeadLetters::~KafkaDeadLetters() {
  if (client_ == nullptr) return;
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  client_.reset();  // before the bytes that it may still point to
}

absl::Status KafkaDeadLetters::Connect() {
  log_.SetSecrets(config_.Secrets());
  fingerprint_ = config_.Fingerprint();
  secrets_due_ = clock_.Monotonic() + kSecretsEvery;
  TAKT_ASSIGN_OR_RETURN(KafkaOwned<rd_kafka_conf_t> conf, config_.Make(kDefaults, kDecided));
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_dr_msg_cb(conf.get(), &OnDelivery);
  rd_kafka_conf_set_error_cb(conf.get(), &OnError);
  rd_kafka_conf_set_log_cb(conf.get(), &OnLog);
  char text[kErrorTextBytes];
  client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), text, sizeof(text)));
  if (client_ == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("producer of dead letters cannot be made: ", log_.Scrubbed(text)));
  }
  conf.release();  // the client's now
  rd_kafka_set_log_queue(client_.get(), nullptr);
  failed_ = false;
  return absl::OkStatus();
}

// What was under way may have arrived; it is sent again all the same, under the same key.
void KafkaDeadLetters::Reconnect() {
  if (client_ != nullptr) {
    rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    client_.reset();
  }
  to_send_ = 0;
  for (Waiting& waiting : waiting_) {
    if (waiting.state == State::kUnderWay) waiting.state = State::kToSend;
    if (waiting.state == State::kToSend) ++to_send_;
  }
  send_due_ = clock_.Monotonic();
  reconnect_due_ = send_due_ + kRetryEvery;
  const absl::Status connected = Connect();
  if (connected.ok()) return;
  failed_ = true;
  last_error_ = std::string(connected.message());
}

absl::StatusOr<uint64_t> KafkaDeadLetters::Send(const DeadLetter& letter) {
  Letter made = MakeLetter(letter);
  const size_t bytes = made.Bytes();
  const bool full = waiting_.size() >= kWaitingMax || waiting_bytes_ + bytes > kWaitingBytesMax;
  if (full && !waiting_.empty()) {
    Poll();
    if (waiting_.size() >= kWaitingMax ||
        (!waiting_.empty() && waiting_bytes_ + bytes > kWaitingBytesMax)) {
      return absl::ResourceExhaustedError(
          absl::StrCat(waiting_.size(), " dead letters are not acknowledged by topic '", topic_,
                       "': ", last_error_.empty() ? "no answer yet" : last_error_));
    }
  }
  const uint64_t ticket = first_ticket_ + waiting_.size();
  waiting_.push_back({.letter = std::move(made), .due = clock_.Monotonic()});
  waiting_bytes_ += bytes;
  ++to_send_;
  if (failed_ || !Produce(ticket, waiting_.back())) {
    send_due_ = std::min(send_due_, clock_.Monotonic() + kRetryEvery);
  }
  return ticket;
}

bool KafkaDeadLetters::Produce(uint64_t ticket, Waiting& waiting) {
  const Letter& letter = waiting.letter;
  KafkaOwned<rd_kafka_headers_t> headers(rd_kafka_headers_new(letter.headers.size()));
  for (const auto& [name, content] : letter.headers) {
    rd_kafka_header_add(headers.get(), name.data(), static_cast<ssize_t>(name.size()),
                        content.data(), static_cast<ssize_t>(content.size()));
  }
  // Neither copied nor freed by librdkafka: the letter stays here until it is acknowledged.
  const rd_kafka_resp_err_t error = rd_kafka_producev(
      client_.get(), RD_KAFKA_V_TOPIC(topic_.c_str()), RD_KAFKA_V_MSGFLAGS(0),
      RD_KAFKA_V_KEY(letter.key.data(), letter.key.size()),
      RD_KAFKA_V_VALUE(letter.has_value ? const_cast<char*>(letter.value.data()) : nullptr,
                       letter.value.size()),
      RD_KAFKA_V_HEADERS(headers.get()), RD_KAFKA_V_OPAQUE(TicketPointer(ticket)), RD_KAFKA_V_END);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    last_error_ = rd_kafka_err2str(error);
    waiting.due = clock_.Monotonic() + kRetryEvery;
    return false;
  }
  headers.release();  // the message's now
  waiting.state = State::kUnderWay;
  --to_send_;
  return true;
}

void KafkaDeadLetters::Poll() {
  if (client_ != nullptr) rd_kafka_poll(client_.get(), 0);
  const absl::Duration now = clock_.Monotonic();
  if (now >= secrets_due_) {
    secrets_due_ = now + kSecretsEvery;
    const std::optional<uint64_t> fingerprint = config_.Fingerprint();
    if (fingerprint.has_value() && fingerprint != fingerprint_) failed_ = true;
  }
  if (failed_ && now >= reconnect_due_) Reconnect();
  if (!failed_ && to_send_ > 0 && now >= send_due_) SendDue();
}

void KafkaDeadLetters::SendDue() {
  const absl::Duration now = clock_.Monotonic();
  send_due_ = absl::InfiniteDuration();
  for (size_t i = 0; i < waiting_.size() && to_send_ > 0; ++i) {
    Waiting& waiting = waiting_[i];
    if (waiting.state != State::kToSend) continue;
    if (waiting.due <= now && Produce(first_ticket_ + i, waiting)) continue;
    send_due_ = std::min(send_due_, waiting.due);
  }
}

void KafkaDeadLetters::OnDelivery(rd_kafka_t* /*client*/, const rd_kafka_message_t* message,
                                  void* self) {
  const auto ticket = static_cast<uint64_t>(reinterpret_cast<uintptr_t>(message->_private));
  static_cast<KafkaDeadLetters*>(self)->Delivered(ticket, message->err);
}

void KafkaDeadLetters::Delivered(uint64_t ticket, rd_kafka_resp_err_t error) {
  Waiting& waiting = waiting_[static_cast<size_t>(ticket - first_ticket_)];
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    last_error_ = rd_kafka_err2str(error);
    waiting.state = State::kToSend;
    ++to_send_;
    waiting.due = clock_.Monotonic();
    if (error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
      waiting_bytes_ -= waiting.letter.Bytes();
      Shorten(++waiting.shortened, waiting.letter);
      waiting_bytes_ += waiting.letter.Bytes();
    } else {
      waiting.due += kRetryEvery;
      log_.Line(LogLevel::kWarning, "dead-letter",
                absl::StrCat("a dead letter is not taken by topic ", topic_,
                             " and is sent again: ", last_error_));
    }
    send_due_ = std::min(send_due_, waiting.due);
    return;
  }
  waiting.state = State::kAcknowledged;
  while (!waiting_.empty() && waiting_.front().state == State::kAcknowledged) {
    waiting_bytes_ -= waiting_.front().letter.Bytes();
    waiting_.pop_front();
    ++first_ticket_;
  }
}

void KafkaDeadLetters::OnError(rd_kafka_t* /*client*/, int error, const char* text, void* self) {
  KafkaDeadLetters& letters = *static_cast<KafkaDeadLetters*>(self);
  const auto code = static_cast<rd_kafka_resp_err_t>(error);
  letters.last_error_ = letters.log_.Scrubbed(text);
  letters.log_.Line(LogLevel::kWarning, rd_kafka_err2name(code), text);
  if (code == RD_KAFKA_RESP_ERR__FATAL) letters.failed_ = true;
}

void KafkaDeadLetters::OnLog(const rd_kafka_t* client, int level, const char* facility,
                             const char* text) {
  const LogLevel as = level <= 3   ? LogLevel::kError
                      : level == 4 ? LogLevel::kWarning
                      : level >= 7 ? LogLevel::kDebug
                                   : LogLevel::kInfo;
  static_cast<KafkaDeadLetters*>(rd_kafka_opaque(client))->log_.Line(as, facility, text);
}

absl::Status KafkaDeadLetters::Flush(absl::Duration limit) {
  const absl::Duration deadline = clock_.Monotonic() + limit;
  while (true) {
    Poll();
    if (waiting_.empty()) return absl::OkStatus();
    if (clock_.Monotonic() >= deadline) {
      return absl::UnavailableError(absl::StrCat(waiting_.size(),
                                                 " dead letters are not acknowledged by topic '",
                                                 topic_, "': ", last_error_));
    }
    if (client_ != nullptr) rd_kafka_poll(client_.get(), kPollMillis);
  }
}

}  // namespace takt
