// What a target holds when very many entities point at it, such as the account of all small
// customers: its entries by their origin, and the occurrences of each linked moment in order.
//
// Most targets hold a few entries, packed beside the entity, and are derived anew from all of them.
// Here that would cost as much per hand-over as all hand-overs before it together. But most of what
// is held stays out of the difference that one entry makes:
//
//   first, latest   are decided by the first and the last occurrence
//   every           each occurrence has facts of its own, the same before and after
//   once in a period or window   its neighbours decide (counted_index.h)
//
// So both sides of a hand-over are derived from a part: the entry that changes, for each linked
// moment the entries of its first and last occurrence among the others, and neighbours. What that
// does not decide is said by the plan (SeeParts) and derived from the whole, as are the target's own
// changes:
//   - a link that tells every occurrence on
//   - facts of every occurrence that are dated or measured by the first of a linked moment, when
//     that first one changes
//
// Of what was merged into the target, kMergedMax histories count: those with the smallest ids, so
// that who came first makes no difference. The others are kept, and counted (MergedBeyond).
//
// Threads: one owner. Cost: Hold and choosing O(log entries + occurrences of the entry), Whole
// O(entries); about 100 bytes per entry with one occurrence.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/strings/string_view.h"
#include "engine/ledger/counted_index.h"
#include "engine/ledger/linked.h"
#include "engine/ledger/plan.h"
#include "engine/model/symbols.h"

namespace takt {

// Finds what of an object's moments and terms a part of what it holds decides.
PartPlan SeeParts(const ObjectPlan& object);

class HotTarget {
 public:
  // All must outlive it.
  HotTarget(const Plan& plan, const ObjectPlan& object, const SymbolTable& symbols);
  HotTarget(const HotTarget&) = delete;
  HotTarget& operator=(const HotTarget&) = delete;

  static constexpr size_t kMergedMax = 1000;

  // Like takt::Hold.
  bool Hold(const HeldKey& key, absl::string_view payload);
  // What `key` handed over; empty: nothing.
  absl::string_view PayloadOf(const HeldKey& key) const;

  // Whether a part decides what a hand-over of `key` changes.
  bool PartDecides(const HeldKey& key) const;
  // Adds the entries beside that of `key` which decide: first and last ones, and neighbours.
  using Keys = std::vector<HeldKey>;
  void ChooseEnds(const HeldKey& key, Keys* chosen) const;
  void ChooseNeighbours(const std::vector<CountedPoint>& points, Keys* chosen) const;
  // Appends these, each once, and what was merged.
  void AppendPart(Keys chosen, std::string* held) const;
  // All entries that count, packed.
  std::string Whole() const;

  // What was merged in by `key` counts, or would.
  bool MergedCounts(const HeldKey& key) const;
  uint64_t MergedBeyond() const { return beyond_.size(); }

  // What is counted of all entries. Null: it must be found anew. Whoever derives the target from the
  // whole says so by ForgetCounted.
  CountedIndex* counted() { return counted_.get(); }
  void SetCounted(const std::vector<CountedPoint>& points);
  void ForgetCounted() { counted_.reset(); }

  uint64_t MemoryBytes() const;

 private:
  struct Point {
    int64_t time = 0;
    Symbol origin = 0;
  };
  struct Earlier {
    const SymbolTable* symbols;
    bool operator()(const Point& a, const Point& b) const {
      if (a.time != b.time || a.origin == b.origin) return a.time < b.time;
      return symbols->Text(a.origin) < symbols->Text(b.origin);
    }
  };
  struct KeyOrder {
    bool operator()(const HeldKey& a, const HeldKey& b) const;
  };
  struct TextOrder {
    const SymbolTable* symbols;
    bool operator()(const HeldKey& a, const HeldKey& b) const {
      return symbols->Text(a.origin) < symbols->Text(b.origin);
    }
  };
  using Merged = absl::btree_map<HeldKey, std::string, TextOrder>;
  struct Source {  // one linked moment: its occurrences that pass
    const MomentPlan* moment = nullptr;
    absl::btree_set<Point, Earlier> points;
  };

  void AddPoints(const HeldKey& key, absl::string_view payload);
  void RemovePoints(const HeldKey& key, absl::string_view payload);
  // Calls `take` with each occurrence of `payload` that a linked moment has, and that moment.
  template <typename Take>
  void ForEachPoint(const HeldKey& key, absl::string_view payload, Take take);

  bool HoldMerged(const HeldKey& key, absl::string_view payload);

  const Plan& plan_;
  const ObjectPlan& object_;
  const SymbolTable& symbols_;
  std::vector<Source> sources_;                              // as in PartPlan::sources
  absl::btree_map<HeldKey, std::string, KeyOrder> entries_;  // of links
  Merged merged_;  // of entities that were merged into the target: those that count
  Merged beyond_;  // and those after them
  std::unique_ptr<CountedIndex> counted_;
  uint64_t payload_bytes_ = 0;
  LinkedList scratch_;
};

}  // namespace takt
