// Edits: the everyday change, made short. A patch that touches none of its entity's moments can only
// move what levels weigh and which groups they count in, from its time on until later changes say
// otherwise; what comes before all else of an entity (its first record, or a late patch of it) can
// only begin levels, if nothing counts its creation. What comes last may also win, lose or open again,
// if all that counts it is plain (ledger/closing.h). So rows are compared, and no life is derived; nearly
// all changes of deals are such. What an edit is, is decided by masks that are worked out with the plan;
// whatever is not surely one goes the general way (ledger/deriver.h), and both give the same deltas.
//
// Threads: one owner; its scratch memory is reused. The plan must outlive it. Cost: O(changes of the
// entity) for the rows, and some 20 ns for each level and row that is touched.
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
  struct Piece {  // of a segment, in which groups stay
    int64_t from = 0;
    int64_t until = kNever;
    Minute begin = 0;  // the minutes of both
    Minute end = kMinuteMax;
    const FoundGroups* groups = nullptr;
  };

  static Mask TouchedColumns(const ObjectPlan& object, const Segment& segment);
  // Unless its sides are the same.
  void AddSegment(const ObjectPlan& object, const Segment& segment);
  void Begin(EventTime time);
  void AddSegments(const ObjectPlan& object, const ChangeList& list, const Placement& placement);
  bool CreationMayFollow(const ObjectPlan& object, const ChangeList& list) const;
  bool ApplySegments(const ObjectPlan& object, const ChangeList& list, DeltaBatch& deltas);
  // Whether the entity is, before the edit or after it, in a stage of these kinds.
  bool IsIn(const ObjectPlan& object, uint32_t stage_kinds) const;
  // What the edit does to terms of facts at moments. False: it is no edit, and something may have been
  // appended.
  bool ApplyToDated(const ObjectPlan& object, DeltaBatch& deltas);
  void ApplyToLevel(const ObjectPlan& object, const TermPlan& term, const Segment& segment,
                    DeltaBatch& deltas);
  int64_t LevelValue(const ObjectPlan& object, const TermPlan& term, const Side& side) const;
  // Of one side from the piece's begin on; the piece then ends where they may be others. Good until
  // the next call.
  const FoundGroups& FindGroups(const ObjectPlan& object, const TermPlan& term, const Side& side,
                                Piece& piece);
  static void Add(const Piece& piece, const TermPlan& term, int64_t amount, DeltaBatch& deltas);

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
  FoundGroups before_groups_;
  struct Asked {
    const int64_t* values = nullptr;
    int64_t from = 0;
    uint16_t shape = 0;
    friend bool operator==(const Asked&, const Asked&) = default;
  };
  Asked asked_;  // of this edit last; neighbouring levels mostly ask alike
  const FoundGroups* found_ = nullptr;
};

}  // namespace takt
