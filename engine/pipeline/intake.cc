#include "engine/pipeline/intake.h"

#include <algorithm>
#include <utility>

#include "engine/model/change_codec.h"

namespace takt {

Intake::Intake(const Definition& definition, const SourceSettings& settings, Decoder& decoder,
               int workers)
    : checker_(definition, settings.max_ahead),
      tombstones_(settings.tombstones),
      decoder_(decoder),
      batches_(workers),
      appenders_(workers) {
  read_from_.by_worker.resize(workers);
}

std::vector<ChangeBatch>& Intake::batches() {
  for (size_t i = 0; i < batches_.size(); ++i) appenders_[i].Flush(&batches_[i].bytes);
  return batches_;
}

void Intake::ReadFrom::clear() {
  partitions.clear();
  for (CoordinatesWriter& writer : by_worker) writer.clear();
}

// Inline, as the next one: each is asked once, for every record.
inline std::optional<Rejection> Intake::CheckAll(const Record& record, absl::Time wall_clock) {
  const Arrival arrival = {record.record_time_micros, wall_clock};
  if (checked_.size() < raw_.size()) checked_.resize(raw_.size());
  for (size_t i = 0; i < raw_.size(); ++i) {
    std::optional<Rejection> rejection = checker_.Check(raw_[i], arrival, &checked_[i]);
    if (rejection.has_value()) return rejection;
  }
  return std::nullopt;
}

inline Admitted Intake::EncodeAll(const Record& record, uint32_t partition) {
  Admitted admitted = {static_cast<uint32_t>(raw_.size()), checked_[0].time};
  const int workers = static_cast<int>(batches_.size());
  std::vector<uint32_t>& partitions = read_from_.partitions;
  if (partitions.empty() || partitions[last_place_] != partition) {
    const auto found = std::find(partitions.begin(), partitions.end(), partition);
    last_place_ = static_cast<uint32_t>(found - partitions.begin());
    if (found == partitions.end()) partitions.push_back(partition);
  }
  const Coordinates at = {last_place_, record.offset};
  for (size_t i = 0; i < raw_.size(); ++i) {
    const Change& change = checked_[i];
    const int owner = workers == 1 ? 0 : Ledger::OwnerOf(change.object, change.id, workers);
    appenders_[owner].Add(change, &batches_[owner].bytes);
    ++batches_[owner].change_count;
    read_from_.by_worker[owner].Add(at);
    admitted.latest_event = std::max(admitted.latest_event, change.time);
  }
  return admitted;
}

Taken Intake::Take(const Record& record, absl::Time wall_clock, uint32_t partition) {
  for (const auto& [name, value] : record.headers) {
    if (name == kTooLargeHeader) {
      return Rejection{Reason::kTooLarge, std::string(value)};
    }
    if (name == kTornHeader) return Rejection{Reason::kMalformed, std::string(value)};
  }
  if (!record.has_value && tombstones_ == TombstonePolicy::kIgnore) return Filtered{};
  if (!record.has_value || record.value.empty()) return Rejection{Reason::kEmptyValue, ""};
  raw_.Clear();
  DecodeResult decoded = decoder_.Decode(record, raw_);
  if (Rejection* rejection = std::get_if<Rejection>(&decoded)) return std::move(*rejection);
  if (std::holds_alternative<Filtered>(decoded) || raw_.size() == 0) return Filtered{};
  std::optional<Rejection> rejection = CheckAll(record, wall_clock);
  if (rejection.has_value()) return *std::move(rejection);
  return EncodeAll(record, partition);
}

}  // namespace takt
