#include "engine/model/history.h"

#include <algorithm>

#include "engine/base/bytes.h"
#include "engine/model/packed_changes.h"

namespace takt {
namespace {

constexpr uint64_t kValueKinds = 3;  // of the canonical form

int Sign(bool below, bool above) { return below ? -1 : (above ? 1 : 0); }

template <typename T>
int CompareValues(const T& a, const T& b) {
  return Sign(a < b, b < a);
}

struct Span {
  int unit = 0;        // the coarsest that holds it exactly
  uint64_t count = 0;  // of it
};

// From fine to coarse: each unit is a whole number of the one before it.
Span SpanOf(uint64_t micros) {
  if (static_cast<int64_t>(micros) < 0) return {0, micros};
  uint64_t count = micros;
  for (int unit = 0; unit < 3; ++unit) {
    const uint64_t coarser = unit < 2 ? count / 1000 : count / 60;
    if (coarser * (unit < 2 ? 1000 : 60) != count) return {unit, count};
    count = coarser;
  }
  return {3, count};
}

}  // namespace

StoredChange& ChangeList::Add(const Change& change, SymbolTable& symbols) {
  StoredChange& stored = changes.emplace_back();
  stored.time = change.time;
  stored.order = change.order;
  stored.identity = change.identity;
  stored.kind = change.kind;
  stored.fields_begin = static_cast<uint32_t>(fields.size());
  for (const FieldValue& field : change.fields) {
    const bool is_text = field.value.kind == ValueKind::kText;
    fields.push_back({field.field, field.value.kind,
                      is_text ? symbols.Intern(field.value.text) : field.value.integer});
  }
  stored.fields_end = static_cast<uint32_t>(fields.size());
  return stored;
}

StoredChange& ChangeList::AddFirst(const ChangeList& other) {
  const absl::Span<const StoredField> added = other.FieldsOf(other.changes.front());
  StoredChange& stored = changes.emplace_back(other.changes.front());
  stored.fields_begin = static_cast<uint32_t>(fields.size());
  fields.insert(fields.end(), added.begin(), added.end());
  stored.fields_end = static_cast<uint32_t>(fields.size());
  return stored;
}

int HistoryOrder::Compare(const StoredChange& a, const StoredChange& b) const {
  if (a.time != b.time) return Sign(a.time < b.time, true);
  if (a.order != b.order) return Sign(a.order < b.order, true);
  if (const int stage =
          CompareValues(stage_order_(list_.FieldsOf(a)), stage_order_(list_.FieldsOf(b)));
      stage != 0) {
    return stage;
  }
  if (const int content = CompareContent(a, b); content != 0) return content;
  return CompareValues(a.identity, b.identity);
}

int HistoryOrder::CompareContent(const StoredChange& a, const StoredChange& b) const {
  if (a.kind != b.kind) return CompareValues(a.kind, b.kind);
  const absl::Span<const StoredField> left = list_.FieldsOf(a);
  const absl::Span<const StoredField> right = list_.FieldsOf(b);
  for (size_t i = 0; i < left.size() && i < right.size(); ++i) {
    if (left[i] == right[i]) continue;
    if (left[i].field != right[i].field) return CompareValues(left[i].field, right[i].field);
    if (left[i].kind != right[i].kind) return CompareValues(left[i].kind, right[i].kind);
    if (left[i].kind != ValueKind::kText) return CompareValues(left[i].value, right[i].value);
    return symbols_.Text(static_cast<Symbol>(left[i].value))
        .compare(symbols_.Text(static_cast<Symbol>(right[i].value)));
  }
  return CompareValues(left.size(), right.size());
}

bool HistoryOrder::SameContent(const StoredChange& a, const StoredChange& b) const {
  return a.time == b.time && a.order == b.order && a.kind == b.kind &&
         list_.FieldsOf(a) == list_.FieldsOf(b);
}

void ChangePacker::Add(const ChangeList& list, const StoredChange& change) {
  const absl::Span<const StoredField> fields = list.FieldsOf(change);
  const size_t size_max = size_ + (5 + 2 * fields.size()) * RawByteWriter::kVarintMax;
  if (room_.size() < size_max) room_.resize(2 * size_max);
  RawByteWriter writer(room_.data() + size_);
  const Span span =
      SpanOf(static_cast<uint64_t>(change.time.micros) - static_cast<uint64_t>(previous_.micros));
  const bool has_order = change.order != OrderKey{};
  const size_t short_count = std::min<size_t>(fields.size(), 3);
  writer.Byte(static_cast<uint8_t>(
      static_cast<unsigned>(change.kind) | (has_order ? PackedFormat::kHasOrder : 0) |
      (change.identity != 0 ? PackedFormat::kHasIdentity : 0) |
      (span.unit << PackedFormat::kUnitShift) | (short_count << PackedFormat::kCountShift)));
  writer.Varint(span.count);
  if (has_order) {
    writer.Varint(change.order.major);
    writer.Varint(change.order.minor);
  }
  if (change.identity != 0) writer.Fixed64(change.identity);
  if (short_count == 3) writer.Varint(fields.size());
  for (const StoredField& field : fields) {
    writer.Varint(static_cast<uint64_t>(field.field) << PackedFormat::kFieldShift |
                  static_cast<uint64_t>(field.kind));
    if (field.kind == ValueKind::kInteger) writer.Signed(field.value);
    if (field.kind == ValueKind::kText) writer.Varint(static_cast<uint64_t>(field.value));
  }
  size_ = static_cast<size_t>(writer.at() - room_.data());
  previous_ = change.time;
}

void UnpackChanges(absl::string_view bytes, ChangeList& list) {
  PackedChanges packed(bytes);
  StoredChange change;
  StoredField field;
  while (packed.Next(&change)) {
    change.fields_begin = static_cast<uint32_t>(list.fields.size());
    while (packed.NextField(&field)) list.fields.push_back(field);
    change.fields_end = static_cast<uint32_t>(list.fields.size());
    list.changes.push_back(change);
  }
}

void EncodeChanges(const ChangeList& list, size_t first, const SymbolTable& symbols,
                   std::string* bytes) {
  ByteWriter writer(bytes);
  writer.Varint(list.changes.size() - first);
  for (size_t i = first; i < list.changes.size(); ++i) {
    const StoredChange& change = list.changes[i];
    writer.Byte(static_cast<uint8_t>(change.kind));
    writer.Signed(change.time.micros);
    writer.Varint(change.order.major);
    writer.Varint(change.order.minor);
    writer.Fixed64(change.identity);
    writer.Varint(change.fields_end - change.fields_begin);
    for (const StoredField& field : list.FieldsOf(change)) {
      writer.Varint(field.field * kValueKinds + static_cast<uint64_t>(field.kind));
      if (field.kind == ValueKind::kInteger) writer.Signed(field.value);
      if (field.kind == ValueKind::kText) {
        writer.Bytes(symbols.Text(static_cast<Symbol>(field.value)));
      }
    }
  }
}

bool DecodeChanges(absl::string_view bytes, SymbolTable& symbols, ChangeList& list) {
  ByteReader reader(bytes);
  for (uint64_t left = reader.Varint(); left > 0 && reader.ok(); --left) {
    StoredChange& change = list.changes.emplace_back();
    const uint8_t kind = reader.Byte();
    if (kind > static_cast<uint8_t>(ChangeKind::kUndelete)) return false;
    change.kind = static_cast<ChangeKind>(kind);
    change.time.micros = reader.Signed();
    change.order.major = reader.Varint();
    change.order.minor = reader.Varint();
    change.identity = reader.Fixed64();
    change.fields_begin = static_cast<uint32_t>(list.fields.size());
    for (uint64_t count = reader.Varint(); count > 0 && reader.ok(); --count) {
      const uint64_t key = reader.Varint();
      if (key / kValueKinds > UINT16_MAX) return false;
      StoredField field{static_cast<FieldId>(key / kValueKinds),
                        static_cast<ValueKind>(key % kValueKinds), 0};
      if (field.kind == ValueKind::kInteger) field.value = reader.Signed();
      if (field.kind == ValueKind::kText) field.value = symbols.Intern(reader.Bytes());
      list.fields.push_back(field);
    }
    change.fields_end = static_cast<uint32_t>(list.fields.size());
  }
  return reader.ok() && reader.AtEnd();
}

Change RestoreChange(const ChangeList& list, const StoredChange& stored,
                     const SymbolTable& symbols) {
  Change change;
  change.kind = stored.kind;
  change.time = stored.time;
  change.order = stored.order;
  change.identity = stored.identity;
  for (const StoredField& field : list.FieldsOf(stored)) {
    Value value = Value::Integer(field.value);
    if (field.kind == ValueKind::kNull) value = Value::Null();
    if (field.kind == ValueKind::kText) {
      value = Value::Text(symbols.Text(static_cast<Symbol>(field.value)));
    }
    change.fields.push_back({field.field, value});
  }
  return change;
}

}  // namespace takt
