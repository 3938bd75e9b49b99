// Writing and reading of compact binary state: little-endian fixed integers, LEB128 varints,
// zigzag for signed ones, and length-prefixed strings. Each state type encodes itself over these.
//
// ByteReader never reads past its end and never throws: the first bad read makes `ok()` false, all
// later reads give zero or empty, and the caller checks once at the end. Strings are views into the
// input, which must outlive them. A varint longer than 10 bytes is bad.
//
// Threads: none of these is shared. Cost: no allocation in the reader.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

#include "absl/strings/string_view.h"

namespace takt {

class ByteWriter {
 public:
  // Appends to `out`, which must outlive the writer.
  explicit ByteWriter(std::string* out) : out_(*out) {}

  void Byte(uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void Fixed32(uint32_t value) { Raw(&value, sizeof(value)); }
  void Fixed64(uint64_t value) { Raw(&value, sizeof(value)); }
  void Varint(uint64_t value) {
    while (value >= 0x80) {
      Byte(static_cast<uint8_t>(value) | 0x80);
      value >>= 7;
    }
    Byte(static_cast<uint8_t>(value));
  }
  void Signed(int64_t value) {
    Varint((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
  }
  void Bytes(absl::string_view value) {
    Varint(value.size());
    out_.append(value.data(), value.size());
  }

 private:
  void Raw(const void* data, size_t size) { out_.append(static_cast<const char*>(data), size); }

  std::string& out_;
};

// memcpy for texts that are mostly short, without a call for those.
inline void CopyText(const char* from, size_t size, char* to) {
  constexpr size_t kShort = 32;
  constexpr size_t kWord = 8;
  if (size > kShort) {
    std::memcpy(to, from, size);
  } else if (size >= kWord) {
    // The last word may overlap the one before it.
    for (size_t at = 0; at + kWord < size; at += kWord) std::memcpy(to + at, from + at, kWord);
    std::memcpy(to + size - kWord, from + size - kWord, kWord);
  } else if (size >= kWord / 2) {
    std::memcpy(to, from, kWord / 2);
    std::memcpy(to + size - kWord / 2, from + size - kWord / 2, kWord / 2);
  } else {
    for (size_t at = 0; at < size; ++at) to[at] = from[at];
  }
}

// The same into memory whose size the caller has worked out: what a small thing takes at most is
// known, and a string grows byte by byte at some cost.
class RawByteWriter {
 public:
  static constexpr size_t kVarintMax = 10;

  // Writes from `at` on; there must be room for all that is written.
  explicit RawByteWriter(char* at) : at_(at) {}

  char* at() const { return at_; }

  void Byte(uint8_t value) { *at_++ = static_cast<char>(value); }
  void Fixed64(uint64_t value) {
    std::memcpy(at_, &value, sizeof(value));
    at_ += sizeof(value);
  }
  void Varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) *at_++ = static_cast<char>(value | 0x80);
    *at_++ = static_cast<char>(value);
  }
  void Signed(int64_t value) {
    Varint((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
  }
  void Bytes(absl::string_view value) {
    Varint(value.size());
    CopyText(value.data(), value.size(), at_);
    at_ += value.size();
  }

 private:
  char* at_;
};

class ByteReader {
 public:
  explicit ByteReader(absl::string_view input)
      : position_(input.data()), end_(input.data() + input.size()) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return position_ == end_; }
  size_t Remaining() const { return static_cast<size_t>(end_ - position_); }
  const char* position() const { return position_; }

  uint8_t Byte() {
    if (position_ == end_) return Fail();
    return static_cast<uint8_t>(*position_++);
  }
  uint32_t Fixed32() { return Raw<uint32_t>(); }
  uint64_t Fixed64() { return Raw<uint64_t>(); }
  uint64_t Varint() {
    if (position_ != end_ && static_cast<uint8_t>(*position_) < 0x80) {
      return static_cast<uint8_t>(*position_++);
    }
    const LongVarint read = ReadLong(position_, end_);
    if (read.next == nullptr) return Fail();
    position_ = read.next;
    return read.value;
  }
  int64_t Signed() {
    const uint64_t value = Varint();
    return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
  }
  absl::string_view Bytes() {
    const uint64_t size = Varint();
    if (size > Remaining()) {
      Fail();
      return {};
    }
    const absl::string_view value(position_, static_cast<size_t>(size));
    position_ += size;
    return value;
  }

 private:
  struct LongVarint {
    uint64_t value = 0;
    const char* next = nullptr;  // behind it; nullptr: it is bad
  };
  // Of two bytes and more. Apart, and by values, so that the reader stays in registers.
  static LongVarint ReadLong(const char* at, const char* end);
  template <int kPlace>
  static LongVarint ReadLong(uint64_t value, const char* at, const char* end);

  // Ends the reading: nothing is left to read, and ok() stays false.
  uint8_t Fail() {
    ok_ = false;
    position_ = end_;
    return 0;
  }
  template <typename T>
  T Raw() {
    if (Remaining() < sizeof(T)) return Fail();
    T value;
    std::memcpy(&value, position_, sizeof(T));
    position_ += sizeof(T);
    return value;
  }

  const char* position_;
  const char* end_;
  bool ok_ = true;
};

}  // namespace takt
