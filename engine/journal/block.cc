#include "engine/journal/block.h"

#include <algorithm>
#include <cstring>

#include "engine/base/bytes.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace takt {
namespace {

constexpr char kMagic[3] = {'T', 'K', 'B'};
constexpr char kVersion = 1;
constexpr size_t kHashedHeaderBytes = 8;

void EncodeDictionary(const JournalDictionary& dictionary, ByteWriter& writer) {
  writer.Bytes(dictionary.currency);
  writer.Byte(static_cast<uint8_t>(dictionary.decimals));
  writer.Varint(dictionary.objects.size());
  for (const JournalObject& object : dictionary.objects) {
    writer.Bytes(object.name);
    writer.Varint(object.fields.size());
    for (const JournalField& field : object.fields) {
      writer.Bytes(field.name);
      writer.Byte(static_cast<uint8_t>(field.type));
    }
  }
}

bool DecodeDictionary(ByteReader& reader, JournalDictionary* dictionary) {
  dictionary->currency = std::string(reader.Bytes());
  dictionary->decimals = reader.Byte();
  const uint64_t objects = reader.Varint();
  if (objects > reader.Remaining()) return false;  // each takes at least two bytes
  dictionary->objects.resize(objects);
  for (JournalObject& object : dictionary->objects) {
    object.name = std::string(reader.Bytes());
    const uint64_t fields = reader.Varint();
    if (fields > reader.Remaining()) return false;
    object.fields.resize(fields);
    for (JournalField& field : object.fields) {
      field.name = std::string(reader.Bytes());
      const uint8_t type = reader.Byte();
      if (type > static_cast<uint8_t>(FieldType::kTime)) return false;
      field.type = static_cast<FieldType>(type);
    }
  }
  return reader.ok();
}

bool DecodePartitions(ByteReader& reader, std::vector<PartitionName>* partitions) {
  const uint64_t count = reader.Varint();
  if (count > reader.Remaining()) return false;
  partitions->resize(count);
  for (PartitionName& name : *partitions) {
    name.id = static_cast<uint32_t>(reader.Varint());
    name.source = std::string(reader.Bytes());
    name.topic = std::string(reader.Bytes());
    name.partition = static_cast<int32_t>(reader.Signed());
    name.cluster = std::string(reader.Bytes());
  }
  return reader.ok();
}

bool DecodePositions(ByteReader& reader, std::vector<PositionEntry>* positions) {
  const uint64_t count = reader.Varint();
  if (count > reader.Remaining()) return false;
  positions->resize(count);
  for (PositionEntry& entry : *positions) {
    entry.id = static_cast<uint32_t>(reader.Varint());
    entry.next_offset = reader.Signed();
    // Unsigned, so that no input makes the subtraction overflow.
    entry.last_offset = static_cast<int64_t>(static_cast<uint64_t>(entry.next_offset) -
                                             static_cast<uint64_t>(reader.Signed()));
    entry.last_checksum = reader.Fixed64();
  }
  return reader.ok();
}

}  // namespace

void EncodeBodyStart(const BlockBody& body, std::string* out) {
  ByteWriter writer(out);
  writer.Byte(body.sections);
  writer.Varint(body.synced_below);
  writer.Varint(body.now_seconds);
  if (body.Has(kHeadSection)) {
    writer.Varint(body.first_segment);
    writer.Varint(body.last_segment);
    writer.Varint(body.previous_bytes);
  }
  if (body.Has(kDictionarySection)) EncodeDictionary(body.dictionary, writer);
  if (body.Has(kPartitionsSection)) {
    writer.Varint(body.partitions.size());
    for (const PartitionName& name : body.partitions) {
      writer.Varint(name.id);
      writer.Bytes(name.source);
      writer.Bytes(name.topic);
      writer.Signed(name.partition);
      writer.Bytes(name.cluster);
    }
  }
  if (body.Has(kPositionsSection)) {
    writer.Varint(body.positions.size());
    for (const PositionEntry& entry : body.positions) {
      writer.Varint(entry.id);
      writer.Signed(entry.next_offset);
      writer.Signed(entry.next_offset - entry.last_offset);
      writer.Fixed64(entry.last_checksum);
    }
  }
  if (body.Has(kCoordinatesSection)) {
    writer.Varint(body.coordinate_partitions.size());
    for (const uint32_t id : body.coordinate_partitions) writer.Varint(id);
    writer.Bytes(body.coordinates);
  }
  if (body.Has(kChangesSection)) writer.Varint(body.change_count);
}

bool DecodeBody(absl::string_view bytes, BlockBody* body) {
  *body = BlockBody{};
  ByteReader reader(bytes);
  body->sections = reader.Byte();
  if (body->sections >= 2 * kCoordinatesSection) return false;
  body->synced_below = reader.Varint();
  body->now_seconds = reader.Varint();
  if (body->Has(kHeadSection)) {
    body->first_segment = reader.Varint();
    body->last_segment = reader.Varint();
    body->previous_bytes = reader.Varint();
  }
  if (body->Has(kDictionarySection) && !DecodeDictionary(reader, &body->dictionary)) return false;
  if (body->Has(kPartitionsSection) && !DecodePartitions(reader, &body->partitions)) return false;
  if (body->Has(kPositionsSection) && !DecodePositions(reader, &body->positions)) return false;
  if (body->Has(kCoordinatesSection)) {
    const uint64_t count = reader.Varint();
    if (count > reader.Remaining()) return false;
    body->coordinate_partitions.resize(count);
    for (uint32_t& id : body->coordinate_partitions) id = static_cast<uint32_t>(reader.Varint());
    body->coordinates = reader.Bytes();
  }
  if (body->Has(kChangesSection)) body->change_count = reader.Varint();
  if (!reader.ok()) return false;
  body->changes = absl::string_view(reader.position(), reader.Remaining());
  return body->Has(kChangesSection) || body->changes.empty();
}

std::string EncodeBlockHeader(absl::Span<const absl::string_view> pieces) {
  uint64_t size = 0;
  for (const absl::string_view piece : pieces) size += piece.size();
  std::string header(kMagic, sizeof(kMagic));
  header.push_back(kVersion);
  ByteWriter writer(&header);
  writer.Fixed32(static_cast<uint32_t>(size));
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  XXH3_64bits_update(&state, header.data(), kHashedHeaderBytes);
  for (const absl::string_view piece : pieces) {
    XXH3_64bits_update(&state, piece.data(), piece.size());
  }
  writer.Fixed64(XXH3_64bits_digest(&state));
  return header;
}

FoundBlock FindBlock(absl::string_view bytes) {
  const size_t magic_bytes = std::min(bytes.size(), sizeof(kMagic));
  if (std::memcmp(bytes.data(), kMagic, magic_bytes) != 0) return {};
  if (bytes.size() < kBlockHeaderBytes) return {BlockState::kTruncated, kBlockHeaderBytes, {}};
  ByteReader reader(bytes.substr(sizeof(kMagic) + sizeof(kVersion)));
  const uint32_t size = reader.Fixed32();
  const uint64_t checksum = reader.Fixed64();
  if (size > kBlockBodyBytesMax) return {};
  if (bytes.size() - kBlockHeaderBytes < size) {
    return {BlockState::kTruncated, kBlockHeaderBytes + size, {}};
  }
  const absl::string_view body = bytes.substr(kBlockHeaderBytes, size);
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  XXH3_64bits_update(&state, bytes.data(), kHashedHeaderBytes);
  XXH3_64bits_update(&state, body.data(), body.size());
  if (XXH3_64bits_digest(&state) != checksum) return {};
  if (bytes[sizeof(kMagic)] != kVersion) {
    return {BlockState::kNewer, kBlockHeaderBytes + size, {}};
  }
  return {BlockState::kValid, kBlockHeaderBytes + size, body};
}

}  // namespace takt
