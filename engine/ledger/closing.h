// Closings: what the last change of a history does to facts at outcomes and at the creation, made short.
// A deal that is won, lost or opened again, or whose amount is corrected afterwards, has one such moment
// of each kind, and when it lies follows from the end of its rows; so no life is derived. Terms that ask
// for more than such plain moments are made the general way (ledger/deriver.h), and both give the same
// deltas.
//
// Threads: one owner; its scratch memory is reused. Cost: O(changes of the entity) for the rows, once a
// change, and some 20 ns for each term.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/ledger/group_memo.h"
#include "engine/ledger/plan.h"
#include "engine/ledger/track.h"

namespace takt {

// Works out which terms are plain, and whether all that follow from how histories end are; what
// PlanEdits (ledger/edit.h) says of `plan` must stand.
void PlanClosings(ObjectPlan& plan);

// A change that comes after all of an entity's history.
struct Addition {
  const ObjectPlan& object;
  Symbol id = 0;              // of the entity
  absl::string_view history;  // packed
  const ChangeList& added;    // the change alone
};

class Closer {
 public:
  // Both must outlive it.
  Closer(GroupMemo& memo, const SymbolTable& symbols) : memo_(memo), symbols_(symbols) {}

  // Must be called for each addition before what it does is asked.
  void Forget() { found_ = false; }
  // Appends what a patch that is later than all of a history, which is there and knows no delete, and
  // does not touch the creation, does to the facts of `term`, a plain one. False: it is not sure what, and
  // what was appended is not all.
  bool Apply(const Addition& addition, const TermPlan& term, DeltaBatch& deltas);

 private:
  struct End {  // of the history, without the last change or with it
    int rows = 0;
    int kind = -1;      // of the stage
    int64_t since = 0;  // when it came from another kind
  };
  struct Fact {
    MomentId moment = 0;
    int64_t time = 0;  // when that occurred
    int64_t date = 0;
    int sign = 1;
  };

  void FindEnds(const Addition& addition);
  End EndOf(int rows) const;
  int64_t TimeOf(MomentId moment, const End& end) const;
  int RowAt(int64_t time, const End& end) const;
  bool AddFacts(const TermPlan& term, const End& end, int sign, DeltaBatch& deltas);
  bool AddFact(const TermPlan& term, const End& end, const Fact& fact, DeltaBatch& deltas);

  GroupMemo& memo_;
  const SymbolTable& symbols_;
  bool found_ = false;  // what follows
  const ObjectPlan* object_ = nullptr;
  Symbol id_ = 0;
  ChangeList list_;
  std::vector<uint32_t> order_;
  Track track_;
  int64_t created_ = kNull;
  End before_;
  End after_;
};

}  // namespace takt
