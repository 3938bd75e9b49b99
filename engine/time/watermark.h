// Watermarks: up to where each partition has been read in event time, and what follows for `now`.
//
// The mark of a partition is its highest admitted event time - out_of_orderness. Its source may be
// quiet; then the mark would stand still and every window with it. Silence alone proves nothing (a
// dead connector is silent too), so a partition follows the wall clock only by proof:
//   idle      the source has shown that it has read to the partition's end (pipeline/source.h)
//   finished  a finite source has been read to its end
// `now` of the view is the minimum over all partitions. It is undefined until every partition has
// spoken, is idle or is finished. Afterwards it never goes back: a partition that is noticed later,
// or one whose idleness ends, holds it where it stands until it has caught up. A wall clock that is
// set back holds it too.
//
// Watermarks decide `now` and nothing else. Events that lie too far ahead of their record time are
// refused before they get here, so a wrong clock at the source does not move a mark.
//
// Threads: one owner. Cost: Advance and Set O(1), Now O(partitions). Bound: the caller's
// partitions.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/time.h"

namespace takt {

class Watermarks {
 public:
  // Why the holder's mark is where it is.
  enum class Reason : uint8_t {
    kLatestEvent,  // it is being read, and its latest event is that old
    kIdle,         // read to its end: as late as the wall clock
    kFinished,     // a finite source that is done: as late as the wall clock
    kSilent,       // it has not spoken, and nothing proves that it is idle
  };
  struct Holder {
    int partition = 0;  // the lowest of those with the smallest mark; -1 when there is no partition
    Reason reason = Reason::kSilent;
  };
  struct View {
    std::optional<absl::Time> now;  // nothing until every partition has spoken
    Holder holder;
  };

  explicit Watermarks(absl::Duration out_of_orderness);

  // The number that the next calls know the new partition by: 0, 1, 2 ...
  int AddPartition();
  int partition_count() const { return static_cast<int>(partitions_.size()); }

  void Advance(int partition, absl::Time event_time);
  void SetIdle(int partition, bool idle);
  // For good: a finished partition stays so, whatever is set later.
  void SetFinished(int partition);

  // The view's now at a reading of the wall clock. Not const: marks of idle partitions follow
  // `wall` and stay where they have come to.
  View Now(absl::Time wall);

  // The mark of one partition as of the last call, for the engine's own metrics.
  std::optional<absl::Time> Mark(int partition) const;
  Reason ReasonOf(int partition) const;

 private:
  struct Partition {
    std::optional<absl::Time> mark;
    bool idle = false;
    bool finished = false;
  };

  absl::Duration out_of_orderness_;
  std::vector<Partition> partitions_;
  std::optional<absl::Time> now_;
};

const char* ReasonName(Watermarks::Reason reason);  // "latest_event", "idle", "finished", "silent"

}  // namespace takt
