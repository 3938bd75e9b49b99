// The outside of a pipeline, in memory, as these tests need it: a definition of deals and leads, a
// decoder of one-line texts, a source whose faults are switched on by the test, and dead letters that
// are acknowledged when the test says so.
//
// A record reads "deal D1 90 record amount=5 lead=L1 stage=won": object, id, minute of 2026, kind and
// fields. "bad" is rejected as malformed, "skip" is filtered.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/definition/definition.h"
#include "engine/journal/memory_files.h"
#include "engine/pipeline/dead_letters.h"
#include "engine/pipeline/decoder.h"
#include "engine/pipeline/parts.h"
#include "engine/pipeline/pipeline.h"
#include "engine/pipeline/source.h"

namespace takt {

inline constexpr absl::Time kNewYear = absl::FromUnixSeconds(1767225600);  // 2026-01-01T00:00:00Z

// KPIs, all over "all", company only: deals (created), amount (at won), customers (leads by won deals).
std::shared_ptr<const Definition> DealsAndLeads();

class TextDecoder final : public Decoder {
 public:
  DecodeResult Decode(const Record& record, RawChanges& changes) override;
};

struct MemoryRecord {
  std::optional<std::string> value;  // none: a tombstone
  std::vector<std::pair<std::string, std::string>> headers;
};

// A topic and its dead letters; outlive engines.
struct World {
  explicit World(int partition_count) : partitions(partition_count) {}
  void Put(int partition, std::string value) {
    partitions[partition].push_back({std::move(value), {}});
  }

  std::vector<std::vector<MemoryRecord>> partitions;
  absl::Status poll_status;  // what polls answer instead of records
  bool is_idle = true;       // at the end, whether that is proof
  bool is_finite = false;
  std::vector<Position> opened_at;

  std::map<std::pair<int32_t, int64_t>, int> letters;  // how often each was sent
  bool acknowledge = true;
  size_t letters_pending_max = SIZE_MAX;
};

class WorldSource final : public Source {
 public:
  WorldSource(World& world, std::string name) : world_(world), name_(std::move(name)) {}
  const std::string& name() const override { return name_; }
  absl::Status Open(const std::vector<Position>& positions) override;
  absl::Status Poll(absl::Duration wait, int records_max, const RecordCallback& callback) override;
  std::vector<PartitionState> Partitions() const override;

 private:
  World& world_;
  const std::string name_;
  std::vector<size_t> next_;
};

class WorldLetters final : public DeadLetters {
 public:
  explicit WorldLetters(World& world) : world_(world) {}
  absl::StatusOr<uint64_t> Send(const DeadLetter& letter) override;
  uint64_t AcknowledgedBelow() const override { return acknowledged_; }
  void Poll() override;
  absl::Status Flush(absl::Duration limit) override;

 private:
  World& world_;
  uint64_t sent_ = 0;
  uint64_t acknowledged_ = 0;
};

struct Shape {
  int workers = 1;
  int records_per_poll = 512;
};

SourceParts PartsOf(World& world, const std::string& name);
EngineParts PartsOf(World& world, std::shared_ptr<MemoryDisk> disk, Clock& clock,
                    const Shape& shape = {});

// The value of an exported series of the company; NaN where it is absent.
double ValueOf(const std::shared_ptr<const Snapshot>& snapshot, const std::string& kpi);

}  // namespace takt
