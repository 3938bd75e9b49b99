#include "engine/ledger/track.h"

#include <algorithm>
#include <utility>

namespace takt {
namespace {

// The value of a field in a row. A value of another type than the field's is read as null.
int64_t CellOf(const StoredField& field, bool is_text) {
  switch (field.kind) {
    case ValueKind::kNull:
      return kNull;
    case ValueKind::kInteger:
      return is_text ? kNull : std::max(field.value, kNull + 1);
    case ValueKind::kText:
      return is_text ? field.value : kNull;
  }
  return kNull;
}

// What a change's fields say, put into a row. True: none of them is one that decides the stage, what
// pipeline it is of or how probable it is.
bool FillRow(const ObjectPlan& plan, absl::Span<const StoredField> fields, int64_t* row) {
  bool stays = true;
  for (const StoredField& field : fields) {
    const Column column = field.field < plan.columns.size() ? plan.columns[field.field] : kNoColumn;
    if (column >= 0) row[column] = CellOf(field, plan.text_columns[column]);
    stays &= field.field != kStageField && field.field != kPipelineField &&
             field.field != kProbabilityField;
  }
  return stays;
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
    FillRow(plan, list.FieldsOf(change), row);
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

void WalkEnd(const ObjectPlan& plan, const ChangeList& list, TrackEnd& end) {
  const size_t columns = static_cast<size_t>(plan.column_count);
  const size_t last = list.changes.size() - 1;
  const bool staged = !plan.stages.empty();
  end.before.values.resize(columns);
  end.after.values.resize(columns);
  int64_t* const before = end.before.values.data();
  int64_t* const after = end.after.values.data();
  const int64_t* const null_row = plan.null_row.data();
  std::copy(null_row, null_row + columns, before);
  for (size_t i = 0; i < last; ++i) {
    if (list.changes[i].kind == ChangeKind::kRecord)
      std::copy(null_row, null_row + columns, before);
    FillRow(plan, list.FieldsOf(list.changes[i]), before);
  }
  const StoredChange& added = list.changes[last];
  const bool whole = added.kind == ChangeKind::kRecord;
  std::copy(whole ? null_row : before, (whole ? null_row : before) + columns, after);
  const bool stays = FillRow(plan, list.FieldsOf(added), after) && !whole;
  end.before.place = staged ? PlaceRow(plan, before) : -1;
  end.after.place = end.before.place;
  if (!staged) return;
  if (!stays) {
    end.after.place = PlaceRow(plan, after);
    return;
  }
  after[plan.columns[kPipelineField]] = before[plan.columns[kPipelineField]];
  after[plan.columns[kProbabilityField]] = before[plan.columns[kProbabilityField]];
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
    uint32_t member;
    int64_t created_at;
    int64_t first_record;
  };
  absl::InlinedVector<Member, 4> members;
  Member* member = nullptr;
  for (const uint32_t at : order) {
    const StoredChange& change = list.changes[at];
    if (member == nullptr || member->member != change.member) {
      member = std::find_if(members.begin(), members.end(),
                            [&](const Member& one) { return one.member == change.member; });
      if (member == members.end())
        member = &members.emplace_back(Member{change.member, kNull, kNull});
    }
    if (change.kind == ChangeKind::kRecord) {
      member->created_at = kNull;
      if (member->first_record == kNull) member->first_record = change.time.micros;
    }
    for (const StoredField& field : list.FieldsOf(change)) {
      if (field.field == kCreatedAtField) member->created_at = CellOf(field, false);
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
