#include "engine/time/watermark.h"

#include <algorithm>

#include "engine/base/check.h"

namespace takt {

Watermarks::Watermarks(absl::Duration out_of_orderness) : out_of_orderness_(out_of_orderness) {}

int Watermarks::AddPartition() {
  partitions_.emplace_back();
  return partition_count() - 1;
}

void Watermarks::Advance(int partition, absl::Time event_time) {
  TAKT_CHECK(partition >= 0 && partition < partition_count(), "an unknown partition");
  std::optional<absl::Time>& mark = partitions_[partition].mark;
  const absl::Time candidate = event_time - out_of_orderness_;
  if (!mark.has_value() || candidate > *mark) mark = candidate;
}

void Watermarks::SetIdle(int partition, bool idle) {
  TAKT_CHECK(partition >= 0 && partition < partition_count(), "an unknown partition");
  partitions_[partition].idle = idle;
}

void Watermarks::SetFinished(int partition) {
  TAKT_CHECK(partition >= 0 && partition < partition_count(), "an unknown partition");
  partitions_[partition].finished = true;
}

Watermarks::Reason Watermarks::ReasonOf(int partition) const {
  const Partition& at = partitions_[partition];
  if (at.finished) return Reason::kFinished;
  if (at.idle) return Reason::kIdle;
  return at.mark.has_value() ? Reason::kLatestEvent : Reason::kSilent;
}

std::optional<absl::Time> Watermarks::Mark(int partition) const {
  return partitions_[partition].mark;
}

Watermarks::View Watermarks::Now(absl::Time wall) {
  int silent = -1;
  int smallest = -1;
  for (int i = 0; i < partition_count(); ++i) {
    Partition& at = partitions_[i];
    if (at.idle || at.finished) at.mark = std::max(at.mark.value_or(wall), wall);
    if (!at.mark.has_value()) {
      if (silent < 0) silent = i;
    } else if (smallest < 0 || *at.mark < *partitions_[smallest].mark) {
      smallest = i;
    }
  }
  if (silent >= 0) return {.now = now_, .holder = {silent, Reason::kSilent}};
  if (smallest < 0) return {.now = now_, .holder = {-1, Reason::kSilent}};
  const absl::Time mark = *partitions_[smallest].mark;
  if (!now_.has_value() || mark > *now_) now_ = mark;
  return {.now = now_, .holder = {smallest, ReasonOf(smallest)}};
}

const char* ReasonName(Watermarks::Reason reason) {
  switch (reason) {
    case Watermarks::Reason::kLatestEvent:
      return "latest_event";
    case Watermarks::Reason::kIdle:
      return "idle";
    case Watermarks::Reason::kFinished:
      return "finished";
    case Watermarks::Reason::kSilent:
      return "silent";
  }
  return "silent";
}

}  // namespace takt
