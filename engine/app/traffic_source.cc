#include "engine/app/traffic_source.h"

#include <algorithm>
#include <utility>

namespace takt {

TrafficSource::TrafficSource(const SalesWorldOptions& world, const DisorderOptions& disorder,
                             Clock& clock)
    : clock_(clock), world_(world), disorder_(disorder, [this] { return world_.Next(); }) {}

absl::Status TrafficSource::Open(const std::vector<Position>&) {
  waiting_ = disorder_.Next();
  return absl::OkStatus();
}

absl::Status TrafficSource::Poll(absl::Duration wait, int records_max,
                                 const RecordCallback& callback) {
  if (!Due()) clock_.SleepFor(std::min(wait, absl::Milliseconds(10)));
  for (int i = 0; i < records_max && Due(); ++i) Deliver(callback);
  return absl::OkStatus();
}

void TrafficSource::Deliver(const RecordCallback& callback) {
  const SalesEvent& event = waiting_->event;
  const std::string key = SalesKey(event);
  const std::string value =
      event.garbage ? spoiler_.Spoil(event).bytes : FormatSalesEvent(event, RecordFormat::kJson);
  Record record;
  record.topic = name_;
  record.offset = offset_;
  record.next_offset = ++offset_;
  record.record_time_micros = waiting_->arrival.micros;
  record.has_key = true;
  record.has_value = true;
  record.key = key;
  record.value = value;
  callback(record);
  waiting_ = disorder_.Next();
}

std::vector<PartitionState> TrafficSource::Partitions() const {
  PartitionState state;
  state.topic = name_;
  state.next_offset = offset_;
  state.end_offset = offset_;
  state.idle_by_proof = waiting_.has_value() && !Due();
  return {state};
}

}  // namespace takt
