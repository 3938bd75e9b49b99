// A block: what one append writes, and the unit that is valid or not.
//
// Layout, format version 1, little-endian:
//
//   "TKB" 1              magic and format version
//   u32                  size of the body in bytes
//   u64                  XXH3-64 of the eight bytes above and the body
//   body:
//     u8                 which sections follow, BlockSection
//     varint             how much of this segment was known to be safe when this was written
//     varint             the engine's `now` when this was written, seconds since 1970; 0: undefined
//     head               varint first, varint last: the numbers of the segments that this one
//                        stands for (equal, but for compacted ones); varint size of the segment
//                        before it in bytes, as sealed (not for compacted ones)
//     dictionary         currency code, u8 decimals, then objects with their fields and types
//     partitions         varint count; id, source, topic, partition, cluster
//     positions          varint count; id, next offset, last offset as distance, u64 checksum
//     coordinates        varint count of partitions, their ids, varint size, and as many bytes: where
//                        each change was read (coordinates.h). Journals of before have none
//     changes            varint count, then as many changes (model/change_codec.h) to the end
//
// A segment begins with a block that has head, dictionary, partitions and positions, so it can be
// read alone. Later blocks repeat the dictionary only when it changed, name only new partitions,
// and give the positions that moved. A position is final: a restart may go on from it.
//
// The checksum covers the size, so a block is used whole or not at all. Journals of every released
// version stay readable: a new layout is a new version byte, read beside this one.
//
// Threads: values and pure functions. Errors: DecodeBody reads any bytes without harm.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/model/change.h"

namespace takt {

inline constexpr size_t kBlockHeaderBytes = 16;
inline constexpr uint32_t kBlockBodyBytesMax = 1u << 30;

struct JournalField {
  std::string name;
  FieldType type = FieldType::kText;
  friend bool operator==(const JournalField&, const JournalField&) = default;
};

struct JournalObject {
  std::string name;
  std::vector<JournalField> fields;  // by FieldId
  friend bool operator==(const JournalObject&, const JournalObject&) = default;
};

// What the ids in encoded changes mean, and in which currency amounts are.
struct JournalDictionary {
  std::string currency;
  int decimals = 2;
  std::vector<JournalObject> objects;  // by ObjectId
  friend bool operator==(const JournalDictionary&, const JournalDictionary&) = default;
};

struct JournalPosition {
  std::string source;
  std::string topic;
  int32_t partition = 0;
  std::string cluster;
  int64_t next_offset = 0;
  int64_t last_offset = -1;
  uint64_t last_checksum = 0;
  friend bool operator==(const JournalPosition&, const JournalPosition&) = default;
};

enum BlockSection : uint8_t {
  kHeadSection = 1,
  kDictionarySection = 2,
  kPartitionsSection = 4,
  kPositionsSection = 8,
  kChangesSection = 16,
  kCoordinatesSection = 32,
};

struct PartitionName {
  uint32_t id = 0;
  std::string source;
  std::string topic;
  int32_t partition = 0;
  std::string cluster;
  friend bool operator==(const PartitionName&, const PartitionName&) = default;
};

struct PositionEntry {
  uint32_t id = 0;  // PartitionName::id
  int64_t next_offset = 0;
  int64_t last_offset = -1;
  uint64_t last_checksum = 0;
};

struct BlockBody {
  uint8_t sections = 0;
  uint64_t synced_below = 0;
  uint64_t now_seconds = 0;
  uint64_t first_segment = 0;
  uint64_t last_segment = 0;
  uint64_t previous_bytes = 0;  // 0 for the first segment
  JournalDictionary dictionary;
  std::vector<PartitionName> partitions;
  std::vector<PositionEntry> positions;
  std::vector<uint32_t> coordinate_partitions;  // PartitionName::id, by place in the coordinates
  absl::string_view coordinates;                // encoded; decoding writes a view into the input
  uint64_t change_count = 0;
  absl::string_view changes;  // the same

  bool Has(BlockSection section) const { return (sections & section) != 0; }
};

// Appends everything of the body but the encoded changes themselves, which follow as they are.
void EncodeBodyStart(const BlockBody& body, std::string* out);

// False for bytes that no body encodes to. `body` then is of no use.
[[nodiscard]] bool DecodeBody(absl::string_view bytes, BlockBody* body);

// The 16 bytes before a body that consists of `pieces`. Their sizes add up to at most
// kBlockBodyBytesMax.
std::string EncodeBlockHeader(absl::Span<const absl::string_view> pieces);

// kNewer: whole and checksummed, but of a format version that this program does not know.
enum class BlockState : uint8_t { kValid, kTruncated, kInvalid, kNewer };

struct FoundBlock {
  BlockState state = BlockState::kInvalid;
  uint64_t size_bytes = 0;  // header and body, as the header says; not for kInvalid
  absl::string_view body;   // kValid
};

// Looks at the block that begins at the first byte of `bytes`. kTruncated: the header is whole and
// plausible (or itself cut), but `bytes` end before the block does.
FoundBlock FindBlock(absl::string_view bytes);

}  // namespace takt
