#include "connectors/kafka/kafka_source.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "connectors/kafka/errors.h"
#include "engine/base/status_macros.h"

namespace takt {
namespace {

constexpr size_t kErrorTextBytes = 512;
constexpr int kQueuedFew = 1000;  // records; so few are no backlog
constexpr absl::Duration kProofAge = absl::Seconds(5);

// The operator may override these.
constexpr ClientConfig::Property kDefaults[] = {
    {"client.id", "takt"},
    // A tenth of a second for the reader; see WakeFetchers.
    {"queued.min.messages", "100000"},
    {"queued.max.messages.kbytes", "32768"},
    // Few and full fetches while much comes, at most so much later while little does.
    {"fetch.wait.max.ms", "50"},
    {"fetch.min.bytes", "65536"},
    {"fetch.error.backoff.ms", "100"},
    {"check.crcs", "true"},
    {"socket.nagle.disable", "true"},
    {"socket.keepalive.enable", "true"},
    {"reconnect.backoff.ms", "100"},
    {"reconnect.backoff.max.ms", "2000"},
};
constexpr ClientConfig::Property kDecided[] = {
    {"isolation.level", "read_committed"},
    {"auto.offset.reset", "error"},
    {"enable.partition.eof", "true"},
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    {"allow.auto.create.topics", "false"},
    {"log.queue", "true"},
};

LogLevel LevelOf(int syslog_level) {
  if (syslog_level <= 3) return LogLevel::kError;
  if (syslog_level >= 7) return LogLevel::kDebug;
  return syslog_level == 4 ? LogLevel::kWarning : LogLevel::kInfo;
}

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaSource>> KafkaSource::Create(std::string name,
                                                                 const KafkaSettings& settings,
                                                                 Clock& clock, LogFunction log) {
  absl::StatusOr<ClientConfig> config = ClientConfig::Create(settings);
  if (!config.ok()) {
    return absl::Status(config.status().code(),
                        absl::StrCat("source ", name, ": ", config.status().message()));
  }
  if (settings.topics.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("source ", name, ": no kafka topics are given"));
  }
  std::unique_ptr<KafkaSource> source(
      new KafkaSource(std::move(name), *std::move(config), clock, std::move(log)));
  TAKT_RETURN_IF_ERROR(source->Connect());
  return source;
}

KafkaSource::KafkaSource(std::string name, ClientConfig config, Clock& clock, LogFunction log)
    : name_(std::move(name)),
      config_(std::move(config)),
      clock_(clock),
      log_(absl::StrCat("kafka source ", name_), clock, std::move(log)) {
  for (const std::string& topic : config_.topics()) {
    topics_.push_back(std::make_unique<Topic>(Topic{.name = topic}));
  }
  last_topic_ = topics_.front().get();
}

KafkaSource::~KafkaSource() { Disconnect(); }

absl::Status KafkaSource::Connect() {
  log_.SetSecrets(config_.Secrets());
  TAKT_ASSIGN_OR_RETURN(KafkaOwned<rd_kafka_conf_t> conf, config_.Make(kDefaults, kDecided));
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_error_cb(conf.get(), &OnError);
  rd_kafka_conf_set_log_cb(conf.get(), &OnLog);
  char text[kErrorTextBytes];
  auto client = std::make_unique<Client>();
  client->kafka.reset(rd_kafka_new(RD_KAFKA_CONSUMER, conf.get(), text, sizeof(text)));
  if (client->kafka == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("source ", name_, ": kafka client cannot be made: ", log_.Scrubbed(text)));
  }
  conf.release();  // the client's now
  rd_kafka_set_log_queue(client->kafka.get(), nullptr);
  client->queue.reset(rd_kafka_queue_new(client->kafka.get()));
  for (const std::unique_ptr<Topic>& topic : topics_) {
    rd_kafka_topic_conf_t* topic_conf = rd_kafka_default_topic_conf_dup(client->kafka.get());
    rd_kafka_topic_conf_set_opaque(topic_conf, topic.get());
    topic->handle = rd_kafka_topic_new(client->kafka.get(), topic->name.c_str(), topic_conf);
    if (topic->handle == nullptr) {
      return KafkaStatus(rd_kafka_last_error(),
                         absl::StrCat("source ", name_, ": topic '", topic->name, "'"));
    }
    client->topics.emplace_back(topic->handle);
  }
  client->scout = std::make_unique<Scout>(client->kafka.get(), config_, log_, clock_);
  client_ = std::move(client);
  return absl::OkStatus();
}

void KafkaSource::Disconnect() {
  if (client_ == nullptr) return;
  client_->scout->Stop();  // then nothing calls back any more
  for (const std::unique_ptr<Topic>& topic : topics_) {
    for (Partition& partition : topic->partitions) {
      if (partition.started) rd_kafka_consume_stop(topic->handle, partition.reader.partition());
      partition.started = false;
    }
  }
  client_.reset();
}

absl::Status KafkaSource::Open(const std::vector<Position>& positions) {
  for (const Position& position : positions) {
    positions_[{position.topic, position.partition}] = position;
  }
  if (opened_) return absl::FailedPreconditionError(absl::StrCat("source ", name_, " is open"));
  opened_ = true;
  client_->scout->Start();
  away_ =
      absl::UnavailableError(absl::StrCat("kafka at ", config_.brokers(), " has not answered yet"));
  return absl::OkStatus();
}

absl::Status KafkaSource::Poll(absl::Duration wait, int records_max,
                               const RecordCallback& callback) {
  if (!final_.ok()) return final_;
  if (!opened_) {
    return absl::FailedPreconditionError(absl::StrCat("source ", name_, " is not open"));
  }
  if (client_->scout->Number() != report_number_) final_ = TakeReport();
  if (!final_.ok()) return final_;
  callback_ = &callback;
  delivered_ = 0;
  records_max_ = records_max;
  const int wait_millis = static_cast<int>(absl::ToInt64Milliseconds(wait));
  rd_kafka_consume_callback_queue(client_->queue.get(), wait_millis, &OnMessage, this);
  callback_ = nullptr;
  message_ = nullptr;
  WakeFetchers();
  if (in_doubt_ && final_.ok()) final_ = ResolveDoubts();
  if (!final_.ok()) return final_;
  if (delivered_ > 0) return absl::OkStatus();
  return doubt_.ok() ? away_ : doubt_;
}

// A fetcher that finds the queue full, by messages or bytes, sleeps up to a second, in which the reader
// may read all that there is. So the fetchers are woken whenever the queue has halved; whether they
// were asleep, nobody tells.
void KafkaSource::WakeFetchers() {
  const int queued = static_cast<int>(rd_kafka_queue_length(client_->queue.get()));
  queued_most_ = std::max(queued_most_, queued);
  if (queued_most_ < kQueuedFew || queued > queued_most_ / 2) return;
  queued_most_ = queued;
  client_->scout->WakeFetchers();
}

void KafkaSource::OnMessage(rd_kafka_message_t* message, void* self) {
  KafkaSource& source = *static_cast<KafkaSource*>(self);
  // Records of one topic come in long runs.
  if (source.last_topic_->handle != message->rkt) {
    source.last_topic_ = static_cast<Topic*>(rd_kafka_topic_opaque(message->rkt));
  }
  Topic& topic = *source.last_topic_;
  // What librdkafka says about a topic as a whole has no partition.
  if (static_cast<size_t>(message->partition) >= topic.partitions.size()) return;
  Partition& partition = topic.partitions[static_cast<size_t>(message->partition)];
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    source.Deliver(*message, partition);
  } else {
    source.HearTrouble(*message, partition);
  }
  if (source.delivered_ >= source.records_max_ || !source.final_.ok()) {
    rd_kafka_yield(source.client_->kafka.get());
  }
}

void KafkaSource::Deliver(const rd_kafka_message_t& message, Partition& partition) {
  Record& record = record_;
  record.topic = partition.reader.topic();
  record.partition = message.partition;
  record.offset = message.offset;
  record.next_offset = message.offset + 1;
  record.has_key = message.key != nullptr;
  record.key = {static_cast<const char*>(message.key), message.key_len};
  record.has_value = message.payload != nullptr;
  record.value = {static_cast<const char*>(message.payload), message.len};
  rd_kafka_timestamp_type_t type;
  const int64_t millis = rd_kafka_message_timestamp(&message, &type);
  record.record_time_micros = millis > 0 ? millis * 1000 : 0;
  record.headers.clear();
  record.unread_headers = this;
  message_ = &message;
  switch (partition.reader.Hear(record)) {
    case PartitionReader::Verdict::kDeliver:
      partition.broker_time = type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME;
      ++delivered_;
      (*callback_)(record);
      return;
    case PartitionReader::Verdict::kSkip:
      in_doubt_ |= partition.reader.doubt() != PartitionReader::Doubt::kNone;
      return;
    case PartitionReader::Verdict::kAnotherRecord:
      final_ = partition.reader.AnotherRecord();
      return;
  }
}

void KafkaSource::ReadHeadersNow() {
  record_.unread_headers = nullptr;
  rd_kafka_headers_t* headers = nullptr;
  if (message_ == nullptr ||
      rd_kafka_message_headers(message_, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return;
  }
  const char* name;
  const void* value;
  size_t size;
  for (size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    record_.headers.emplace_back(name, absl::string_view(static_cast<const char*>(value), size));
  }
}

void KafkaSource::HearTrouble(const rd_kafka_message_t& message, Partition& partition) {
  switch (message.err) {  // librdkafka's list is open; only some need more than saying
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      partition.reader.HearEnd(message.offset);
      break;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    // The topic was deleted while it was read. Should it come again, it is compared.
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      partition.reader.HearOutOfRange();
      break;
    default:
      break;
  }
  in_doubt_ |= partition.reader.doubt() != PartitionReader::Doubt::kNone;
  if (message.err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    log_.Line(LogLevel::kWarning, rd_kafka_err2name(message.err),
              absl::StrCat("topic ", partition.reader.topic(), " partition ",
                           partition.reader.partition(), ": ", rd_kafka_message_errstr(&message)));
  }
}

void KafkaSource::OnError(rd_kafka_t* /*client*/, int error, const char* text, void* self) {
  KafkaSource& source = *static_cast<KafkaSource*>(self);
  // Runs on the scout's thread, which is the only one that serves callbacks.
  const auto code = static_cast<rd_kafka_resp_err_t>(error);
  source.log_.Line(LogLevel::kWarning, rd_kafka_err2name(code), text);
  source.client_->scout->ErrorHeard(code, text);
}

void KafkaSource::OnLog(const rd_kafka_t* client, int level, const char* facility,
                        const char* text) {
  static_cast<KafkaSource*>(rd_kafka_opaque(client))->log_.Line(LevelOf(level), facility, text);
}

std::vector<PartitionState> KafkaSource::Partitions() const {
  std::vector<PartitionState> states;
  for (const std::unique_ptr<Topic>& topic : topics_) {
    for (const Partition& partition : topic->partitions) {
      int64_t low = -1;
      int64_t high = -1;
      // What the last fetch told; no question to the cluster.
      if (client_ != nullptr) {
        rd_kafka_get_watermark_offsets(client_->kafka.get(), topic->name.c_str(),
                                       partition.reader.partition(), &low, &high);
      }
      states.push_back({.topic = topic->name,
                        .partition = partition.reader.partition(),
                        .next_offset = partition.reader.next_offset(),
                        .end_offset = high,
                        .idle_by_proof = IsIdleByProof(partition, high),
                        .broker_time = partition.broker_time});
    }
  }
  return states;
}

bool KafkaSource::IsIdleByProof(const Partition& partition, int64_t high_watermark) const {
  const int64_t end = partition.reader.end_reached();
  if (!final_.ok() || end < 0 || high_watermark != end || report_ == nullptr) return false;
  if (!report_->reachable.ok()) return false;
  const auto heard = report_->ends.find({partition.topic->name, partition.reader.partition()});
  return heard != report_->ends.end() && heard->second.stable_offset == end &&
         clock_.Monotonic() - heard->second.asked_at <= kProofAge;
}

}  // namespace takt
