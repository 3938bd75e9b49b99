// Records that no encoder writes: put together at random of parts in any order, twice, unknown, of the
// wrong wire type, with varints longer than they need to be and texts of all kinds, and then damaged.
// The decoder and the generated class read the same from them or both refuse them.
//
// They differ in what no encoder writes: the decoder refuses groups and tags beyond 32 bits, and it takes
// tags and sizes of more than five bytes.

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <random>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/stubs/logging.h"
#include "gtest/gtest.h"
#include "tests/protobuf/both_readers.h"

namespace takt {
namespace {

// Reads one varint off the front, and how many bytes it took; false at the end and beyond ten bytes.
bool TakeVarint(absl::string_view& bytes, uint64_t& value, size_t& size) {
  value = 0;
  for (size = 0; size < std::min<size_t>(bytes.size(), 10);) {
    const auto byte = static_cast<uint8_t>(bytes[size]);
    value |= uint64_t{byte & 0x7fu} << (7 * size++);
    if (byte >= 0x80) continue;
    bytes.remove_prefix(size);
    return true;
  }
  return false;
}

// Whether the message, up to its first fault, has what the two read differently: see above.
bool HasWhatMayDiffer(absl::string_view bytes, bool is_field = false) {
  uint64_t tag = 0;
  uint64_t number = 0;
  size_t size = 0;
  while (TakeVarint(bytes, tag, size)) {
    if (size > 5 || tag > UINT32_MAX || (tag & 7) == 3) return true;
    const bool is_long = (tag & 7) == 1;
    if (is_long || (tag & 7) == 5) {
      bytes.remove_prefix(std::min<size_t>(is_long ? 8 : 4, bytes.size()));
      continue;
    }
    if (!TakeVarint(bytes, number, size)) return false;
    if ((tag & 7) == 0) continue;
    if (size > 5) return true;
    if (number > bytes.size()) return false;
    if (!is_field && tag == (8 << 3 | 2) && HasWhatMayDiffer(bytes.substr(0, number), true)) {
      return true;
    }
    bytes.remove_prefix(number);
  }
  return false;
}

bool IsRejection(absl::string_view line) {
  return line == "malformed" || line == "bad_value" || line == "invalid_utf8";
}

class RecordMaker {
 public:
  explicit RecordMaker(uint64_t seed) : random_(seed) {}

  size_t Below(size_t limit) { return random_() % limit; }
  bool Once(size_t in) { return Below(in) == 0; }

  std::string Change() {
    std::string bytes;
    for (size_t i = 0, parts = 1 + Below(10); i < parts; ++i) {
      // Mostly in the order of encoders; fields are what there is most of.
      const size_t number = Once(4) ? 1 + Below(9) : std::min<size_t>(i + 1, 8);
      const bool is_text = number <= 2 || number == 5;
      if (number == 8 && !Once(20)) {
        bytes += Tag(8, 2) + Sized(Field());
      } else {
        bytes += Part(number, is_text ? 2 : 0);
      }
    }
    return bytes;
  }

  void Damage(std::string& bytes) {
    const size_t at = Below(bytes.size());
    switch (Below(4)) {
      case 0:
        bytes[at] = static_cast<char>(random_());
        return;
      case 1:
        bytes.erase(at, 1);
        return;
      case 2:
        bytes.insert(at, 1, static_cast<char>(random_()));
        return;
      case 3:
        bytes.resize(at);
        return;
    }
  }

 private:
  std::string Field() {
    std::string bytes = Once(10) ? "" : Tag(1, 2) + Sized(Text());
    for (size_t i = 0, values = Once(6) ? Below(3) : 1; i < values; ++i) {
      const size_t number = Once(3) ? 1 + Below(9) : Once(2) ? 3 : 8;
      const bool is_text = number == 1 || number == 3 || number == 4;
      bytes += Part(number, is_text ? 2 : 0);
    }
    return bytes;
  }

  std::string Part(size_t number, size_t wire_type) {
    if (Once(30)) wire_type = Below(6);
    if (Once(30)) number = 16 + Below(3000);
    std::string bytes = Tag(number, wire_type);
    if (wire_type == 0) return bytes + Varint(Number(), 10);
    if (wire_type == 2) return bytes + Sized(Text());
    if (wire_type == 1) return bytes + std::string(8, 'f');
    if (wire_type == 5) return bytes + std::string(4, 'f');
    return bytes;
  }

  uint64_t Number() {
    if (Once(3)) return Below(6);
    return random_() >> Below(64);
  }

  std::string Text() {
    std::string text(Once(10) ? 120 + Below(20) : Below(20), 'x');
    if (!Once(6)) return text;
    const absl::string_view kinds[] = {absl::string_view("\0", 1),
                                       "\x1f",
                                       "\x7f",
                                       "\x80",
                                       "\xff",
                                       "\xc3\xbc",
                                       "\xc3",
                                       "\xe2\x82\xac",
                                       "\xe2\x82",
                                       "\xf0\x9f\x98\x80",
                                       "\xed\xa0\x80",
                                       "\xc0\xaf"};
    text.insert(Below(text.size() + 1), std::string(kinds[Below(std::size(kinds))]));
    return text;
  }

  // Takes up to `bytes_max` bytes, now and then more than it needs.
  std::string Varint(uint64_t value, size_t bytes_max) {
    std::string bytes;
    for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
    bytes += static_cast<char>(value);
    if (!Once(15) || bytes.size() >= bytes_max) return bytes;
    const size_t size = bytes.size() + 1 + Below(bytes_max - bytes.size());
    bytes.back() = static_cast<char>(bytes.back() | 0x80);
    bytes.resize(size - 1, static_cast<char>(0x80));
    return bytes + std::string(1, '\0');
  }
  // The generated class takes no longer tags and sizes than of five bytes.
  std::string Tag(size_t number, size_t wire_type) { return Varint(number << 3 | wire_type, 5); }
  std::string Sized(const std::string& bytes) { return Varint(bytes.size(), 5) + bytes; }

  std::mt19937_64 random_;
};

void ExpectSame(const std::string& bytes, int& accepted) {
  // What begins like a frame is none of the generated class's.
  if (bytes.empty() || bytes[0] == '\0') return;
  const std::string mine = Decoded(bytes);
  const std::string theirs = ByGeneratedClass(bytes);
  // Invalid UTF-8 is malformed for the other. Of several faults each tells the first that it meets.
  const bool same = mine == theirs || (theirs == "malformed" && IsRejection(mine));
  EXPECT_TRUE(same || HasWhatMayDiffer(bytes)) << mine << "\n"
                                               << theirs << "\n"
                                               << absl::BytesToHexString(bytes);
  if (!IsRejection(mine)) ++accepted;
}

TEST(DamagedRecords, OneThatEncodersWriteWithBytesTurnedOver) {
  google::protobuf::SetLogHandler(nullptr);
  std::mt19937_64 random(5);
  const std::string whole = FullChange().SerializeAsString();
  int accepted = 0;
  for (int round = 0; round < 100000; ++round) {
    std::string bytes = whole;
    const int flips = 1 + static_cast<int>(random() % 3);
    for (int i = 0; i < flips; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    ExpectSame(bytes, accepted);
  }
  EXPECT_GT(accepted, 10000);
}

TEST(DamagedRecords, OnesPutTogetherAtRandom) {
  google::protobuf::SetLogHandler(nullptr);
  RecordMaker maker(7);
  int accepted = 0;
  for (int round = 0; round < 100000; ++round) {
    std::string bytes = maker.Change();
    ExpectSame(bytes, accepted);
    for (size_t damages = maker.Below(3); damages > 0 && !bytes.empty(); --damages) {
      maker.Damage(bytes);
      ExpectSame(bytes, accepted);
    }
  }
  EXPECT_GT(accepted, 40000);
}

}  // namespace
}  // namespace takt
