// The Protobuf wire format, read from a view: tags, varints, lengths, and the skipping of what is
// not known. Like ByteReader, a bad read makes ok() false and everything after it empty.
//
// Threads: one. Cost: no allocation, and no call for what takes a byte: reads are inlined for sure,
// because one call with the reader's address would keep it out of registers. Texts are views into the
// input.
#pragma once

#include <cstdint>
#include <cstring>

#include "absl/base/attributes.h"
#include "absl/strings/string_view.h"
#include "engine/base/varint.h"

namespace takt {

class WireReader {
 public:
  explicit WireReader(absl::string_view input)
      : at_(input.data()), end_(input.data() + input.size()) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return at_ == end_; }

  // Whether `tag` (one byte) comes next.
  ABSL_ATTRIBUTE_ALWAYS_INLINE bool IsAtTag(uint8_t tag) const {
    return at_ != end_ && static_cast<uint8_t>(*at_) == tag;
  }

  // Steps over it when it does.
  ABSL_ATTRIBUTE_ALWAYS_INLINE bool TakeTag(uint8_t tag) {
    if (!IsAtTag(tag)) return false;
    ++at_;
    return true;
  }

  // A tag: field number * 8 + wire type. Field number 0 and numbers beyond 2^29 are bad.
  ABSL_ATTRIBUTE_ALWAYS_INLINE uint32_t Tag() {
    const uint64_t tag = Varint();
    if (tag > UINT32_MAX || tag < 8) Fail();
    return ok_ ? static_cast<uint32_t>(tag) : 0;
  }

  ABSL_ATTRIBUTE_ALWAYS_INLINE uint64_t Varint() {
    if (at_ != end_ && static_cast<uint8_t>(*at_) < 0x80) return static_cast<uint8_t>(*at_++);
    return LongVarint();
  }

  // The same for one that takes several bytes nearly always.
  ABSL_ATTRIBUTE_ALWAYS_INLINE uint64_t MostlyLongVarint() {
    if (end_ - at_ < 8) return LongVarint();
    uint64_t word;
    std::memcpy(&word, at_, sizeof(word));
    const int bytes = VarintBytes(word);
    if (bytes == 0) return LongVarint();
    at_ += bytes;
    return VarintValue(word, bytes);
  }

  ABSL_ATTRIBUTE_ALWAYS_INLINE absl::string_view Bytes() {
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
  struct Long {
    uint64_t value = 0;
    const char* end = nullptr;  // null: it is bad
  };

  ABSL_ATTRIBUTE_ALWAYS_INLINE uint64_t LongVarint() {
    const Long read = ReadLong(at_, end_);
    if (read.end == nullptr) {
      Fail();
      return 0;
    }
    at_ = read.end;
    return read.value;
  }

  // Apart from the reader, which else could not live in registers, and from its many callers.
  ABSL_ATTRIBUTE_NOINLINE static Long ReadLong(const char* at, const char* end) {
    if (end - at >= 8) {
      uint64_t word;
      std::memcpy(&word, at, sizeof(word));
      const int bytes = VarintBytes(word);
      if (bytes != 0) return {VarintValue(word, bytes), at + bytes};
    }
    uint64_t value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (at == end) break;
      const uint8_t byte = static_cast<uint8_t>(*at++);
      // Bits beyond the 64th of a tenth byte are dropped, as every parser of the format does.
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return {value, at};
    }
    return {};
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
