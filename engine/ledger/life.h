// An entity's life, derived from its rows and from what linked entities handed to it: occurrences
// of its moments, visits of stages, stages reached, and when states held.
//
// Threads: one owner. Meant to be filled again and again: after warming up nothing is allocated.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "engine/ledger/linked.h"
#include "engine/ledger/plan.h"
#include "engine/ledger/track.h"

namespace takt {

struct Occurrence {
  int64_t time = 0;
  int32_t origin = -1;  // place in LinkedList::occurrences; -1: the entity's own
  friend bool operator==(const Occurrence&, const Occurrence&) = default;
};

struct Visit {  // one stay in one stage
  int place = 0;
  int64_t entered = 0;
  int64_t left = kNull;  // kNull: it has not ended
  int64_t exit = kNull;  // symbol
};

struct Reach {  // one stage of the last pipeline at or below the furthest rank
  int place = 0;
  int64_t entered = 0;
  int64_t passed = kNull;
  bool visited = false;
  bool next_visited = false;
};

struct Interval {  // [begin, end), microseconds
  int64_t begin = 0;
  int64_t end = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

// What a life is derived from.
struct LifeInput {
  const ObjectPlan* plan = nullptr;
  const Track* track = nullptr;
  int rows = 0;        // the first rows of the track
  bool alive = false;  // there are rows, and it is not deleted nor merged into another
  int64_t created = kNull;
  const LinkedList* linked = nullptr;
  uint64_t id_hash = 0;
};

struct Life {
  LifeInput input;
  std::vector<Visit> visits;
  std::vector<Reach> reaches;

  void Derive(const LifeInput& from, const Plan& plan, const SymbolTable& symbols);

  absl::Span<const Occurrence> OccurrencesOf(MomentId moment) const {
    const auto [begin, end] = ranges_[moment];
    return absl::MakeConstSpan(occurrences_).subspan(begin, end - begin);
  }
  // Time of the first one, kNull without any.
  int64_t FirstOf(MomentId moment) const {
    const auto [begin, end] = ranges_[moment];
    return begin == end ? kNull : occurrences_[begin].time;
  }
  // When a state held, in order. Found when first asked for.
  const std::vector<Interval>& IntervalsOf(StateId state) const;

  // The last row dated at or before `time`; -1 before the first. Nothing was known then, and the
  // first row is the best that is known of it: an entity may have been created, or contacted, before
  // the first change that was read of it.
  int RowAt(int64_t time) const;
  const int64_t* ValuesOf(int row) const { return input.track->Row(std::max(row, 0)); }
  int PlaceOf(int row) const { return input.track->places[std::max(row, 0)]; }
  // The first row of another time after `row`, or the number of rows.
  int NextRow(int row) const;

 private:
  void FindVisits(const ExitSymbols& exits);
  void FindReaches();
  void FindMoments(const SymbolTable& symbols);
  void FindMoment(const MomentPlan& moment);
  void AddOutcome(const Moment& moment);
  void AddFieldBeginnings(const MomentPlan& moment);
  void AddLinked(const MomentPlan& moment);
  void Add(int64_t time, int32_t origin = -1) { occurrences_.push_back({time, origin}); }
  bool PassesAt(const Conditions& conditions, int64_t time) const;
  bool Holds(const StatePlan& state, int row) const;
  void FindIntervals(const StatePlan& state, std::vector<Interval>& found) const;
  void SortAndPick(size_t begin, Pick pick, const SymbolTable& symbols);

  std::vector<Occurrence> occurrences_;
  std::vector<std::pair<uint32_t, uint32_t>> ranges_;  // by MomentId
  struct Held {
    bool known = false;
    std::vector<Interval> intervals;
  };
  mutable std::vector<Held> states_;  // by StateId
};

// Later by `add`, staying within what 64 bits hold.
int64_t LaterBy(int64_t micros, int64_t add);

}  // namespace takt
