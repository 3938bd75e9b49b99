// A tap on the readers: records as they come, and what Decode, Map and Check made of each, for somebody
// who watches. It holds nobody up: closed it costs one relaxed load a record; open, what is beyond its
// rate or its memory is left out and counted.
//
// It opens with the first question and closes by itself when nobody asks for ten seconds. One watcher
// at a time: the latest question's filter decides what is kept, and another filter begins with nothing.
//
// Threads: Offer from any reader, Take from any. Bounds: 200 records a second, 1,000 kept, 4 KiB of
// each value.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"
#include "engine/journal/source_place.h"
#include "engine/model/change.h"
#include "engine/model/reason.h"
#include "engine/pipeline/record.h"

namespace takt {

struct TappedRecord {
  uint64_t number = 0;  // ascending, without gaps but for what was left out
  SourcePlace place;
  std::string value;  // its beginning
  bool is_cut = false;
  bool filtered = false;
  std::optional<Rejection> rejection;
  std::vector<std::string> changes;  // encoded (model/change_codec.h)
};

struct TapQuestion {
  uint64_t after = 0;              // number of the last record that was seen
  std::optional<ObjectId> object;  // records with a change of this object alone
  std::string id;                  // and of this entity; empty: of any
  int limit = 100;
};

struct TapPage {
  std::vector<TappedRecord> records;
  uint64_t next = 0;  // `after` of the next question
  uint64_t left_out =
      0;  // since the tap was opened: beyond the rate, or forgotten before they were asked for
};

struct TapOffer {
  absl::string_view source;
  const Record& record;
  absl::Span<const Change> changes;
  const Rejection* rejection = nullptr;
};

class Tap {
 public:
  bool IsOpen() const { return is_open_.load(std::memory_order_relaxed); }
  void Offer(const TapOffer& offer);
  TapPage Take(const TapQuestion& question);

 private:
  bool Wants(const TapOffer& offer) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const SystemClock clock_;  // who watches watches in real time
  std::atomic<bool> is_open_{false};
  Mutex mutex_;
  absl::Duration asked_ ABSL_GUARDED_BY(mutex_);
  absl::Duration second_ ABSL_GUARDED_BY(mutex_);  // that `taken_` counts
  int taken_ ABSL_GUARDED_BY(mutex_) = 0;
  std::optional<ObjectId> object_ ABSL_GUARDED_BY(mutex_);
  std::string id_ ABSL_GUARDED_BY(mutex_);
  uint64_t last_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t left_out_ ABSL_GUARDED_BY(mutex_) = 0;
  std::deque<TappedRecord> kept_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace takt
