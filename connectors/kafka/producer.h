// Writes records to Kafka, as fast as it goes and exactly once each: idempotent, in order per
// partition, batched and compressed. For `takt events --kafka`, benchmarks and tests.
//
//   TAKT_ASSIGN_OR_RETURN(auto producer, KafkaProducer::Create(settings));
//   TAKT_RETURN_IF_ERROR(producer->Produce({.topic = "crm.deal", .key = id, .value = bytes}));
//   TAKT_RETURN_IF_ERROR(producer->Flush(absl::Seconds(30)));
//
// Produce copies and returns at once; when 200,000 records or 256 MiB wait, it waits for room, which
// is the back-pressure. A record that Kafka refuses for good is reported by the next Produce or by
// Flush. A broker that is away is waited for.
//
// Threads: one at a time. Cost: one copy and about half a microsecond per record.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "connectors/kafka/handles.h"
#include "engine/settings/settings.h"

namespace takt {

struct KafkaMessage {
  absl::string_view topic;
  std::optional<absl::string_view> key = std::nullopt;
  std::optional<absl::string_view> value = std::nullopt;  // none: a tombstone
  absl::Span<const std::pair<absl::string_view, absl::string_view>> headers = {};
  int32_t partition = -1;   // -1: by the key, or any
  int64_t time_millis = 0;  // 0: now; of no effect where the topic has LogAppendTime
};

class KafkaProducer {
 public:
  // `settings.topics` does not matter. Connects nowhere yet.
  static absl::StatusOr<std::unique_ptr<KafkaProducer>> Create(const KafkaSettings& settings);
  ~KafkaProducer();  // drops what was not flushed
  KafkaProducer(const KafkaProducer&) = delete;
  KafkaProducer& operator=(const KafkaProducer&) = delete;

  absl::Status Produce(const KafkaMessage& message);
  // Unavailable when not everything was acknowledged within `limit`; it is still on its way.
  absl::Status Flush(absl::Duration limit);

  uint64_t acknowledged() const { return acknowledged_; }

 private:
  KafkaProducer() = default;
  static void OnDelivery(rd_kafka_t* client, const rd_kafka_message_t* message, void* self);
  static void OnError(rd_kafka_t* client, int error, const char* text, void* self);

  KafkaOwned<rd_kafka_t> client_;
  std::string last_topic_;
  uint64_t acknowledged_ = 0;
  absl::Status refused_;
  std::string last_error_;
};

}  // namespace takt
