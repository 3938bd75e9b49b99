#include "connectors/kafka/scout.h"

#include "absl/strings/str_cat.h"
#include "connectors/kafka/errors.h"

namespace takt {
namespace {

constexpr absl::Duration kMetadataEvery = absl::Seconds(10);
constexpr absl::Duration kMetadataEveryWhenMissing = absl::Seconds(1);
constexpr absl::Duration kMetadataEveryWhenAway = absl::Milliseconds(500);
constexpr absl::Duration kEndsEvery = absl::Seconds(1);
constexpr absl::Duration kSecretsEvery = absl::Seconds(5);
constexpr absl::Duration kLongOutage = absl::Seconds(5);
constexpr absl::Duration kTick = absl::Milliseconds(100);

int Millis(absl::Duration length) { return static_cast<int>(absl::ToInt64Milliseconds(length)); }

}  // namespace

Scout::Scout(rd_kafka_t* client, const ClientConfig& config, ClientLog& log, Clock& clock)
    : client_(client),
      config_(config),
      log_(log),
      clock_(clock),
      main_queue_(rd_kafka_queue_get_main(client)),
      fingerprint_(config.Fingerprint()),
      metadata_due_(clock.Monotonic()),
      ends_due_(clock.Monotonic()),
      secrets_due_(clock.Monotonic() + kSecretsEvery) {
  report_.reachable = absl::UnavailableError("the kafka cluster has not answered yet");
}

Scout::~Scout() { Stop(); }

void Scout::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Scout::Stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void Scout::WakeFetchers() {
  wake_fetchers_ = true;
  rd_kafka_queue_yield(main_queue_.get());
}

std::shared_ptr<const ScoutReport> Scout::Latest() const {
  MutexLock lock(mutex_);
  return latest_;
}

void Scout::Run() {
  while (!stopping_) {
    if (clock_.Monotonic() >= metadata_due_) AskMetadata();
    const bool asked = wake_fetchers_.exchange(false);
    if (report_.reachable.ok() && (asked || clock_.Monotonic() >= ends_due_)) AskEnds();
    if (clock_.Monotonic() >= secrets_due_) LookAtSecrets();
    if (!stopping_) rd_kafka_poll(client_, Millis(kTick));
  }
}

void Scout::ErrorHeard(rd_kafka_resp_err_t error, absl::string_view text) {
  last_error_ = log_.Scrubbed(text);
  // A broker that is gone may be one of many; whether the cluster is, metadata tells.
  if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) metadata_due_ = clock_.Monotonic();
}

void Scout::AskMetadata() {
  const rd_kafka_metadata_t* answer = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(client_, /*all_topics=*/0, nullptr, &answer, Millis(kAskLimit));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    std::string what = absl::StrCat("kafka at ", config_.brokers(), " does not answer");
    if (!last_error_.empty()) absl::StrAppend(&what, " (", last_error_, ")");
    MarkAway(absl::UnavailableError(absl::StrCat(what, ": ", rd_kafka_err2str(error))));
    return;
  }
  const KafkaOwned<const rd_kafka_metadata_t> owned(answer);
  Take(*answer);
}

void Scout::Take(const rd_kafka_metadata_t& metadata) {
  const absl::Duration now = clock_.Monotonic();
  report_.missing.clear();
  ++report_.answers;
  for (int i = 0; i < metadata.topic_cnt; ++i) {
    const rd_kafka_metadata_topic_t& topic = metadata.topics[i];
    if (topic.err == RD_KAFKA_RESP_ERR_NO_ERROR && topic.partition_cnt > 0) {
      report_.partitions[topic.topic] = topic.partition_cnt;
    } else {
      report_.partitions.erase(topic.topic);
      report_.missing[topic.topic] = rd_kafka_err2str(topic.err);
    }
  }
  if (char* id = rd_kafka_clusterid(client_, 0); id != nullptr) {
    report_.cluster = id;
    rd_kafka_mem_free(client_, id);
  }
  report_.reachable = absl::OkStatus();
  if (away_since_.has_value() && now - *away_since_ >= kLongOutage) ++report_.outages;
  away_since_.reset();
  metadata_due_ = now + (report_.missing.empty() ? kMetadataEvery : kMetadataEveryWhenMissing);
  Publish();
}

void Scout::AskEnds() {
  const absl::Duration asked_at = clock_.Monotonic();
  ends_due_ = asked_at + kEndsEvery;
  const KafkaOwned<rd_kafka_topic_partition_list_t> list(rd_kafka_topic_partition_list_new(16));
  for (const auto& [topic, count] : report_.partitions) {
    for (int partition = 0; partition < count; ++partition) {
      rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset =
          RD_KAFKA_OFFSET_END;  // as a time: the newest
    }
  }
  if (list->cnt == 0) return;
  const rd_kafka_resp_err_t error =
      rd_kafka_offsets_for_times(client_, list.get(), Millis(kAskLimit));
  if (error == RD_KAFKA_RESP_ERR__TIMED_OUT || error == RD_KAFKA_RESP_ERR__TRANSPORT) {
    metadata_due_ = clock_.Monotonic();  // asks at once whether anything is there at all
    return;
  }
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return;  // no proof this time
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& end = list->elems[i];
    if (end.err != RD_KAFKA_RESP_ERR_NO_ERROR || end.offset < 0) continue;
    report_.ends[{end.topic, end.partition}] = {.stable_offset = end.offset, .asked_at = asked_at};
  }
  Publish();
}

void Scout::LookAtSecrets() {
  secrets_due_ = clock_.Monotonic() + kSecretsEvery;
  const std::optional<uint64_t> now = config_.Fingerprint();
  // A file that is being replaced is looked at again next time.
  if (!now.has_value() || now == fingerprint_) return;
  if (fingerprint_.has_value()) report_.secrets_changed = true;
  fingerprint_ = now;
  Publish();
}

void Scout::MarkAway(absl::Status reason) {
  const absl::Duration now = clock_.Monotonic();
  metadata_due_ = now + kMetadataEveryWhenAway;
  if (!away_since_.has_value()) away_since_ = now;
  log_.Line(LogLevel::kWarning, "away", reason.message());
  report_.reachable = std::move(reason);
  report_.ends.clear();
  Publish();
}

void Scout::Publish() {
  auto report = std::make_shared<const ScoutReport>(report_);
  MutexLock lock(mutex_);
  latest_ = std::move(report);
  number_.fetch_add(1, std::memory_order_release);
}

}  // namespace takt
