// From the order in which things happened to the order in which they arrive: some late, some twice,
// some garbage.
//
// Threads: one owner. Memory: the events that are still on their way.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <tuple>
#include <vector>

#include "engine/traffic/random.h"
#include "engine/traffic/sales_event.h"

namespace takt {

struct DisorderOptions {
  uint64_t seed = 1;
  double late_share = 0;       // of events: 2 minutes to an hour; a tenth of them up to 30 days
  double duplicate_share = 0;  // of events: delivered a second time, some minutes later
  double garbage_share = 0;    // of records: spoilt copies of events under ids of their own
};

struct Delivery {
  EventTime arrival;
  SalesEvent event;
};

class Disorder {
 public:
  // `next` gives events by ascending time, without end; it must outlive this.
  Disorder(const DisorderOptions& options, std::function<SalesEvent()> next);

  Delivery Next();

  struct Counts {
    uint64_t records = 0;
    uint64_t late = 0;
    uint64_t duplicates = 0;
    uint64_t garbage = 0;
  };
  const Counts& counts() const { return counts_; }

 private:
  struct Waiting {
    EventTime arrival;
    uint64_t sequence = 0;
    SalesEvent event;
    bool operator>(const Waiting& other) const {
      return std::tie(arrival, sequence) > std::tie(other.arrival, other.sequence);
    }
  };
  void Admit(SalesEvent event);
  void Enqueue(EventTime arrival, SalesEvent event);

  const DisorderOptions options_;
  const std::function<SalesEvent()> next_;
  Random random_;
  std::priority_queue<Waiting, std::vector<Waiting>, std::greater<>> waiting_;
  EventTime heard_;  // every event before this time was taken from `next_`
  uint64_t sequence_ = 0;
  Counts counts_;
};

}  // namespace takt
