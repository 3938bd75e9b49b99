// The Protobuf wire format, read from a view: tags, varints, lengths, and the skipping of what is
// not known. Like ByteReader, a bad read makes ok() false and everything after it empty.
//
// Threads: one. Cost: no allocation. Texts are views into the input.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"

namespace takt {

class WireReader {
 public:
  explicit WireReader(absl::string_view input)
      : at_(input.data()), end_(input.data() + input.size()) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return at_ == end_; }

  // Steps over `tag` (one byte) when it comes next.
  bool TakeTag(uint8_t tag) {
    if (at_ == end_ || static_cast<uint8_t>(*at_) != tag) return false;
    ++at_;
    return true;
  }

  // A tag: field number * 8 + wire type. Field number 0 and numbers beyond 2^29 are bad.
  uint32_t Tag() {
    const uint64_t tag = Varint();
    if (tag > UINT32_MAX || tag < 8) Fail();
    return ok_ ? static_cast<uint32_t>(tag) : 0;
  }

  uint64_t Varint() {
    if (at_ != end_ && static_cast<uint8_t>(*at_) < 0x80) return static_cast<uint8_t>(*at_++);
    return LongVarint();
  }

  absl::string_view Bytes() {
    const uint64_t size = Varint();
    if (size > static_cast<uint64_t>(end_ - at_)) {
      Fail();
      return {};
    }
    const absl::string_view bytes(at_, size);
    at_ += size;
    return bytes;
  }

  // Steps over the value that follows `tag`; groups are bad.
  void Skip(uint32_t tag) {
    switch (tag & 7) {
      case 0:
        Varint();
        return;
      case 1:
        Advance(8);
        return;
      case 2:
        Bytes();
        return;
      case 5:
        Advance(4);
        return;
    }
    Fail();
  }

 private:
  uint64_t LongVarint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (at_ == end_) break;
      const uint8_t byte = static_cast<uint8_t>(*at_++);
      // Bits beyond the 64th of a tenth byte are dropped, as every parser of the format does.
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    Fail();
    return 0;
  }

  void Advance(size_t size) {
    if (static_cast<size_t>(end_ - at_) < size) return Fail();
    at_ += size;
  }

  void Fail() {
    ok_ = false;
    at_ = end_;
  }

  const char* at_;
  const char* end_;
  bool ok_ = true;
};

inline int64_t FromZigzag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

}  // namespace takt
