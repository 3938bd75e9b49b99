// Asks a Kafka cluster what the reader must know and must not wait for: which partitions there are,
// which cluster it is, where each partition ends, whether the cluster answers at all, and whether a
// secret was rotated. Reports are whole; the reader takes the latest.
//
// Ends are asked every second by one request per broker. An answer tells that the broker lived and
// where the last stable offset was at that moment: half of the proof that a partition is idle. (The
// other half is the high watermark that the fetcher hears, see kafka_source.cc.)
//
// Ends are also asked when the reader wants the fetchers awake (WakeFetchers): a fetcher whose queue was
// full sleeps up to a second, and a question to its broker wakes it.
//
// A cluster that does not answer is asked again twice a second; one that does, every ten seconds,
// or every second while a topic is missing.
//
// Threads: owns one, which also serves librdkafka's error and log callbacks. Latest() may be called
// from any. Stop waits for the call in progress, at most kAskLimit and a bit.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "connectors/kafka/client_config.h"
#include "connectors/kafka/client_log.h"
#include "connectors/kafka/handles.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"

namespace takt {

struct PartitionEnd {
  int64_t stable_offset = -1;  // of the first record that a committed reader may not have yet
  absl::Duration asked_at;     // Clock::Monotonic before the question was sent
};

struct ScoutReport {
  absl::Status reachable;  // Unavailable with the reason while the cluster does not answer
  int outages = 0;  // that lasted so long that what is there may be another cluster or topic now
  std::string cluster;                         // its id; empty until known
  uint64_t answers = 0;                        // to the question for partitions, so far
  std::map<std::string, int> partitions;       // of the topics that exist
  std::map<std::string, std::string> missing;  // topics that do not, or are denied, and why
  std::map<std::pair<std::string, int>, PartitionEnd> ends;
  bool secrets_changed = false;  // since this scout was made
};

class Scout {
 public:
  static constexpr absl::Duration kAskLimit = absl::Seconds(2);

  // All must outlive it. `client` asks for the topics that it was made to know (rd_kafka_topic_new).
  Scout(rd_kafka_t* client, const ClientConfig& config, ClientLog& log, Clock& clock);
  ~Scout();
  Scout(const Scout&) = delete;
  Scout& operator=(const Scout&) = delete;

  void Start();
  void Stop();  // and joins; safe to call twice

  // Makes librdkafka's fetchers look at once whether there is room again. From the reader's thread;
  // cheap, but costs each broker a small request.
  void WakeFetchers();

  // A number that grows with each report; cheap.
  uint64_t Number() const { return number_.load(std::memory_order_acquire); }
  std::shared_ptr<const ScoutReport> Latest() const;

  // For the error callback, which is served by the scout's own thread.
  void ErrorHeard(rd_kafka_resp_err_t error, absl::string_view text);

 private:
  void Run();
  void AskMetadata();
  void Take(const rd_kafka_metadata_t& metadata);
  void AskEnds();
  void LookAtSecrets();
  void MarkAway(absl::Status reason);
  void Publish();

  rd_kafka_t* const client_;
  const ClientConfig& config_;
  ClientLog& log_;
  Clock& clock_;
  const KafkaOwned<rd_kafka_queue_t> main_queue_;  // that the scout's thread serves

  // Of the scout's thread.
  ScoutReport report_;
  std::optional<uint64_t> fingerprint_;
  std::string last_error_;
  std::optional<absl::Duration> away_since_;
  absl::Duration metadata_due_;
  absl::Duration ends_due_;
  absl::Duration secrets_due_;

  mutable Mutex mutex_;
  std::shared_ptr<const ScoutReport> latest_ ABSL_GUARDED_BY(mutex_);
  std::atomic<uint64_t> number_{0};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> wake_fetchers_{false};
  std::thread thread_;
};

}  // namespace takt
