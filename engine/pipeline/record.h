// A record as a source delivers it, and where it came from.
//
// Threads: a view; what it points into lives until the callback that handed it out returns.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/base/hash.h"

namespace takt {

// Reads what a source left unread of the record that it is handing out.
class HeaderReader {
 public:
  virtual ~HeaderReader() = default;
  virtual void ReadHeadersNow() = 0;
};

struct Record {
  absl::string_view topic;  // or the file's path
  int32_t partition = 0;
  int64_t offset = 0;              // unique and ascending within a partition
  int64_t next_offset = 0;         // where reading goes on after it
  int64_t record_time_micros = 0;  // broker or file time; 0: unknown
  bool has_key = false;
  bool has_value = false;  // false: a tombstone
  absl::string_view key;
  absl::string_view value;
  std::vector<std::pair<absl::string_view, absl::string_view>> headers;
  // Set where reading the headers costs as much as all the rest of a record (Kafka), and few records
  // are asked for theirs: `headers` is empty until ReadHeaders. Null: they are read.
  HeaderReader* unread_headers = nullptr;
};

// Call it before looking at the headers, and before copying a record, while the callback that handed
// it out runs. Fills `record.headers`, which belong to the source.
inline void ReadHeaders(const Record& record) {
  if (record.unread_headers != nullptr) record.unread_headers->ReadHeadersNow();
}

// What ties a position to its topic: the checksum of the record before it, Position::last_checksum.
inline uint64_t RecordChecksum(absl::string_view key, absl::string_view value) {
  return StableHash(value, StableHash(key));
}

// The header by which a source says that a record was too large to be handed out whole: `value`
// then holds only its beginning, and it becomes a dead letter too_large.
inline constexpr absl::string_view kTooLargeHeader = "takt-too-large";

// The header by which a source says that it ended inside this record: `value` then holds what there
// was of it, which may by chance look whole, and it becomes a dead letter malformed.
inline constexpr absl::string_view kTornHeader = "takt-torn";

}  // namespace takt
