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
    for (const StoredField& field : list.FieldsOf(change)) {
      const Column column =
          field.field < plan.columns.size() ? plan.columns[field.field] : kNoColumn;
      if (column >= 0) row[column] = CellOf(field, plan.text_columns[column]);
    }
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
  std::vector<int64_t>& said = end.after.values;  // as fields say, until the stage is asked
  said = plan.null_row;
  const bool staged = !plan.stages.empty();
  const size_t last = list.changes.size() - 1;
  end.before.place = end.after.place = -1;
  for (size_t i = 0; i <= last; ++i) {
    if (i == last) {
      end.before.values = said;
      if (staged) end.before.place = PlaceRow(plan, end.before.values.data());
    }
    const StoredChange& change = list.changes[i];
    if (change.kind == ChangeKind::kRecord) said = plan.null_row;
    for (const StoredField& field : list.FieldsOf(change)) {
      const Column column =
          field.field < plan.columns.size() ? plan.columns[field.field] : kNoColumn;
      if (column >= 0) said[column] = CellOf(field, plan.text_columns[column]);
    }
  }
  if (staged) end.after.place = PlaceRow(plan, said.data());
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
