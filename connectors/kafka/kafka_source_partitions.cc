// The part of KafkaSource that decides what is read from where: which partitions there are, where
// each starts, and what becomes of one whose position is in doubt.

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "connectors/kafka/admin.h"
#include "connectors/kafka/errors.h"
#include "connectors/kafka/kafka_source.h"
#include "engine/base/status_macros.h"

namespace takt {
namespace {

constexpr absl::Duration kDoubtsEvery = absl::Milliseconds(500);
// How long an end before our position must be told until it is believed.
constexpr absl::Duration kBelieveEarlyEnd = absl::Seconds(5);
constexpr absl::Duration kAskLimit = absl::Seconds(2);
// Of all questions in one Poll together, but for the last one: the reader must hear when it is to end.
constexpr absl::Duration kRoundLimit = absl::Seconds(1);

}  // namespace

absl::Status KafkaSource::TakeReport() {
  report_number_ = client_->scout->Number();
  report_ = client_->scout->Latest();
  away_ = report_->reachable;
  if (!away_.ok()) {
    // Nothing was said meanwhile: a doubt begins anew when the cluster is back.
    for (const std::unique_ptr<Topic>& topic : topics_) topic->count = {};
    return absl::OkStatus();
  }
  TAKT_RETURN_IF_ERROR(CompareCluster(*report_));
  if (report_->secrets_changed) return Renew();
  if (std::exchange(outages_, report_->outages) != report_->outages) {
    for (const std::unique_ptr<Topic>& topic : topics_) {
      for (Partition& partition : topic->partitions) {
        if (partition.reader.Recheck()) Restart(partition);
      }
    }
  }
  return TakePartitions(*report_);
}

absl::Status KafkaSource::CompareCluster(const ScoutReport& report) {
  const auto compare = [&](absl::string_view known) {
    if (known.empty() || report.cluster.empty() || known == report.cluster) {
      return absl::OkStatus();
    }
    return absl::DataLossError(absl::StrCat(
        "source ", name_, " was read from kafka cluster ", known, ", but ", config_.brokers(),
        " is cluster ", report.cluster,
        ". Ways out: give it the brokers of the old cluster; or stop, "
        "move the journal's folder away and start, which reads the new one from its beginning"));
  };
  TAKT_RETURN_IF_ERROR(compare(cluster_));
  for (const auto& [place, position] : positions_) TAKT_RETURN_IF_ERROR(compare(position.cluster));
  if (!report.cluster.empty()) cluster_ = report.cluster;
  return absl::OkStatus();
}

absl::Status KafkaSource::Renew() {
  log_.Line(LogLevel::kInfo, "renew", "a secret was rotated: connecting anew");
  Disconnect();
  report_number_ = 0;
  report_ = nullptr;
  outages_ = 0;
  for (const std::unique_ptr<Topic>& topic : topics_) {
    for (Partition& partition : topic->partitions) partition.reader.Recheck();
  }
  absl::Status connected = Connect();
  if (!connected.ok()) return connected;
  client_->scout->Start();
  return absl::OkStatus();
}

absl::Status KafkaSource::TakePartitions(const ScoutReport& report) {
  for (const std::unique_ptr<Topic>& topic : topics_) {
    const auto found = report.partitions.find(topic->name);
    if (found == report.partitions.end()) {
      const auto why = report.missing.find(topic->name);
      away_ = absl::UnavailableError(absl::StrCat(
          "kafka topic '", topic->name,
          "' cannot be read: ", why == report.missing.end() ? "not known yet" : why->second));
      continue;
    }
    TAKT_RETURN_IF_ERROR(DoubtCount(*topic, found->second));
    for (Partition& partition : topic->partitions) {
      if (!partition.started) Start(partition);
    }
  }
  return absl::OkStatus();
}

int KafkaSource::KnownPartitions(const Topic& topic) const {
  const int read = static_cast<int>(topic.partitions.size());
  auto beyond = positions_.lower_bound({topic.name, std::numeric_limits<int>::max()});
  if (beyond == positions_.begin() || (--beyond)->first.first != topic.name) return read;
  return std::max(read, beyond->first.second + 1);
}

absl::Status KafkaSource::DoubtCount(Topic& topic, int count) {
  const int known = KnownPartitions(topic);
  const std::string fewer = absl::StrCat("topic '", topic.name, "' has ", count, " of the ", known,
                                         " partitions that were read before");
  switch (topic.count.Hear({count, report_->answers}, known, clock_.Monotonic())) {
    case PartitionCount::Belief::kWhole:
      AddPartitions(topic, count);
      return absl::OkStatus();
    case PartitionCount::Belief::kDoubtBegins:
      log_.Line(
          LogLevel::kWarning, "fewer",
          absl::StrCat(fewer, ", says a broker that may not know better yet; it is asked again, ",
                       "and what was read before is read on"));
      // If it is another topic, its records tell sooner.
      for (Partition& partition : topic.partitions) {
        if (partition.reader.Recheck()) Restart(partition);
      }
      break;
    case PartitionCount::Belief::kDoubted:
      break;
    case PartitionCount::Belief::kFewer:
      return absl::DataLossError(absl::StrCat(
          fewer, ", and has been saying so for ",
          absl::FormatDuration(PartitionCount::kBelievedAfter),
          ": it was deleted and made again. Ways out: give the source the topic that it read "
          "before; or stop, move the journal's folder away and start, which reads it from its "
          "beginning"));
  }
  // After a start nothing is read before all are known, or now would not wait for the others.
  if (topic.partitions.empty()) away_ = absl::UnavailableError(absl::StrCat(fewer, " so far"));
  return absl::OkStatus();
}

void KafkaSource::AddPartitions(Topic& topic, int count) {
  for (int index = static_cast<int>(topic.partitions.size()); index < count; ++index) {
    topic.partitions.push_back({.reader = PartitionReader(topic.name, index), .topic = &topic});
    const auto position = positions_.find({topic.name, index});
    if (position == positions_.end()) continue;
    topic.partitions.back().reader.Resume(position->second);
    positions_.erase(position);
  }
}

void KafkaSource::Start(Partition& partition) {
  const int64_t offset = partition.reader.StartOffset();
  partition.started =
      rd_kafka_consume_start_queue(partition.topic->handle, partition.reader.partition(),
                                   offset < 0 ? RD_KAFKA_OFFSET_BEGINNING : offset,
                                   client_->queue.get()) == 0;
  if (partition.started) return;  // else the next report tries again
  log_.Line(
      LogLevel::kWarning, "start",
      absl::StrCat("topic ", partition.topic->name, " partition ", partition.reader.partition(),
                   " cannot be started: ", rd_kafka_err2str(rd_kafka_last_error())));
}

void KafkaSource::Restart(Partition& partition) {
  if (partition.started) {
    rd_kafka_consume_stop(partition.topic->handle, partition.reader.partition());
  }
  Start(partition);
}

std::vector<KafkaSource::Partition*> KafkaSource::DoubtfulPartitions() {
  std::vector<Partition*> doubtful;
  for (const std::unique_ptr<Topic>& topic : topics_) {
    for (Partition& partition : topic->partitions) {
      if (partition.reader.doubt() != PartitionReader::Doubt::kNone) doubtful.push_back(&partition);
    }
  }
  // A broker that does not answer ends a round, so each round begins with another one.
  if (doubtful.empty()) return doubtful;
  const auto turn = static_cast<std::ptrdiff_t>(doubt_rounds_++ % doubtful.size());
  std::rotate(doubtful.begin(), doubtful.begin() + turn, doubtful.end());
  return doubtful;
}

absl::Status KafkaSource::ResolveDoubts() {
  const absl::Duration begun = clock_.Monotonic();
  if (begun < doubts_due_) return absl::OkStatus();
  doubt_ = absl::OkStatus();
  in_doubt_ = false;
  for (Partition* const partition : DoubtfulPartitions()) {
    if (clock_.Monotonic() - begun >= kRoundLimit) {
      in_doubt_ = true;
      break;
    }
    absl::Status status = partition->reader.doubt() == PartitionReader::Doubt::kOutOfRange
                              ? ResolveRange(*partition)
                              : ResolveGoneRecord(*partition);
    if (absl::IsDataLoss(status)) return status;
    if (status.ok()) {
      partition->early_end_since.reset();
      Restart(*partition);
    } else {
      in_doubt_ = true;
      doubt_ = std::move(status);
    }
  }
  // Counted from here, so that the other partitions are read in between.
  doubts_due_ = clock_.Monotonic() + kDoubtsEvery;
  return absl::OkStatus();
}

absl::Status KafkaSource::ResolveRange(Partition& partition) {
  PartitionReader& reader = partition.reader;
  OffsetRange range;
  const rd_kafka_resp_err_t error = rd_kafka_query_watermark_offsets(
      client_->kafka.get(), partition.topic->name.c_str(), reader.partition(), &range.low,
      &range.high, static_cast<int>(absl::ToInt64Milliseconds(kAskLimit)));
  const std::string where =
      absl::StrCat("topic '", partition.topic->name, "' partition ", reader.partition());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return absl::UnavailableError(
        absl::StrCat("the range of ", where, " cannot be asked: ", rd_kafka_err2str(error)));
  }
  if (reader.EndsEarly(range)) {
    const absl::Duration now = clock_.Monotonic();
    if (!partition.early_end_since.has_value()) partition.early_end_since = now;
    if (now - *partition.early_end_since < kBelieveEarlyEnd) {
      return absl::UnavailableError(absl::StrCat(where, " ends at offset ", range.high,
                                                 ", before the position ", reader.next_offset(),
                                                 "; it is asked again"));
    }
  }
  return reader.Judge(range);
}

absl::Status KafkaSource::ResolveGoneRecord(Partition& partition) {
  absl::StatusOr<std::string> policy =
      TopicSetting(client_->kafka.get(), {partition.topic->name, "cleanup.policy"}, kAskLimit);
  if (!policy.ok()) {
    return absl::UnavailableError(absl::StrCat(
        "the last record read of topic '", partition.topic->name, "' partition ",
        partition.reader.partition(),
        " is not there, and whether the topic is compacted cannot be asked (a right to describe "
        "its configuration is needed): ",
        policy.status().message()));
  }
  return partition.reader.JudgeGoneRecord(absl::StrContains(*policy, "compact"));
}

}  // namespace takt
