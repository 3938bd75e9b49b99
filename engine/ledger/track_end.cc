// The end of a track, without the track (track.h).
#include <algorithm>
#include <cstring>

#include "absl/base/attributes.h"
#include "engine/ledger/track.h"
#include "engine/model/packed_changes.h"

namespace takt {
namespace {

// Reads a packed history (model/packed_changes.h), whose bytes are trusted: nothing is asked but where a
// varint ends.
class PackedBytes {
 public:
  explicit PackedBytes(absl::string_view bytes)
      : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool AtEnd() const { return at_ == end_; }
  uint8_t Byte() { return static_cast<uint8_t>(*at_++); }
  uint64_t Fixed64() {
    uint64_t value = 0;
    std::memcpy(&value, at_, sizeof(value));
    at_ += sizeof(value);
    return value;
  }
  // Every byte but the last has its eighth bit set, which the next one takes away again.
  ABSL_ATTRIBUTE_ALWAYS_INLINE uint64_t Varint() {
    uint64_t value = Byte();
    if (value < 0x80) return value;
    uint64_t next = Byte();
    value += (next - 1) << 7;
    if (next < 0x80) return value;
    next = Byte();
    value += (next - 1) << 14;
    for (int shift = 21; next >= 0x80; shift += 7) {
      next = Byte();
      value += (next - 1) << shift;
    }
    return value;
  }
  void SkipVarint() {
    while (Byte() >= 0x80) {
    }
  }

 private:
  const char* at_;
  const char* const end_;
};

int64_t Unzigzag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

// Fills all of `end` that is of the history.
void WalkHistory(const ObjectPlan& plan, PackedBytes bytes, uint64_t identity, TrackEnd& end) {
  int64_t* const row = end.before.values.data();
  uint64_t time = 0;
  while (!bytes.AtEnd()) {
    const uint8_t header = bytes.Byte();
    const int unit = (header >> PackedFormat::kUnitShift) & 3;
    time += bytes.Varint() * static_cast<uint64_t>(PackedFormat::kUnitMicros[unit]);
    if ((header & PackedFormat::kHasOrder) != 0) {
      bytes.SkipVarint();
      bytes.SkipVarint();
    }
    if ((header & PackedFormat::kHasIdentity) != 0) end.knows |= bytes.Fixed64() == identity;
    uint64_t fields = header >> PackedFormat::kCountShift;
    if (fields == 3) fields = bytes.Varint();
    const ChangeKind kind = static_cast<ChangeKind>(header & 3);
    end.erases |= kind == ChangeKind::kDelete || kind == ChangeKind::kUndelete;
    if (kind == ChangeKind::kRecord && end.count > 0) {
      std::copy(plan.null_row.begin(), plan.null_row.end(), row);
    }
    ++end.count;
    for (; fields > 0; --fields) {
      const uint64_t key = bytes.Varint();
      const ValueKind value_kind =
          static_cast<ValueKind>(key & ((1 << PackedFormat::kFieldShift) - 1));
      const uint64_t packed = value_kind == ValueKind::kNull ? 0 : bytes.Varint();
      const bool is_text = value_kind == ValueKind::kText;
      FillCell(plan,
               {static_cast<FieldId>(key >> PackedFormat::kFieldShift), value_kind,
                is_text ? static_cast<int64_t>(packed) : Unzigzag(packed)},
               row);
    }
  }
  end.time.micros = static_cast<int64_t>(time);
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
  if (end.count > 0) end.before.place = PlaceRow(plan, before);
  if (!stays) {
    end.after.place = PlaceRow(plan, after);
    return;
  }
  end.after.place = end.before.place;
  after[plan.pipeline_column] = before[plan.pipeline_column];
  after[plan.probability_column] = before[plan.probability_column];
}

// In what a patch of these fields made another row.
Mask TouchedBy(const ObjectPlan& plan, absl::Span<const StoredField> fields, const TrackEnd& end) {
  const int64_t* const before = end.before.values.data();
  const int64_t* const after = end.after.values.data();
  Mask touched = 0;
  const auto compare = [&](FieldId field) {
    const Column column = field < plan.columns.size() ? plan.columns[field] : kNoColumn;
    if (column >= 0 && before[column] != after[column]) touched |= ColumnBit(column);
  };
  for (const StoredField& field : fields) compare(field.field);
  if (end.before.place == end.after.place) return touched;
  // Both follow from the stage.
  compare(kPipelineField);
  compare(kProbabilityField);
  if (plan.KindBit(end.before.place) != plan.KindBit(end.after.place)) touched |= kStageKindMask;
  return touched;
}

}  // namespace

void WalkEnd(const ObjectPlan& plan, absl::string_view history, const ChangeList& added,
             TrackEnd& end) {
  const StoredChange& last = added.changes.front();
  const absl::Span<const StoredField> fields = added.FieldsOf(last);
  end.before.values.resize(plan.null_row.size());
  end.after.values.resize(plan.null_row.size());
  std::copy(plan.null_row.begin(), plan.null_row.end(), end.before.values.begin());
  end.count = 0;
  end.erases = end.knows = false;
  WalkHistory(plan, PackedBytes(history), last.identity, end);
  AddRow(plan, last.kind, fields, end);
  end.touched = last.kind == ChangeKind::kRecord ? kEverything : TouchedBy(plan, fields, end);
}

}  // namespace takt
