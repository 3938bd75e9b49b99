#include "engine/model/change_codec.h"

#include <cstdint>
#include <iterator>

namespace takt {
namespace {

constexpr uint8_t kHasOrder = 1 << 2;
constexpr uint8_t kHasIdentity = 1 << 3;
constexpr uint64_t kObjectEscape = 15;
constexpr uint64_t kCountEscape = 63;
constexpr int64_t kUnitMicros[] = {1, 1'000, 1'000'000, 60'000'000};

struct CountedTime {
  int unit = 0;       // the coarsest that holds the time exactly
  int64_t count = 0;  // of it
};

// From fine to coarse: each unit is a whole number of the one before it, and few times are coarse.
CountedTime Counted(int64_t micros) {
  if (micros % 8 != 0) return {0, micros};  // as a thousand is a multiple of 8
  const int64_t millis = micros / 1000;
  if (millis * 1000 != micros) return {0, micros};
  if (millis % 8 != 0) return {1, millis};
  const int64_t seconds = millis / 1000;
  if (seconds * 1000 != millis) return {1, millis};
  const int64_t minutes = seconds / 60;
  if (minutes * 60 != seconds) return {2, seconds};
  return {3, minutes};
}

template <typename Writer>
void EncodeField(const FieldValue& field, Writer& writer) {
  const uint64_t kind = static_cast<uint64_t>(field.value.kind);
  writer.Varint(static_cast<uint64_t>(field.field) << 2 | kind);
  switch (field.value.kind) {
    case ValueKind::kNull:
      break;
    case ValueKind::kInteger:
      writer.Signed(field.value.integer);
      break;
    case ValueKind::kText:
      writer.Bytes(field.value.text);
      break;
  }
}

// A small number that its header byte holds, or the escape and a varint of what is beyond it.
bool DecodeEscaped(ByteReader& reader, uint64_t escape, uint64_t max, uint64_t* number) {
  if (*number < escape) return true;
  const uint64_t beyond = reader.Varint();
  if (!reader.ok() || beyond > max - escape) return false;
  *number += beyond;
  return true;
}

// Whether no coarser unit holds `count` of this one.
bool IsCoarsest(int64_t count, int unit) {
  if (unit == 3) return true;
  return unit == 2 ? count % 60 != 0 : count % 1000 != 0;
}

// What comes before the fields.
struct Head {
  ObjectId object = 0;
  ChangeKind kind = ChangeKind::kPatch;
  absl::string_view id;
  EventTime time;
  OrderKey order;
  uint64_t identity = 0;
};

// `target` is told the head and the number of fields, then each field; what it was told is of no use
// when the answer is false.
template <typename Target>
bool Decode(ByteReader& input, Target target) {
  ByteReader reader = input;  // in registers: what is written below could alias what is passed
  Head head;
  const uint8_t flags = reader.Byte();
  const uint8_t sizes = reader.Byte();
  uint64_t object = flags >> 4;
  uint64_t count = sizes >> 2;
  if (!DecodeEscaped(reader, kObjectEscape, UINT16_MAX, &object)) return false;
  if (!DecodeEscaped(reader, kCountEscape, UINT16_MAX, &count)) return false;
  head.object = static_cast<ObjectId>(object);
  head.kind = static_cast<ChangeKind>(flags & 3);
  head.id = reader.Bytes();
  const int unit = sizes & 3;
  const int64_t time = reader.Signed();
  if (head.id.empty() || !IsCoarsest(time, unit) ||
      __builtin_mul_overflow(time, kUnitMicros[unit], &head.time.micros)) {
    return false;
  }
  if ((flags & kHasOrder) != 0) {
    head.order.major = reader.Varint();
    head.order.minor = reader.Varint();
    if (head.order == OrderKey{}) return false;
  }
  if ((flags & kHasIdentity) != 0) {
    head.identity = reader.Fixed64();
    if (head.identity == 0) return false;
  }
  // Every field takes at least a byte, so a count beyond what is left needs no memory to be
  // refused.
  if (!reader.ok() || count > reader.Remaining()) return false;
  target.Begin(head, count);
  uint64_t next = 0;  // the least that the next field may be
  for (size_t i = 0; i < count; ++i) {
    const uint64_t key = reader.Varint();
    const uint64_t field = key >> 2;
    if (field < next || field > UINT16_MAX || (key & 3) == 3) return false;
    next = field + 1;
    const FieldId id = static_cast<FieldId>(field);
    switch (static_cast<ValueKind>(key & 3)) {
      case ValueKind::kNull:
        target.Null(i, id);
        break;
      case ValueKind::kInteger:
        target.Integer(i, id, reader.Signed());
        break;
      case ValueKind::kText:
        target.Text(i, id, reader.Bytes());
        break;
    }
  }
  if (!reader.ok()) return false;
  input = reader;
  return true;
}

struct ToChange {
  Change& change;

  void Begin(const Head& head, size_t count) const {
    change.object = head.object;
    change.kind = head.kind;
    change.id = head.id;
    change.time = head.time;
    change.order = head.order;
    change.identity = head.identity;
    change.fields.resize(count);
  }
  void Null(size_t i, FieldId field) const { change.fields[i] = {field, Value::Null()}; }
  void Integer(size_t i, FieldId field, int64_t value) const {
    change.fields[i] = {field, Value::Integer(value)};
  }
  void Text(size_t i, FieldId field, absl::string_view value) const {
    change.fields[i] = {field, Value::Text(value)};
  }
};

struct ToIncoming {
  IncomingChange& change;
  TextMemo& texts;

  void Begin(const Head& head, size_t count) const {
    change.object = head.object;
    change.id = head.id;
    change.list.changes.resize(1);
    change.list.changes[0] = {.time = head.time,
                              .order = head.order,
                              .identity = head.identity,
                              .kind = head.kind,
                              .fields_end = static_cast<uint32_t>(count)};
    change.list.fields.resize(count);
  }
  void Null(size_t i, FieldId field) const { change.list.fields[i] = {field, ValueKind::kNull, 0}; }
  void Integer(size_t i, FieldId field, int64_t value) const {
    change.list.fields[i] = {field, ValueKind::kInteger, value};
  }
  void Text(size_t i, FieldId field, absl::string_view value) const {
    change.list.fields[i] = {field, ValueKind::kText, texts.Intern(value)};
  }
};

template <typename Writer>
void EncodeHead(const Change& change, Writer& writer) {
  const bool has_order = change.order != OrderKey{};
  const uint64_t object = change.object < kObjectEscape ? change.object : kObjectEscape;
  const uint64_t count = change.fields.size() < kCountEscape ? change.fields.size() : kCountEscape;
  const CountedTime time = Counted(change.time.micros);
  writer.Byte(static_cast<uint8_t>(static_cast<uint8_t>(change.kind) | (has_order ? kHasOrder : 0) |
                                   (change.identity != 0 ? kHasIdentity : 0) | object << 4));
  writer.Byte(static_cast<uint8_t>(static_cast<uint64_t>(time.unit) | count << 2));
  if (object == kObjectEscape) writer.Varint(change.object - kObjectEscape);
  if (count == kCountEscape) writer.Varint(change.fields.size() - kCountEscape);
  writer.Bytes(change.id);
  writer.Signed(time.count);
  if (has_order) {
    writer.Varint(change.order.major);
    writer.Varint(change.order.minor);
  }
  if (change.identity != 0) writer.Fixed64(change.identity);
}

// Writes the change at `at` and answers where it ends; null if there may not be room for it before
// `end`.
inline char* EncodeAt(const Change& change, char* at, const char* end) {
  constexpr size_t kHead = 2 + 7 * RawByteWriter::kVarintMax;
  constexpr size_t kField = 2 * RawByteWriter::kVarintMax;
  if (static_cast<size_t>(end - at) < kHead + change.id.size()) return nullptr;
  RawByteWriter writer(at);
  EncodeHead(change, writer);
  for (const FieldValue& field : change.fields) {
    if (static_cast<size_t>(end - writer.at()) < kField + field.value.text.size()) return nullptr;
    EncodeField(field, writer);
  }
  return writer.at();
}

}  // namespace

void EncodeChange(const Change& change, std::string* out) {
  char bytes[512];  // most changes are short: they are put together on the stack
  if (const char* end = EncodeAt(change, bytes, std::end(bytes)); end != nullptr) {
    out->append(bytes, static_cast<size_t>(end - bytes));
    return;
  }
  ByteWriter writer(out);
  EncodeHead(change, writer);
  for (const FieldValue& field : change.fields) EncodeField(field, writer);
}

void ChangeAppender::Add(const Change& change, std::string* out) {
  char* const at = bytes_.data() + used_;
  if (const char* end = EncodeAt(change, at, std::end(bytes_)); end != nullptr) {
    used_ += static_cast<size_t>(end - at);
    return;
  }
  Flush(out);
  EncodeChange(change, out);
}

void ChangeAppender::Flush(std::string* out) {
  out->append(bytes_.data(), used_);
  used_ = 0;
}

bool DecodeChange(ByteReader& reader, Change* change) { return Decode(reader, ToChange{*change}); }

size_t DecodeChanges(ByteReader& input, TextMemo& texts, absl::Span<IncomingChange> changes) {
  ByteReader reader = input;  // in registers, as above
  size_t count = 0;
  while (count < changes.size() && !reader.AtEnd()) {
    if (!Decode(reader, ToIncoming{changes[count], texts})) break;
    ++count;
  }
  input = reader;
  return count;
}

}  // namespace takt
