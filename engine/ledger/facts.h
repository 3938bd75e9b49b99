// Facts: what one life adds to the cells of one term, each fact a signed integer with a date. A
// pure function of the life; folding a change means adding the facts of the life after it and
// taking those of the life before it.
//
// What is "as of the moment" (conditions, dimensions) is so by time: everything dated at or before
// it has happened. A fact that is dated by another moment is credited as of that moment, so that
// parts and whole of a cohort fall into one group.
//
// Threads: one owner. Bounds: dates are clamped to what minutes can count. Cost: a few nanoseconds
// per occurrence, group set and dimension.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "engine/cells/delta.h"
#include "engine/ledger/life.h"
#include "engine/ledger/plan.h"

namespace takt {

struct FactList {
  DeltaBatch deltas;
  int64_t negative_durations = 0;  // facts left out because they would be below zero

  void clear() {
    deltas.clear();
    negative_durations = 0;
  }
};

// What a fact is about: the entity, a visit or a reach.
struct FactRow {
  bool is_entity = true;
  int place = -1;                                        // the row's own stage
  int64_t times[2] = {kNull, kNull};                     // its two moments
  int64_t attributes[4] = {kNull, kNull, kNull, kNull};  // by -2 - column
};

using RowIds = absl::InlinedVector<RowId, 8>;      // one per group set
using GroupIds = absl::InlinedVector<GroupId, 8>;  // likewise

struct FoundGroups {
  GroupIds groups;
  Validity valid;  // only ever narrowed
};
void FindGroupsAt(const DimensionTables& tables, const GroupPlan& groups,
                  const DimensionInput& input, FoundGroups& found);

// amount x weight / 1000000, rounded half away from zero, clamped to 64 bits.
int64_t Weighted(int64_t amount, int64_t weight_millionths);

// What a fact of `term` weighs, given what its measure's two columns hold; kNull: there is none.
inline int64_t WeightOf(const Term& term, int64_t amount, int64_t weight) {
  switch (term.measure.kind) {
    case MeasureKind::kOne:
    case MeasureKind::kStart:
      return 1;
    case MeasureKind::kField:
      return amount;
    case MeasureKind::kWeighted:
      return amount == kNull || weight == kNull ? kNull : Weighted(amount, weight);
  }
  return kNull;
}

class FactMaker {
 public:
  // `plan` must outlive it.
  explicit FactMaker(const Plan& plan) : plan_(plan), calendar_(plan.definition.calendar) {}

  // Must be called before lives that were made are filled anew: what is remembered of them is
  // wrong.
  void Forget();

  // Says that two lives that are to be compared hold the same at all times that are not in `times`
  // (kAlways: they need not). What then surely gives equal facts may be left out of both: other
  // times of a level, visits that had ended.
  static constexpr Interval kAlways = {kNull + 1, kNever};
  void SameOutside(Interval times) { times_ = times; }

  // Adds the facts of `term` for a life to `out`, but for those left out.
  void Make(const TermPlan& term, const Life& life, FactList& out);

  // Visits the occurrences that a term counts of a life, before a second one in a period or a window
  // is left out: each with its moment's place in Term::at and, of terms by `recent`, its rows.
  using VisitCounted = absl::FunctionRef<void(const Occurrence&, uint16_t, const RowIds&)>;
  void ForEachCounted(const TermPlan& term, const Life& life, VisitCounted visit);

 private:
  struct Counted {
    Occurrence at;
    bool success = false;
    int64_t date = 0;  // of the fact
  };
  // The groups that were found for one point of the lives in hand: most terms ask for the same
  // ones.
  struct Remembered {
    const int64_t* values = nullptr;
    const DimensionColumns* columns =
        nullptr;  // links that carry nothing share their values' place
    int place = 0;
    int64_t time = 0;
    uint16_t shape = 0;
    FoundGroups found;
  };
  struct Piece {  // of a level: what one row of cells holds over an interval
    RowId row = 0;
    int64_t value = 0;
    Interval interval;
  };

  void MakeRow(const TermPlan& term, const FactRow& row, FactList& out);
  void MakeVisits(const TermPlan& term, FactList& out);

  // sum_facts.cc: at moments
  void FindCounted(const TermPlan& term, const FactRow& row);
  void AddCounted(const TermPlan& term, const FactRow& row, MomentId moment);
  bool PassesFilters(const TermPlan& term, const FactRow& row, int64_t time) const;
  void KeepFirstInPeriods(Period period);
  void MakeAtMoments(const TermPlan& term, const FactRow& row, FactList& out);
  void MakeDuration(const TermPlan& term, const FactRow& row, const Counted& one,
                    FactList& out) const;
  void MakeOutcome(const Counted& one, FactList& out) const;
  void MakeSum(const TermPlan& term, const FactRow& row, const Counted& one, FactList& out) const;
  void MakePosted(const TermPlan& term, const FactRow& row, const Counted& one,
                  FactList& out) const;
  void MakeRecent(const TermPlan& term, const FactRow& row, FactList& out);
  Interval RecentInterval(const Window& window, Minute minute) const;
  // The rows of cells that an occurrence's fact goes to, into row_ids_.
  void CreditRows(const TermPlan& term, const FactRow& row, const Counted& one);
  void CreditOrigin(const TermPlan& term, const Occurrence& at);

  // level_facts.cc: while states hold
  void MakeLevel(const TermPlan& term, const FactRow& row, FactList& out);
  Interval TimesOf(const TermPlan& term, const FactRow& row) const;
  void MoveLater(CivilSpan span, std::vector<Interval>& intervals) const;
  void AddLevelOver(const TermPlan& term, const FactRow& row, Interval interval, FactList& out);
  int64_t LevelValue(const TermPlan& term, const FactRow& row, int life_row,
                     int64_t held_since) const;
  void ExtendPieces(int64_t value, Interval interval, FactList& out);
  void FlushPieces(FactList& out);

  // Shared.
  bool Passes(const Conditions& conditions, const FactRow& row, int life_row) const;
  int64_t ValueOf(Column column, const FactRow& row, int life_row) const;
  // kNull: no fact.
  int64_t Amount(const TermPlan& term, const FactRow& row, int life_row) const;
  int64_t FirstOf(const FactRow& row, MomentId moment) const;
  void FindRows(const GroupPlan& groups, const DimensionInput& input, int64_t* until);
  void FindGroups(const GroupPlan& groups, const DimensionInput& input, Remembered& found) const;
  DimensionInput InputAt(const FactRow& row, int life_row, int64_t table_time) const;

  const Plan& plan_;
  const Calendar& calendar_;
  const Life* life_ = nullptr;
  Interval times_ = kAlways;
  std::array<Remembered, 8> remembered_;
  RowIds row_ids_;
  std::vector<Counted> counted_;
  std::vector<Piece> pieces_;
  std::vector<Interval> intervals_;
  std::vector<Interval> moved_;
  std::vector<Interval> scratch_;
};

// What MinuteClamped answers of kNever, and of all that is later than minutes can count.
inline constexpr Minute kMinuteOfNever = kMinuteMax - 1;

// The minute of an instant, clamped to what a Minute can be.
inline Minute MinuteClamped(int64_t micros) {
  constexpr int64_t kLeast = (int64_t{kMinuteMin} + 1) * kMicrosPerMinute;
  constexpr int64_t kMost = int64_t{kMinuteOfNever} * kMicrosPerMinute;
  return MinuteOf(std::clamp(micros, kLeast, kMost));
}

// The parts of `a` that lie in `b` too; both sorted and disjoint.
void Intersect(const std::vector<Interval>& a, const std::vector<Interval>& b,
               std::vector<Interval>& both);

}  // namespace takt
