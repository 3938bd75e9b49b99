// How KPIs came to where they are: their values of the last weeks, day by day, and at the beginning of
// their window, by today's knowledge. /api/v1/trend gives it to the board's small curves.
//
//   {"now":"...", "at":["...", ...],
//    "series":[{"series":"sales_company_win_ratio","labels":{"window":"28d"},
//               "values":[0.2, null, ...],"before":0.19,"before_at":"..."}]}
//
// `at` are the last 28 days at the present time of day, oldest first, without now itself. `before` is the
// value as of the last moment before the window began, so the same window one length earlier, and
// for series without a window that of the first of `at`. Null: a value that is not defined, or not yet
// computed; a window without a begin ("last 100"). Families split by a dimension, and bounds, are
// left out.
//
// Every moment is one evaluation on the view's thread, some milliseconds, so the evaluated snapshots
// are kept for 30 s and shared by all who ask; one call evaluates for at most a second, the next one
// goes on. Bounds: a million samples are kept (fewer days where a snapshot is large), and one moment for
// each exported window.
//
// Threads: any. While one thread evaluates, others get what there is.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"
#include "engine/definition/definition.h"
#include "engine/kpi/select.h"
#include "engine/kpi/snapshot.h"

namespace takt {

class Trend {
 public:
  using Ask = std::function<absl::StatusOr<std::shared_ptr<const Snapshot>>(EventTime)>;
  Trend(Ask ask, const Clock& clock) : ask_(std::move(ask)), clock_(clock) {}

  // `current`: the snapshot of now, of `definition`; null while now is not defined.
  std::string Render(const Definition& definition, const std::shared_ptr<const Snapshot>& current,
                     const Selection& selection);

 private:
  struct Point {
    EventTime at;
    std::shared_ptr<const Snapshot> snapshot;  // null: not yet evaluated, or it could not be
    bool asked = false;
  };
  struct Kept {
    const Definition* definition = nullptr;  // compared alone: another one starts anew
    EventTime now;
    absl::Duration made;                  // on the monotonic clock
    std::vector<Point> days;              // oldest first
    std::map<std::string, Point> before;  // by window
  };
  class Text;

  Kept Prepared(const Definition& definition, const Snapshot& current, const Snapshot& selected);
  void Evaluate(Kept& kept);

  const Ask ask_;
  const Clock& clock_;
  Mutex mutex_;
  bool evaluating_ ABSL_GUARDED_BY(mutex_) = false;
  Kept kept_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace takt
