// The view: adds up what the workers publish, decides `now`, and evaluates.
//
// The cells it holds are the sum of what every worker has published, so a snapshot shows, worker by
// worker, the state after some number of whole batches; when nothing is in flight it shows exactly the
// records read. `now` heeds a reader's progress only when those batches are in (flow.h).
//
// Threads: Step, Evaluate and SnapshotAt from one thread; CurrentSnapshot and Numbers from any. What
// the constructor is given must outlive it. Cost: Step O(deltas); evaluation O(series).
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"
#include "engine/cells/cell_table.h"
#include "engine/definition/definition.h"
#include "engine/kpi/evaluate.h"
#include "engine/kpi/snapshot.h"
#include "engine/pipeline/flow.h"
#include "engine/time/watermark.h"

namespace takt {

struct PartitionMark {  // a partition's watermark, by the reader's own number for it
  std::optional<EventTime> watermark;
};

struct ViewNumbers {
  std::optional<EventTime> now;
  Watermarks::Reason reason = Watermarks::Reason::kSilent;
  // Who holds `now` back: a reader, and its number for the partition. -1: no partition is known, or a
  // source has not told its partitions yet (then only the reader is given).
  int holder_reader = -1;
  int holder_partition = -1;
  bool all_finished = false;
  std::vector<std::vector<PartitionMark>> marks;  // by reader and partition
  uint64_t cell_bytes = 0;
  uint64_t snapshots = 0;
  uint64_t series = 0;
  double evaluate_seconds = 0;
};

class View {
 public:
  // `out_of_orderness`: by reader.
  View(const Definition& definition, std::vector<absl::Duration> out_of_orderness, Flow& flow,
       const Clock& clock);

  // Where the journal says that `now` stood. It is shown again when the sources do not say in time
  // where they stand (all brokers may be away), so that what was known is served after a restart too.
  void Resume(uint64_t now_seconds);

  // Adds what was published. False: there was nothing.
  bool Step();

  // Finds `now` and, where it is defined, publishes a snapshot of it.
  void Evaluate();
  // Whether an evaluation would show something new and `every` has passed since the last one. A dear
  // evaluation waits longer: it takes at most a tenth of the thread's time.
  bool WantsToEvaluate(absl::Duration every) const;

  std::shared_ptr<const Snapshot> SnapshotAt(EventTime now) const;
  std::shared_ptr<const Snapshot> CurrentSnapshot() const;
  ViewNumbers Numbers() const;
  const CellTable& cells() const { return cells_; }

 private:
  struct Source {
    absl::Duration out_of_orderness;
    std::deque<Progress> waiting;          // until the batches they follow are in
    std::vector<int> marks;                // number in watermarks_, by the reader's partition
    std::vector<ReadPosition> read;        // by the reader's partition, as heeded last
    std::vector<uint64_t> batches_heeded;  // by worker: pushed when that was said
    bool opened = false;
    bool stopped = false;
    bool unfinished = true;
    std::vector<char> finished;  // by partition
  };

  bool TakePublished();
  bool TakeProgress();
  bool IsIn(const Progress& progress, int reader) const;
  void Heed(const Progress& progress, Source& source);
  Watermarks::View FindNow(ViewNumbers& numbers);
  // Up to where each partition's records are in the cells, where that is one place: with one worker,
  // whose batches are in exactly as far as the readers' latest word reaches. Else empty.
  std::vector<ReadPosition> ReadExactly() const;
  std::optional<absl::Time> ShownNow(std::optional<absl::Time> found);

  const Evaluator evaluator_;
  Flow& flow_;
  const Clock& clock_;
  CellTable cells_;
  Watermarks watermarks_;
  std::vector<Source> sources_;
  std::vector<std::vector<uint64_t>> batches_in_;  // by worker and producer
  bool changed_ = true;                            // since the last evaluation
  absl::Duration last_evaluation_;
  absl::Duration last_cost_;
  std::optional<absl::Time> resumed_now_;
  absl::Duration resumed_at_;
  std::optional<absl::Time> shown_now_;  // never goes back

  mutable Mutex mutex_;
  std::shared_ptr<const Snapshot> snapshot_ ABSL_GUARDED_BY(mutex_);
  ViewNumbers numbers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace takt
