#include "engine/model/change_codec.h"

#include <cstdint>

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
  const int64_t millis = micros / 1000;
  if (millis * 1000 != micros) return {0, micros};
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

bool DecodeField(ByteReader& reader, FieldValue* field) {
  const uint64_t head = reader.Varint();
  if (head >> 2 > UINT16_MAX) return false;
  field->field = static_cast<FieldId>(head >> 2);
  switch (head & 3) {
    case 0:
      field->value = Value::Null();
      return reader.ok();
    case 1:
      field->value = Value::Integer(reader.Signed());
      return reader.ok();
    case 2:
      field->value = Value::Text(reader.Bytes());
      return reader.ok();
    case 3:
      return false;
  }
  return false;
}

// A small number that its header byte holds, or the escape and a varint of what is beyond it.
bool DecodeEscaped(ByteReader& reader, uint64_t escape, uint64_t max, uint64_t* number) {
  if (*number < escape) return true;
  const uint64_t beyond = reader.Varint();
  if (!reader.ok() || beyond > max - escape) return false;
  *number += beyond;
  return true;
}

bool DecodeTime(ByteReader& reader, int unit, EventTime* time) {
  const int64_t count = reader.Signed();
  if (!reader.ok() || __builtin_mul_overflow(count, kUnitMicros[unit], &time->micros)) return false;
  return Counted(time->micros).unit == unit;
}

template <typename Writer>
void Encode(const Change& change, Writer& writer) {
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
  for (const FieldValue& field : change.fields) EncodeField(field, writer);
}

}  // namespace

void EncodeChange(const Change& change, std::string* out) {
  // Most changes are short: they are put together on the stack.
  constexpr size_t kShort = 512;
  constexpr size_t kHead = 2 + 7 * RawByteWriter::kVarintMax;
  size_t size_max = kHead + change.id.size();
  for (const FieldValue& field : change.fields) {
    size_max += 2 * RawByteWriter::kVarintMax + field.value.text.size();
  }
  if (size_max > kShort) {
    ByteWriter writer(out);
    Encode(change, writer);
    return;
  }
  char bytes[kShort];
  RawByteWriter writer(bytes);
  Encode(change, writer);
  out->append(bytes, static_cast<size_t>(writer.at() - bytes));
}

bool DecodeChange(ByteReader& input, Change* change) {
  ByteReader reader = input;  // in registers: what is written below could alias what is passed
  const uint8_t head = reader.Byte();
  const uint8_t sizes = reader.Byte();
  uint64_t object = head >> 4;
  uint64_t count = sizes >> 2;
  if (!DecodeEscaped(reader, kObjectEscape, UINT16_MAX, &object)) return false;
  if (!DecodeEscaped(reader, kCountEscape, UINT16_MAX, &count)) return false;
  change->object = static_cast<ObjectId>(object);
  change->kind = static_cast<ChangeKind>(head & 3);
  change->id = reader.Bytes();
  if (change->id.empty() || !DecodeTime(reader, sizes & 3, &change->time)) return false;
  change->order = {};
  if (head & kHasOrder) {
    change->order.major = reader.Varint();
    change->order.minor = reader.Varint();
    if (change->order == OrderKey{}) return false;
  }
  change->identity = head & kHasIdentity ? reader.Fixed64() : 0;
  if ((head & kHasIdentity) != 0 && change->identity == 0) return false;
  // Every field takes at least a byte, so a count beyond what is left needs no memory to be
  // refused.
  if (!reader.ok() || count > reader.Remaining()) return false;
  change->fields.resize(count);
  for (size_t i = 0; i < count; ++i) {
    if (!DecodeField(reader, &change->fields[i])) return false;
    if (i > 0 && change->fields[i].field <= change->fields[i - 1].field) return false;
  }
  input = reader;
  return true;
}

}  // namespace takt
