#include "engine/pipeline/ledger_jobs.h"

#include <algorithm>
#include <utility>

namespace takt {
namespace {

constexpr absl::Duration kLookEvery = absl::Seconds(1);

}  // namespace

absl::Status LedgerJobs::Run(std::shared_ptr<LedgerJob> job, absl::Duration limit) {
  const absl::Duration deadline = clock_.Monotonic() + limit;
  MutexLock lock(mutex_);
  if (refusing_) return absl::UnavailableError("the engine is stopping");
  if (job_ != nullptr) {
    return absl::ResourceExhaustedError("another explanation is under way; try again");
  }
  job_ = std::move(job);
  given_up_ = false;
  left_ = flow_.workers();
  std::fill(at_work_.begin(), at_work_.end(), true);
  is_any_ = true;
  for (int worker = 0; worker < flow_.workers(); ++worker) flow_.worker_bell(worker).Ring();
  while (left_ > 0 && !refusing_) {
    const absl::Duration left = deadline - clock_.Monotonic();
    if (left <= absl::ZeroDuration()) {
      given_up_ = true;
      return absl::DeadlineExceededError("there was not enough time to look at all histories");
    }
    ended_.WaitFor(mutex_, std::min(left, kLookEvery));
  }
  if (left_ > 0) return absl::UnavailableError("the engine is stopping");
  job_ = nullptr;
  is_any_ = false;
  return absl::OkStatus();
}

bool LedgerJobs::StepJob(int worker, const Ledger& ledger) {
  std::shared_ptr<LedgerJob> job;
  bool give_up = false;
  {
    MutexLock lock(mutex_);
    if (job_ == nullptr || !at_work_[worker]) return false;
    job = job_;
    give_up = given_up_;
  }
  if (!give_up && !job->Step(worker, ledger)) return true;
  job->End(worker);
  job = nullptr;
  MutexLock lock(mutex_);
  at_work_[worker] = false;
  if (--left_ > 0) return true;
  if (given_up_) {  // nobody waits for it any more
    job_ = nullptr;
    is_any_ = false;
  }
  ended_.NotifyAll();
  return true;
}

void LedgerJobs::Refuse() {
  MutexLock lock(mutex_);
  refusing_ = true;
  ended_.NotifyAll();
}

}  // namespace takt
