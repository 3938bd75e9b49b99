// A load of deals for benchmarks: a number of open deals, and changes of them by a skewed choice.
//
// First every deal once (a record with stage, amount and owner), then, without end, changes of deals
// chosen by a Zipf law with exponent 0.8 and a flattened head: 30 % move to another stage, 0.5 %
// change hands, the rest edit the amount. 10 % of the changes are up to an hour late, 1 % up to 30
// days, 2 % are duplicates. One move in twenty closes a deal, and the next move opens it again, so
// most deals stay open.
//
// Equal options give equal events. Threads: one owner. Memory: 2 bytes per deal.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/model/event_time.h"
#include "engine/traffic/random.h"
#include "engine/traffic/sales_event.h"

namespace takt {

struct DealLoadOptions {
  uint64_t seed = 1;
  uint64_t deals = 1'000'000;
  EventTime start;
};

class DealLoad {
 public:
  explicit DealLoad(const DealLoadOptions& options);
  SalesEvent Next();

 private:
  SalesEvent First();
  SalesEvent Change();
  uint64_t ZipfDeal();
  EventTime When();

  const DealLoadOptions options_;
  Random random_;
  uint64_t made_ = 0;
  std::vector<uint8_t> stages_;
  SalesEvent last_;
};

}  // namespace takt
