// The coordinates of a block's changes: for each change, in their order, the partition and the offset
// of the record that said it. They lie beside the changes, in a section of their own (block.h), so that
// restoring does not touch them; whoever asks where a change came from reads them (scan.h).
//
// Per change one varint: even, the difference to the offset before it, in the same partition; odd, the
// partition's place in the block's list, and the whole offset behind it. A record of Kafka behind the
// one before it takes one byte, a line of a file two.
//
// Threads: values. Errors: decoding reads any bytes without harm.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/base/bytes.h"

namespace takt {

struct Coordinates {
  uint32_t partition = 0;  // place in the block's list
  int64_t offset = 0;
  friend bool operator==(const Coordinates&, const Coordinates&) = default;
};

class CoordinatesWriter {
 public:
  void Add(Coordinates at) {
    const uint64_t step = static_cast<uint64_t>(at.offset) - static_cast<uint64_t>(last_.offset);
    // Forwards by little, as nearly always: one byte, zigzag and the bit for "same partition" before it.
    if (step >= 32 || !begun_ || at.partition != last_.partition) return AddAny(at);
    bytes_.push_back(static_cast<char>(step << 2));
    last_.offset = at.offset;
  }
  const std::string& bytes() const { return bytes_; }
  void clear() {
    bytes_.clear();
    begun_ = false;
  }

 private:
  void AddAny(Coordinates at);

  std::string bytes_;
  Coordinates last_;
  bool begun_ = false;
};

class CoordinatesReader {
 public:
  explicit CoordinatesReader(absl::string_view bytes) : reader_(bytes) {}
  // False: the end, or bytes that no writer makes.
  bool Next(Coordinates* at);

 private:
  ByteReader reader_;
  Coordinates last_;
};

}  // namespace takt
