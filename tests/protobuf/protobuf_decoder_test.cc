#include "connectors/protobuf/protobuf_decoder.h"

#include <algorithm>
#include <memory>
#include <random>
#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/stubs/logging.h"
#include "gtest/gtest.h"
#include "takt/events/v1/change.pb.h"
#include "tests/protobuf/both_readers.h"

namespace takt {
namespace {

using Message = events::v1::Change;

TEST(ProtobufDecoder, ReadsWhatTheGeneratedClassWrites) {
  EXPECT_EQ(Decoded(FullChange().SerializeAsString()),
            "deal D1 1 1768037400000000 12.3 [e-17] f0=null f1='text -6' f2=-5.50 f3=-4 f4=false "
            "f5=time -2 f6=minor -1");
}

TEST(ProtobufDecoder, ReadsEveryOp) {
  for (int op = 0; op <= 5; ++op) {
    Message message;
    message.set_id("a");
    message.set_op(static_cast<Message::Op>(op));
    const std::string bytes = message.SerializeAsString();
    EXPECT_EQ(Decoded(bytes), ByGeneratedClass(bytes)) << op;
  }
}

TEST(ProtobufDecoder, AnyOrderOfPartsReadsTheSame) {
  std::mt19937_64 random(3);
  Message parts[4];
  parts[0].set_object("deal");
  parts[1].set_id("D1");
  parts[2].set_time_micros(-5);
  parts[3].set_event_id("e");
  for (int round = 0; round < 100; ++round) {
    std::shuffle(std::begin(parts), std::end(parts), random);
    std::string bytes;
    for (const Message& part : parts) bytes += part.SerializeAsString();
    EXPECT_EQ(Decoded(bytes), "deal D1 0 -5 0.0 [e]");
  }
}

TEST(ProtobufDecoder, UnknownFieldsAreSkippedAndTheLastOfRepeatedOnesStands) {
  const std::string old = FullChange().SerializeAsString();
  const std::string unknown = std::string("\xf8\x07\x01", 3) +  // 127, varint
                              std::string(
                                  "\xf9\x07"
                                  "12345678",
                                  10) +  // 127, 8 bytes
                              std::string(
                                  "\xfd\x07"
                                  "1234",
                                  6) +  // 127, 4 bytes
                              std::string(
                                  "\xfa\x07\x02"
                                  "ab",
                                  5) +  // 127, bytes
                              std::string(
                                  "\x0d"
                                  "1234",
                                  5);  // object, wrong wire type
  Message later;
  later.set_id("D2");
  const std::string bytes = unknown + old + unknown + later.SerializeAsString();
  EXPECT_EQ(Decoded(bytes), ByGeneratedClass(bytes));
  EXPECT_THAT(Decoded(bytes), testing::StartsWith("deal D2 1"));
}

TEST(ProtobufDecoder, ConfluentFramesOfTheFirstMessageAreStripped) {
  const std::string bytes = FullChange().SerializeAsString();
  const std::string frame("\0\0\0\0\7", 5);
  EXPECT_EQ(Decoded(frame + std::string("\0", 1) + bytes), Decoded(bytes));
  EXPECT_EQ(Decoded(frame + std::string("\2\0", 2) + bytes), Decoded(bytes));
  EXPECT_EQ(Decoded(frame + std::string("\1\0", 2) + bytes), Decoded(bytes));
  EXPECT_EQ(Decoded(frame + std::string("\2\2", 2) + bytes), "unsupported_frame");
  EXPECT_EQ(Decoded(frame), "unsupported_frame");
  EXPECT_EQ(Decoded(std::string("\0\0", 2)), "unsupported_frame");
}

TEST(ProtobufDecoder, BadRecordsAreRejectedWithTheirReason) {
  EXPECT_EQ(Decoded(""), "empty_value");
  EXPECT_EQ(Decoded("{\"object\":\"deal\"}"), "malformed");
  EXPECT_EQ(Decoded(std::string("\x0a\x02\xc3\x28", 4)), "invalid_utf8");
  EXPECT_EQ(Decoded(std::string("\x42\x07\x0a\x02\xc3\x28\x1a\x01x", 9)), "invalid_utf8");
  EXPECT_EQ(Decoded(std::string("\x42\x05\x0a\x01x\x10\x00", 7)), "bad_value");  // not cleared
  EXPECT_EQ(Decoded(std::string("\x42\x03\x0a\x01x", 5)), "bad_value");          // no value
  EXPECT_EQ(Decoded(std::string("\x0b\x0c", 2)), "malformed");                   // a group
  EXPECT_EQ(Decoded(std::string("\x20\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12)),
            "malformed");
  Message many;
  for (int i = 0; i < 1025; ++i) AddField(many, "f", 1, i);
  EXPECT_EQ(Decoded(many.SerializeAsString()), "too_large");
  Message large;
  large.set_id(std::string(1 << 20, 'x'));
  EXPECT_EQ(Decoded(large.SerializeAsString()), "too_large");
}

// Short texts and all others are read by two ways; both end where the length takes a second byte.
TEST(ProtobufDecoder, NamesAndTextsOfEverySizeAreRead) {
  google::protobuf::SetLogHandler(nullptr);
  for (const size_t name : {0, 1, 7, 8, 126, 127, 128, 300}) {
    for (const size_t text : {0, 1, 7, 8, 126, 127, 128, 300}) {
      for (const char* const letter : {"x", "\xc3\xbc", "\xff"}) {
        Message message;
        events::v1::Field& field = *message.add_fields();
        field.set_name(std::string(name, 'n'));
        field.set_text(std::string(text, 't') + letter);
        const std::string bytes = message.SerializeAsString();
        const std::string expected = ByGeneratedClass(bytes);
        EXPECT_EQ(Decoded(bytes), expected == "malformed" ? "invalid_utf8" : expected)
            << name << " " << text;
      }
    }
  }
}

// So with money, whose number takes up to ten bytes.
TEST(ProtobufDecoder, MoneyOfEverySizeIsRead) {
  for (const size_t name : {0, 1, 3, 4, 5, 6, 20, 128}) {
    for (int bits = 0; bits < 64; ++bits) {
      for (const int64_t sign : {1, -1}) {
        Message message;
        events::v1::Field& field = *message.add_fields();
        field.set_name(std::string(name, 'n'));
        field.set_minor_units(sign * static_cast<int64_t>((uint64_t{1} << bits) - 1));
        const std::string bytes = message.SerializeAsString();
        EXPECT_EQ(Decoded(bytes), ByGeneratedClass(bytes)) << name << " " << bits;
        // Inside its field as well as at its end, with another value or a piece of one behind it.
        for (const absl::string_view behind : {"\x30\x01", "\x01", "\x81", "\x40\x02"}) {
          std::string damaged = bytes + std::string(behind);
          damaged[1] = static_cast<char>(damaged[1] + behind.size());
          EXPECT_EQ(Decoded(damaged), ByGeneratedClass(damaged)) << name << " " << bits;
        }
      }
    }
  }
}

TEST(ProtobufDecoder, SaysWhenAllTextsArePlain) {
  const auto is_plain = [](const Message& message) {
    const std::string bytes = message.SerializeAsString();
    const std::unique_ptr<Decoder> decoder = MakeProtobufDecoder();
    Record record;
    record.has_value = true;
    record.value = bytes;
    RawChanges changes;
    decoder->Decode(record, changes);
    return changes.size() == 1 && changes[0].is_plain;
  };
  EXPECT_TRUE(is_plain(FullChange()));
  for (const char* const text : {"\x01", "m\xc3\xbcller", "a name that ends in \x7f"}) {
    Message id = FullChange();
    id.set_id(text);
    EXPECT_FALSE(is_plain(id)) << text;
    Message short_field = FullChange();
    short_field.add_fields()->set_text(text);
    EXPECT_FALSE(is_plain(short_field)) << text;
    Message long_field = FullChange();
    long_field.add_fields()->set_text(std::string(200, 'x') + text);
    EXPECT_FALSE(is_plain(long_field)) << text;
  }
}

TEST(ProtobufDecoder, EveryTruncationIsRejectedOrEndsWithAPart) {
  const std::string bytes = FullChange().SerializeAsString();
  for (size_t size = 1; size < bytes.size(); ++size) {
    const std::string part = bytes.substr(0, size);
    EXPECT_EQ(Decoded(part), ByGeneratedClass(part)) << size;
  }
}

}  // namespace
}  // namespace takt
