#include "engine/pipeline/view_requests.h"

#include <algorithm>

namespace takt {
namespace {

constexpr size_t kRequestsMax = 16;
constexpr absl::Duration kLookEvery = absl::Seconds(1);

}  // namespace

ViewRequests::Answer ViewRequests::Ask(std::optional<EventTime> moment, absl::Duration limit) {
  const absl::Duration deadline = clock_.Monotonic() + limit;
  const auto request = std::make_shared<Request>();
  request->moment = moment;
  MutexLock lock(mutex_);
  if (refusing_) return absl::UnavailableError("the engine is stopping");
  if (requests_.size() >= kRequestsMax) {
    return absl::ResourceExhaustedError("too many ask for snapshots at once; try again");
  }
  requests_.push_back(request);
  bell_.Ring();
  asked_.NotifyOne();
  while (!request->answer.has_value()) {
    const absl::Duration left = deadline - clock_.Monotonic();
    if (left <= absl::ZeroDuration()) {
      requests_.erase(std::remove(requests_.begin(), requests_.end(), request), requests_.end());
      return absl::UnavailableError("the engine is busy with itself; try again");
    }
    answered_.WaitFor(mutex_, std::min(left, kLookEvery));
  }
  return *request->answer;
}

bool ViewRequests::Serve(const std::function<Answer(std::optional<EventTime>)>& answer) {
  std::shared_ptr<Request> request;
  {
    MutexLock lock(mutex_);
    if (requests_.empty()) return false;
    request = requests_.front();
    requests_.pop_front();
  }
  Answer found = answer(request->moment);
  MutexLock lock(mutex_);
  request->answer = std::move(found);
  answered_.NotifyAll();
  return true;
}

void ViewRequests::Rest(absl::Duration limit) {
  MutexLock lock(mutex_);
  if (requests_.empty() && !refusing_) asked_.WaitFor(mutex_, limit);
}

void ViewRequests::Refuse() {
  MutexLock lock(mutex_);
  refusing_ = true;
  for (const std::shared_ptr<Request>& request : requests_) {
    request->answer = absl::UnavailableError("the engine is stopping");
  }
  requests_.clear();
  asked_.NotifyOne();
  answered_.NotifyAll();
}

}  // namespace takt
