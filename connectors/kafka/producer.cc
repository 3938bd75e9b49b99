#include "connectors/kafka/producer.h"

#include "absl/strings/str_cat.h"
#include "connectors/kafka/client_config.h"
#include "connectors/kafka/errors.h"
#include "engine/base/status_macros.h"

namespace takt {
namespace {

constexpr size_t kErrorTextBytes = 512;
constexpr int kRoomWaitMillis = 100;

constexpr ClientConfig::Property kDefaults[] = {
    {"client.id", "takt-producer"},
    {"log_level", "2"},
    {"linger.ms", "10"},
    {"compression.type", "lz4"},
    {"batch.num.messages", "10000"},
    {"queue.buffering.max.messages", "200000"},
    {"queue.buffering.max.kbytes", "262144"},
    {"socket.nagle.disable", "true"},
    {"reconnect.backoff.max.ms", "2000"},
};
constexpr ClientConfig::Property kDecided[] = {
    {"enable.idempotence", "true"}, {"acks", "all"}, {"message.timeout.ms", "0"}};

absl::string_view OrEmpty(const std::optional<absl::string_view>& text) {
  return text.has_value() ? *text : absl::string_view();
}

// A pointer that librdkafka takes for present even when the text is empty.
const void* Present(const std::optional<absl::string_view>& text) {
  if (!text.has_value()) return nullptr;
  return text->data() == nullptr ? "" : text->data();
}

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaProducer>> KafkaProducer::Create(
    const KafkaSettings& settings) {
  TAKT_ASSIGN_OR_RETURN(const ClientConfig config, ClientConfig::Create(settings));
  TAKT_ASSIGN_OR_RETURN(KafkaOwned<rd_kafka_conf_t> conf, config.Make(kDefaults, kDecided));
  std::unique_ptr<KafkaProducer> producer(new KafkaProducer());
  rd_kafka_conf_set_opaque(conf.get(), producer.get());
  rd_kafka_conf_set_dr_msg_cb(conf.get(), &OnDelivery);
  rd_kafka_conf_set_error_cb(conf.get(), &OnError);
  char text[kErrorTextBytes];
  producer->client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), text, sizeof(text)));
  if (producer->client_ == nullptr) {
    return absl::InvalidArgumentError("kafka producer cannot be made with these properties");
  }
  conf.release();  // the client's now
  return producer;
}

KafkaProducer::~KafkaProducer() {
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  rd_kafka_flush(client_.get(), 0);
}

absl::Status KafkaProducer::Produce(const KafkaMessage& message) {
  const absl::string_view key = OrEmpty(message.key);
  const absl::string_view value = OrEmpty(message.value);
  if (message.topic != last_topic_) last_topic_ = std::string(message.topic);
  KafkaOwned<rd_kafka_headers_t> headers;
  if (!message.headers.empty()) {
    headers.reset(rd_kafka_headers_new(message.headers.size()));
    for (const auto& [name, content] : message.headers) {
      rd_kafka_header_add(headers.get(), name.data(), static_cast<ssize_t>(name.size()),
                          content.data(), static_cast<ssize_t>(content.size()));
    }
  }
  while (true) {
    if (!refused_.ok()) return refused_;
    const rd_kafka_resp_err_t error = rd_kafka_producev(
        client_.get(), RD_KAFKA_V_TOPIC(last_topic_.c_str()),
        RD_KAFKA_V_PARTITION(message.partition), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_VALUE(const_cast<void*>(Present(message.value)), value.size()),
        RD_KAFKA_V_KEY(Present(message.key), key.size()), RD_KAFKA_V_TIMESTAMP(message.time_millis),
        RD_KAFKA_V_HEADERS(headers.get()), RD_KAFKA_V_END);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      headers.release();  // the message's now
      rd_kafka_poll(client_.get(), 0);
      return absl::OkStatus();
    }
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      return KafkaStatus(error, absl::StrCat("topic '", message.topic, "'"));
    }
    rd_kafka_poll(client_.get(), kRoomWaitMillis);
  }
}

absl::Status KafkaProducer::Flush(absl::Duration limit) {
  const rd_kafka_resp_err_t error =
      rd_kafka_flush(client_.get(), static_cast<int>(absl::ToInt64Milliseconds(limit)));
  if (!refused_.ok()) return refused_;
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("kafka has not acknowledged ",
                                             rd_kafka_outq_len(client_.get()), " records within ",
                                             absl::FormatDuration(limit), ": ", last_error_));
}

void KafkaProducer::OnDelivery(rd_kafka_t* /*client*/, const rd_kafka_message_t* message,
                               void* self) {
  KafkaProducer& producer = *static_cast<KafkaProducer*>(self);
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++producer.acknowledged_;
  } else if (producer.refused_.ok()) {
    producer.refused_ = KafkaStatus(
        message->err,
        absl::StrCat("topic '", rd_kafka_topic_name(message->rkt), "' refused a record"));
  }
}

void KafkaProducer::OnError(rd_kafka_t* client, int error, const char* text, void* self) {
  KafkaProducer& producer = *static_cast<KafkaProducer*>(self);
  producer.last_error_ = text;
  if (error != RD_KAFKA_RESP_ERR__FATAL) return;
  char reason[kErrorTextBytes];
  const rd_kafka_resp_err_t cause = rd_kafka_fatal_error(client, reason, sizeof(reason));
  producer.refused_ = KafkaStatus(cause, absl::StrCat("kafka producer has failed: ", reason));
}

}  // namespace takt
