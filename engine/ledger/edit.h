// Edits: the everyday change, made short. A patch that touches none of its entity's moments can only
// move what levels weigh and which groups they count in, from its time on until later changes say
// otherwise; what comes before all else of an entity (its first record, or a late patch of it) can
// only begin levels, if nothing counts its creation. What comes last may also win, lose or open again,
// if all that counts it is plain (ledger/closing.h). So rows are compared, and no life is derived; nearly
// all changes of deals are such. What an edit is, is decided by masks that are worked out with the plan;
// whatever is not surely one goes the general way (ledger/deriver.h), and both give the same deltas.
//
// Threads: one owner; its scratch memory is reused. The plan must outlive it. Cost: O(changes of the
// entity) for the rows; then one look-up of groups for all alike levels that are touched, for each piece
// of time that dated tables cut, and up to two deltas for each of their rows.
#pragma once

#include <cstdint>

#include "engine/ledger/closing.h"
#include "engine/ledger/facts.h"
#include "engine/ledger/group_memo.h"
#include "engine/ledger/placement.h"
#include "engine/ledger/plan.h"
#include "engine/ledger/track.h"

namespace takt {

// Works out the masks of edits; the rest of `plan` must stand.
void PlanEdits(ObjectPlan& plan);

class Editor {
 public:
  Editor(const Plan& plan, const SymbolTable& symbols)
      : changes_max_(plan.definition.changes_per_entity_max),
        memo_(plan.tables),
        closer_(memo_, symbols) {}
  Editor(const Editor&) = delete;
  Editor& operator=(const Editor&) = delete;

  // Both append to `deltas` what a change does to an entity to which nothing is handed and in which
  // there is no merge. False: it is no edit, and nothing was appended.
  //
  // An addition, if its time is after all of its history: then it surely has its place at the end, which
  // is not looked for; nor is the history unpacked, unless outcomes may move.
  bool ApplyLast(const Addition& addition, DeltaBatch& deltas);
  // The last change of `list`, which is new and has its place in the history that all others are, in
  // order, before some of them.
  bool ApplyLate(const ObjectPlan& object, const ChangeList& list, const Placement& placement,
                 DeltaBatch& deltas);

  // The time of the last change of the history that ApplyLast was given last; EventTime{}: it had none.
  EventTime latest() const { return end_.time; }

 private:
  struct Side {
    const int64_t* values = nullptr;  // nullptr: there was nothing
    int place = -1;
  };
  struct Segment {  // of time, in which one row holds before the edit and one after it
    Side before;
    Side after;
    int64_t begin = 0;
    int64_t end = 0;
  };
  struct Stretch {  // of time, in which one row holds
    Side side;
    int64_t begin = 0;
    int64_t end = 0;
  };

  static Mask TouchedColumns(const ObjectPlan& object, const Segment& segment);
  void AddSegments(const ObjectPlan& object, const ChangeList& list, const Placement& placement);
  bool CreationMayFollow(const ObjectPlan& object, const ChangeList& list) const;
  bool Apply(const ObjectPlan& object, const ChangeList& list, absl::Span<const Segment> segments,
             DeltaBatch& deltas);
  // What the edit does to terms of facts at moments, of an entity that is, before the edit or after it,
  // in a stage of these kinds. False: it is no edit, and something may have been appended.
  bool ApplyToDated(const ObjectPlan& object, uint32_t stage_kinds, DeltaBatch& deltas);
  void ApplyToLevels(const ObjectPlan& object, const LevelsPlan& levels, const Segment& segment,
                     DeltaBatch& deltas);
  // Into `amounts_`: what each of the levels weighs more after than before. False: that of one of them
  // is beyond a delta.
  bool FindDifferences(const ObjectPlan& object, const LevelsPlan& levels, const Segment& segment);
  // Adds `amounts_`, one of each level, in the groups of one side over a stretch of time: what begins
  // with it ends with it. It has several pieces where a dated table has rows within it.
  void AddOver(const ObjectPlan& object, const LevelsPlan& levels, const Stretch& stretch,
               DeltaBatch& deltas);

  const size_t changes_max_;
  GroupMemo memo_;
  Closer closer_;
  TrackEnd end_;
  Track before_;
  Track after_;
  std::vector<uint32_t> order_;
  std::vector<Segment> segments_;
  Side end_before_;  // what holds in the end
  Side end_after_;
  bool is_first_ = false;               // nothing comes before it
  bool is_last_ = false;                // nothing comes after it
  const Addition* addition_ = nullptr;  // while a last one is applied
  int64_t time_ = 0;
  Mask touched_ = 0;
  std::vector<int64_t> amounts_;  // by place in LevelsPlan::terms
};

}  // namespace takt
