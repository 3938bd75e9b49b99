#include "engine/ledger/track.h"

#include <algorithm>
#include <utility>

namespace takt {

int PlaceRow(const ObjectPlan& plan, int64_t* row) {
  int64_t& pipeline = row[plan.pipeline_column];
  int64_t& probability = row[plan.probability_column];
  const int place = plan.PlaceOf(row[plan.stage_column], pipeline);
  if (place < 0) return place;
  const ObjectPlan::StagePlan& stage = plan.stages[place];
  if (pipeline == kNull) pipeline = stage.pipeline;
  if (probability == kNull) probability = stage.probability;
  return place;
}

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
      row[plan.pipeline_column] = pipeline;
      row[plan.probability_column] = probability;
    }
    for (const StoredField& field : list.FieldsOf(change)) FillCell(plan, field, row);
    track.times[i] = change.time.micros;
    track.places[i] = -1;
    if (staged) {
      pipeline = row[plan.pipeline_column];
      probability = row[plan.probability_column];
      track.places[i] = static_cast<int16_t>(PlaceRow(plan, row));
    }
    previous = row;
  }
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
