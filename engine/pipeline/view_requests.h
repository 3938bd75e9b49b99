// What other threads ask of the view's thread: a snapshot at some moment, or one of now. The view owns
// the cells, so it answers between two of its steps.
//
// Threads: Ask and Refuse from any, Serve and Rest from the view's. Errors: Ask gives ResourceExhausted
// when 16 wait already, Unavailable after Refuse and when `limit` passes without an answer (an audit
// may have the view's turn). Bound: those 16.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"
#include "engine/kpi/snapshot.h"
#include "engine/model/event_time.h"
#include "engine/pipeline/doorbell.h"

namespace takt {

class ViewRequests {
 public:
  using Answer = absl::StatusOr<std::shared_ptr<const Snapshot>>;
  // `bell` wakes the view's thread and must outlive this.
  explicit ViewRequests(Doorbell& bell) : bell_(bell) {}

  // Waits for the answer, at most `limit`. No moment: the snapshot of now, which may be null.
  Answer Ask(std::optional<EventTime> moment, absl::Duration limit);

  // Answers the oldest request, if there is one. False: there was none.
  bool Serve(const std::function<Answer(std::optional<EventTime>)>& answer);

  // Waits for `limit`, whatever the bell does; who asks ends it, and Refuse does.
  void Rest(absl::Duration limit);

  // From now on every request is refused, those that wait too.
  void Refuse();

 private:
  struct Request {
    std::optional<EventTime> moment;
    std::optional<Answer> answer;
  };

  Doorbell& bell_;
  const SystemClock clock_;  // who asks waits in real time
  Mutex mutex_;
  ConditionVariable asked_;
  ConditionVariable answered_;
  std::deque<std::shared_ptr<Request>> requests_ ABSL_GUARDED_BY(mutex_);
  bool refusing_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace takt
