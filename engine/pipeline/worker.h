// Apply, Derive, Fold, Publish: one worker takes batches of encoded changes, applies them to the
// histories it owns, exchanges hand-overs of links with the other workers, and publishes what changed
// in the cells.
//
// Threads: Step and Publish from one thread, Numbers from any. `flow` and `definition` must outlive
// it. Steps never block: a full ring leaves work for the next step. Bound: it takes no more batches
// while hand-overs wait or a million deltas are unpublished.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "engine/base/mutex.h"
#include "engine/cells/sum_combiner.h"
#include "engine/definition/definition.h"
#include "engine/ledger/ledger.h"
#include "engine/pipeline/flow.h"

namespace takt {

struct WorkerNumbers {
  LedgerCounts counts;
  LedgerState state;
};

class Worker {
 public:
  Worker(const Definition& definition, int number, Flow& flow);

  // Takes what waits, at most one batch of each producer. False: there was nothing that it could do.
  bool Step();
  // Hands the deltas so far to the view. False: nothing to hand on, or the view's ring is full.
  bool Publish();
  // Enough has come together to be published before the tick.
  bool WantsToPublish() const;
  bool HasUnpublished() const { return unpublished_; }

  // As of the last Publish.
  WorkerNumbers Numbers() const;
  const Ledger& ledger() const { return ledger_; }

 private:
  bool TakeHandOvers();
  bool TakeBatch(int producer);
  void ApplyBatch(const ChangeBatch& batch);
  void Route();          // the ledger's outbox to the queues of their owners
  bool PassHandOvers();  // as far as rings take them
  bool HandOversWait() const;
  size_t UnpublishedDeltas() const;
  void CombineSums(size_t from);  // those of deltas_ from this place on
  void MarkUnpublished();

  const int number_;
  Flow& flow_;
  Ledger ledger_;
  DeltaBatch deltas_;
  SumCombiner combiner_;
  std::vector<SumDelta> sent_out_;  // by the combiner
  bool unpublished_ = false;
  std::vector<HandOver> outbox_;
  std::vector<std::deque<HandOver>> waiting_;  // by the worker they are for
  std::vector<uint64_t> batches_taken_;        // by producer

  mutable Mutex mutex_;
  WorkerNumbers numbers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace takt
