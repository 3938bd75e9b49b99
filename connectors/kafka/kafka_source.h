// Topics of a Kafka cluster as a Source: every partition, assigned by itself, committed records only.
//
// There is no consumer group: nothing to elect, to rebalance or to be fenced from, and no rights on
// groups to grant. Reading starts where the positions say, each compared with its topic first (see
// partition_reader.h); partitions and topics that appear later are read from their beginning.
//
// A cluster that is away, at start or later, is no failure: Open returns OK at once, Poll says
// Unavailable and why, and goes on by itself. So does a topic that does not exist yet. Records that
// are in memory are delivered all the same. After an outage of some seconds each partition is
// compared again. A topic that seems to have fewer partitions than it had is read on, until it is
// sure (see partition_count.h). A rotated secret makes a new client at the same positions.
//
// idle_by_proof holds while all of this is true: the end-of-partition event came and no record since;
// the high watermark of the latest fetch is that end (so no open transaction lies there); and the
// cluster said within the last five seconds that its last stable offset is that end too.
//
// Threads: as Source; owns one more (Scout) and librdkafka's own. The log function is called from
// both. Memory: what is fetched ahead, some more than queued.max.messages.kbytes (here 32 MiB) or
// queued.min.messages (here 100,000, each some 300 bytes beside its own), full only while the reader
// is slower than the broker; the operator may set both. More would be no faster: what is fetched far
// ahead is memory that the kernel must give and that no cache holds when it is read. Cost of a
// record: 10 to 20 ns beside librdkafka's own; headers are read only when asked for (ReadHeaders).
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "connectors/kafka/client_config.h"
#include "connectors/kafka/client_log.h"
#include "connectors/kafka/handles.h"
#include "connectors/kafka/partition_count.h"
#include "connectors/kafka/partition_reader.h"
#include "connectors/kafka/scout.h"
#include "engine/base/clock.h"
#include "engine/pipeline/parts.h"
#include "engine/pipeline/source.h"

namespace takt {

class KafkaSource final : public Source, private HeaderReader {
 public:
  // `clock` must outlive it and be the system's: the cluster does not live in a made-up time.
  // Connects nowhere. Errors: those of ClientConfig, and what librdkafka finds wrong in the whole.
  static absl::StatusOr<std::unique_ptr<KafkaSource>> Create(std::string name,
                                                             const KafkaSettings& settings,
                                                             Clock& clock, LogFunction log);
  ~KafkaSource() override;

  const std::string& name() const override { return name_; }
  absl::Status Open(const std::vector<Position>& positions) override;
  absl::Status Poll(absl::Duration wait, int records_max, const RecordCallback& callback) override;
  std::vector<PartitionState> Partitions() const override;
  // The cluster's id; known before the first record is delivered.
  std::string Cluster() const override { return cluster_; }

 private:
  struct Topic;
  struct Partition {
    PartitionReader reader;
    Topic* topic;
    bool started = false;
    bool broker_time = true;
    std::optional<absl::Duration> early_end_since = std::nullopt;
  };
  struct Topic {
    std::string name;
    rd_kafka_topic_t* handle = nullptr;  // the client's
    std::vector<Partition> partitions;
    PartitionCount count = {};
  };
  // In the order of making; unmade in reverse.
  struct Client {
    KafkaOwned<rd_kafka_t> kafka;
    KafkaOwned<rd_kafka_queue_t> queue;
    std::vector<KafkaOwned<rd_kafka_topic_t>> topics;
    std::unique_ptr<Scout> scout;
  };

  KafkaSource(std::string name, ClientConfig config, Clock& clock, LogFunction log);

  absl::Status Connect();
  void Disconnect();
  static void OnMessage(rd_kafka_message_t* message, void* self);
  static void OnError(rd_kafka_t* client, int error, const char* text, void* self);
  static void OnLog(const rd_kafka_t* client, int level, const char* facility, const char* text);
  void ReadHeadersNow() override;
  void Deliver(const rd_kafka_message_t& message, Partition& partition);
  void WakeFetchers();
  void HearTrouble(const rd_kafka_message_t& message, Partition& partition);

  absl::Status TakeReport();
  absl::Status Renew();
  absl::Status CompareCluster(const ScoutReport& report);
  absl::Status TakePartitions(const ScoutReport& report);
  // Also those that an earlier process read.
  int KnownPartitions(const Topic& topic) const;
  // DataLoss when `count` partitions are fewer than are known, and that is believed.
  absl::Status DoubtCount(Topic& topic, int count);
  void AddPartitions(Topic& topic, int count);
  void Start(Partition& partition);
  void Restart(Partition& partition);
  absl::Status ResolveDoubts();
  std::vector<Partition*> DoubtfulPartitions();
  absl::Status ResolveRange(Partition& partition);
  absl::Status ResolveGoneRecord(Partition& partition);
  bool IsIdleByProof(const Partition& partition, int64_t high_watermark) const;

  const std::string name_;
  const ClientConfig config_;
  Clock& clock_;
  ClientLog log_;
  std::map<std::pair<std::string, int>, Position> positions_;  // not yet taken up

  std::vector<std::unique_ptr<Topic>> topics_;  // of librdkafka's topic objects, each an opaque
  std::unique_ptr<Client> client_;
  uint64_t report_number_ = 0;
  int outages_ = 0;  // that all partitions were compared after
  std::shared_ptr<const ScoutReport> report_;
  bool opened_ = false;
  std::string cluster_;
  absl::Status away_;   // why nothing may come: Poll's answer when nothing came
  absl::Status doubt_;  // why some partition waits
  absl::Status final_;  // DataLoss; Poll's answer for good

  // During Poll.
  const RecordCallback* callback_ = nullptr;
  int delivered_ = 0;
  int records_max_ = 0;
  Topic* last_topic_;  // of the last message
  Record record_;
  const rd_kafka_message_t* message_ = nullptr;  // that record_ shows
  int queued_most_ = 0;  // records fetched ahead, since the fetchers were last woken
  bool in_doubt_ = false;
  absl::Duration doubts_due_;
  size_t doubt_rounds_ = 0;
};

}  // namespace takt
