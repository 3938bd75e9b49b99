// Work that somebody asks the ledgers to do beside their own: it is done on the workers' threads, a
// slice between two of their steps, so that nothing waits for it and no lock is in anybody's way.
//
// Threads: Run from any, Step from the worker of that number. Errors: Run gives ResourceExhausted
// while another job is under way, Unavailable after Refuse, DeadlineExceeded after `limit` (the job is
// given up; workers let go of it at their next step). Cost: one relaxed load for each step of a worker
// while there is no job.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"
#include "engine/ledger/ledger.h"
#include "engine/pipeline/flow.h"

namespace takt {

class LedgerJob {
 public:
  virtual ~LedgerJob() = default;
  // A slice of some tenths of a millisecond. True: this worker's part is done.
  virtual bool Step(int worker, const Ledger& ledger) = 0;
  // The last call for this worker, on its thread, also when the job was given up.
  virtual void End(int worker) = 0;
};

class LedgerJobs {
 public:
  // `flow` must outlive it.
  explicit LedgerJobs(Flow& flow) : flow_(flow), at_work_(flow.workers(), false) {}

  // Returns when all workers have done their parts. The job's results may be read after OK alone.
  absl::Status Run(std::shared_ptr<LedgerJob> job, absl::Duration limit);

  // False: there is nothing to do for this worker.
  bool Step(int worker, const Ledger& ledger) {
    return is_any_.load(std::memory_order_relaxed) && StepJob(worker, ledger);
  }

  void Refuse();

  int workers() const { return flow_.workers(); }

 private:
  bool StepJob(int worker, const Ledger& ledger);

  Flow& flow_;
  const SystemClock clock_;  // who asks waits in real time
  std::atomic<bool> is_any_{false};
  Mutex mutex_;
  ConditionVariable ended_;
  std::shared_ptr<LedgerJob> job_ ABSL_GUARDED_BY(mutex_);
  std::vector<char> at_work_ ABSL_GUARDED_BY(mutex_);  // by worker
  int left_ ABSL_GUARDED_BY(mutex_) = 0;
  bool given_up_ ABSL_GUARDED_BY(mutex_) = false;
  bool refusing_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace takt
