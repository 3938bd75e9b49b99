// The life of one entity as rows: what every followed field held after each change, in the order of
// the history, and the stage it was in. "As of t" is the last row dated at or before t; before the
// first row that one is taken for it (ledger/life.h).
//
// The first rows of a longer track are the track of a shorter history, so one walk serves the
// history before and after a change that came last.
//
// Threads: one owner. Meant to be filled again and again. Cost: about 10 ns per change and column.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "engine/ledger/plan.h"
#include "engine/model/history.h"

namespace takt {

struct Track {
  std::vector<int64_t> times;   // microseconds
  std::vector<int16_t> places;  // stages
  std::vector<int64_t> values;  // row by row; pipeline and probability as they take effect
  int columns = 0;

  const int64_t* Row(int row) const { return values.data() + static_cast<size_t>(row) * columns; }
};

// Changes in their order, as places in `list.changes`.
using ChangeOrder = absl::Span<const uint32_t>;

void Walk(const ObjectPlan& plan, const ChangeList& list, ChangeOrder order, Track& track);

// The value of a field in a row. A value of another kind than the column's is read as null.
inline int64_t CellOf(const StoredField& field, ValueKind kind) {
  return field.kind == kind ? std::max(field.value, kNull + 1) : kNull;
}
inline void FillCell(const ObjectPlan& plan, const StoredField& field, int64_t* row) {
  const Column column = field.field < plan.columns.size() ? plan.columns[field.field] : kNoColumn;
  if (column >= 0) row[column] = CellOf(field, plan.column_kinds[column]);
}

// Says what pipeline and probability are where the fields leave it to the stage. The place of the stage.
int PlaceRow(const ObjectPlan& plan, int64_t* row);

// The last row of a track, and the one after a change that comes at the end.
struct TrackEnd {
  struct End {
    std::vector<int64_t> values;
    int place = -1;
  };
  End before;  // of no change: all null
  End after;
  Mask touched = 0;  // by a patch: in what the two differ (kStageKindBit); by a record everything
  size_t count = 0;  // of changes before
  EventTime time;    // of the last of them
  bool erases = false;  // one of them is a delete or an undelete
  bool knows = false;   // one of them has the identity of the change that comes
};

// Of a packed history, and the only change of `added`, a patch or a record. Nothing is unpacked.
// Cost: O(bytes of the history).
void WalkEnd(const ObjectPlan& plan, absl::string_view history, const ChangeList& added,
             TrackEnd& end);

// Whether the entity's own changes end with it deleted.
bool EndsDeleted(const ChangeList& list, ChangeOrder order);

// The creation, kNull without one: of each member the latest created_at, else its first record; of
// those the earliest.
int64_t CreationOf(const ChangeList& list, ChangeOrder order);

// The id in the latest merged_into of the entity's own changes; nothing when it is null or empty.
int64_t MergedIntoOf(const ChangeList& list, ChangeOrder order, const SymbolTable& symbols);

}  // namespace takt
