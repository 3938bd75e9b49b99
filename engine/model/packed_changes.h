// How a history lies in memory, and the reading of it change by change, field by field, without a list
// of them. Only model/history.cc writes it, and it never leaves memory: what is read is trusted.
// ledger/track_end.cc reads it by a way of its own, without asking where the bytes end.
//
//   header byte   kind in bits 0-1, order key present 2, identity present 3, unit of the time's
//                 difference to the change before 4-5, number of fields 6-7 (3: a count follows)
//   difference, order key, identity, count, then of each field its number times 4 + value kind, value
//
// Threads: values; the bytes must outlive the reader. Cost: about 5 ns a change and 2 a field.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "engine/base/bytes.h"
#include "engine/model/history.h"

namespace takt {

struct PackedFormat {
  static constexpr uint8_t kHasOrder = 1 << 2;
  static constexpr uint8_t kHasIdentity = 1 << 3;
  static constexpr int kUnitShift = 4;
  static constexpr int kCountShift = 6;
  static constexpr int64_t kUnitMicros[] = {1, 1000, 1'000'000, 60'000'000};
  static constexpr int kFieldShift = 2;  // the value kind is below it
};

class PackedChanges {
 public:
  explicit PackedChanges(absl::string_view bytes) : reader_(bytes) {}

  // The next change but for its fields, which must be read next, all of them. False: there is none.
  bool Next(StoredChange* change) {
    if (reader_.AtEnd()) return false;
    const uint8_t header = reader_.Byte();
    change->kind = static_cast<ChangeKind>(header & 3);
    const int unit = (header >> PackedFormat::kUnitShift) & 3;
    previous_ += reader_.Varint() * static_cast<uint64_t>(PackedFormat::kUnitMicros[unit]);
    change->time.micros = static_cast<int64_t>(previous_);
    change->order = {};
    if ((header & PackedFormat::kHasOrder) != 0) {
      change->order.major = reader_.Varint();
      change->order.minor = reader_.Varint();
    }
    change->identity = (header & PackedFormat::kHasIdentity) != 0 ? reader_.Fixed64() : 0;
    fields_left_ = header >> PackedFormat::kCountShift;
    if (fields_left_ == 3) fields_left_ = reader_.Varint();
    return true;
  }
  // The next field of that change. False: there are no more.
  bool NextField(StoredField* field) {
    if (fields_left_ == 0) return false;
    --fields_left_;
    const uint64_t key = reader_.Varint();
    field->field = static_cast<FieldId>(key >> PackedFormat::kFieldShift);
    field->kind = static_cast<ValueKind>(key & ((1 << PackedFormat::kFieldShift) - 1));
    field->value = 0;
    if (field->kind == ValueKind::kInteger) field->value = reader_.Signed();
    if (field->kind == ValueKind::kText) field->value = static_cast<int64_t>(reader_.Varint());
    return true;
  }

 private:
  ByteReader reader_;
  uint64_t previous_ = 0;
  uint64_t fields_left_ = 0;
};

}  // namespace takt
