// The ledgers of several workers as one: changes go to their owners, hand-overs are delivered in
// the order of each pair of workers (which pair comes first is drawn at random), and all deltas are
// summed into plain maps.
//
// Threads: one. The definition must outlive it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "engine/ledger/ledger.h"

namespace takt {

struct Sums {
  std::map<std::pair<uint32_t, Minute>, int64_t> sums;
  std::map<std::tuple<uint32_t, Minute, int64_t>, int64_t> durations;
  std::map<std::tuple<uint32_t, int64_t, uint64_t, bool>, int64_t> outcomes;

  void Add(const DeltaBatch& batch);
  bool empty() const { return sums.empty() && durations.empty() && outcomes.empty(); }
  friend bool operator==(const Sums&, const Sums&) = default;
};
void PrintTo(const Sums& sums, std::ostream* out);

class Fleet {
 public:
  explicit Fleet(const Definition& definition, int workers = 1, uint32_t seed = 1);

  Applied Apply(const Change& change);  // and delivers all that follows
  void Apply(const std::vector<Change>& changes);
  // Without delivering, for tests that let hand-overs wait.
  Applied ApplyOnly(const Change& change);
  void DeliverSome(int count);
  void DeliverAll();

  const Sums& sums() const { return sums_; }
  Sums FoldAgain() const;
  // One entry per entity, whatever the number of ledgers.
  std::map<std::pair<ObjectId, std::string>, std::string> Histories() const;
  LedgerState State() const;
  LedgerCounts Counts() const;
  Ledger& ledger(int worker) { return ledgers_[worker]; }

  // Of a row: the sum of facts dated in [from, to); at the end of time without a range.
  int64_t Sum(RowId row, EventTime from, EventTime to) const;
  int64_t LevelAt(RowId row, EventTime time) const;  // facts up to and with the minute of `time`
  int64_t DurationCount(RowId row) const;
  int64_t DurationSum(RowId row) const;  // microseconds

 private:
  void Route(int from, std::vector<HandOver>& outbox);

  const Definition& definition_;
  std::vector<Ledger> ledgers_;
  std::map<std::pair<int, int>, std::deque<HandOver>> queues_;
  Sums sums_;
  std::mt19937 random_;
};

}  // namespace takt
