#include "engine/ledger/track.h"

#include <algorithm>
#include <utility>

#include "engine/model/packed_changes.h"

namespace takt {
namespace {

// The value of a field in a row. A value of another kind than the column's is read as null.
int64_t CellOf(const StoredField& field, ValueKind kind) {
  return field.kind == kind ? std::max(field.value, kNull + 1) : kNull;
}

inline void FillCell(const ObjectPlan& plan, const StoredField& field, int64_t* row) {
  const Column column = field.field < plan.columns.size() ? plan.columns[field.field] : kNoColumn;
  if (column >= 0) row[column] = CellOf(field, plan.column_kinds[column]);
}

// Says what pipeline and probability are where the fields leave it to the stage.
int PlaceRow(const ObjectPlan& plan, int64_t* row) {
  int64_t& pipeline = row[plan.columns[kPipelineField]];
  int64_t& probability = row[plan.columns[kProbabilityField]];
  const int place = plan.PlaceOf(row[plan.columns[kStageField]], pipeline);
  if (place < 0) return place;
  if (pipeline == kNull) pipeline = plan.stages[place].pipeline;
  if (probability == kNull) probability = plan.object->stages[place].probability_millionths;
  return place;
}

// The row after a change that comes last, and the place of the one before, which holds what fields
// say. A patch of other fields than those that a stage is known by leaves the entity where it is.
void AddRow(const ObjectPlan& plan, ChangeKind kind, absl::Span<const StoredField> fields,
            TrackEnd& end) {
  int64_t* const before = end.before.values.data();
  int64_t* const after = end.after.values.data();
  const int64_t* const from = kind == ChangeKind::kRecord ? plan.null_row.data() : before;
  std::copy(from, from + plan.column_count, after);
  bool stays = kind != ChangeKind::kRecord;
  for (const StoredField& field : fields) {
    FillCell(plan, field, after);
    stays &= field.field < kStageField || field.field > kProbabilityField;
  }
  end.before.place = end.after.place = -1;
  if (plan.stages.empty()) return;
  end.before.place = PlaceRow(plan, before);
  if (!stays) {
    end.after.place = PlaceRow(plan, after);
    return;
  }
  end.after.place = end.before.place;
  after[plan.columns[kPipelineField]] = before[plan.columns[kPipelineField]];
  after[plan.columns[kProbabilityField]] = before[plan.columns[kProbabilityField]];
}

}  // namespace

void Walk(const ObjectPlan& plan, const ChangeList& list, ChangeOrder order, Track& track) {
  const size_t columns = static_cast<size_t>(plan.column_count);
  track.columns = plan.column_count;
  track.times.resize(order.size());
  track.places.resize(order.size());
  track.values.resize(order.size() * columns);
  const bool staged = !plan.stages.empty();
  int64_t pipeline = kNull;  // as the fields say, before the stage is asked
  int64_t probability = kNull;
  const int64_t* previous = plan.null_row.data();
  for (size_t i = 0; i < order.size(); ++i) {
    const StoredChange& change = list.changes[order[i]];
    int64_t* row = track.values.data() + i * columns;
    if (change.kind == ChangeKind::kRecord) previous = plan.null_row.data();
    std::copy(previous, previous + columns, row);
    if (staged && change.kind != ChangeKind::kRecord) {
      row[plan.columns[kPipelineField]] = pipeline;
      row[plan.columns[kProbabilityField]] = probability;
    }
    for (const StoredField& field : list.FieldsOf(change)) FillCell(plan, field, row);
    track.times[i] = change.time.micros;
    track.places[i] = -1;
    if (staged) {
      pipeline = row[plan.columns[kPipelineField]];
      probability = row[plan.columns[kProbabilityField]];
      track.places[i] = static_cast<int16_t>(PlaceRow(plan, row));
    }
    previous = row;
  }
}

void WalkEnd(const ObjectPlan& plan, absl::string_view history, const ChangeList& added,
             TrackEnd& end) {
  const size_t columns = static_cast<size_t>(plan.column_count);
  const int64_t* const null_row = plan.null_row.data();
  const StoredChange& last = added.changes.front();
  end.before.values.resize(columns);
  end.after.values.resize(columns);
  int64_t* const before = end.before.values.data();
  std::copy(null_row, null_row + columns, before);
  end.count = 0;
  end.erases = end.knows = false;
  PackedChanges packed(history);
  StoredChange change;
  StoredField field;
  while (packed.Next(&change)) {
    ++end.count;
    end.erases |= change.kind == ChangeKind::kDelete || change.kind == ChangeKind::kUndelete;
    end.knows |= last.identity != 0 && change.identity == last.identity;
    if (change.kind == ChangeKind::kRecord) std::copy(null_row, null_row + columns, before);
    while (packed.NextField(&field)) FillCell(plan, field, before);
  }
  end.time = change.time;  // EventTime{} of none
  AddRow(plan, last.kind, added.FieldsOf(last), end);
}

bool EndsDeleted(const ChangeList& list, ChangeOrder order) {
  for (auto at = order.rbegin(); at != order.rend(); ++at) {
    const StoredChange& change = list.changes[*at];
    if (change.member != 0) continue;
    switch (change.kind) {
      case ChangeKind::kPatch:
        break;
      case ChangeKind::kRecord:
      case ChangeKind::kUndelete:
        return false;
      case ChangeKind::kDelete:
        return true;
    }
  }
  return false;
}

int64_t CreationOf(const ChangeList& list, ChangeOrder order) {
  struct Member {
    int64_t created_at = kNull;
    int64_t first_record = kNull;
  };
  absl::InlinedVector<Member, 4> members;  // by number
  for (const uint32_t at : order) {
    const StoredChange& change = list.changes[at];
    if (change.member >= members.size()) members.resize(change.member + 1);
    Member* const member = &members[change.member];
    if (change.kind == ChangeKind::kRecord) {
      member->created_at = kNull;
      if (member->first_record == kNull) member->first_record = change.time.micros;
    }
    for (const StoredField& field : list.FieldsOf(change)) {
      if (field.field == kCreatedAtField) member->created_at = CellOf(field, ValueKind::kInteger);
      if (field.field >= kCreatedAtField) break;
    }
  }
  int64_t created = kNull;
  for (const Member& member : members) {
    const int64_t own = member.created_at != kNull ? member.created_at : member.first_record;
    if (own != kNull && (created == kNull || own < created)) created = own;
  }
  return created;
}

int64_t MergedIntoOf(const ChangeList& list, ChangeOrder order, const SymbolTable& symbols) {
  for (auto at = order.rbegin(); at != order.rend(); ++at) {
    const StoredChange& change = list.changes[*at];
    if (change.member != 0) continue;
    for (const StoredField& field : list.FieldsOf(change)) {
      if (field.field != kMergedIntoField) break;
      if (field.kind != ValueKind::kText) return kNull;
      return symbols.Text(static_cast<Symbol>(field.value)).empty() ? kNull : field.value;
    }
    if (change.kind == ChangeKind::kRecord) return kNull;
  }
  return kNull;
}

}  // namespace takt
