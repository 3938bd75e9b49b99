#include "connectors/protobuf/protobuf_decoder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "connectors/protobuf/wire.h"
#include "engine/base/utf8.h"

namespace takt {
namespace {

constexpr size_t kRecordBytesMax = 1 << 20;
constexpr size_t kFieldsMax = 1024;
constexpr size_t kFrameBytes = 5;

// Tags of change.proto: field number * 8 + wire type (0 varint, 2 bytes).
constexpr uint8_t kObject = 1 << 3 | 2;
constexpr uint8_t kId = 2 << 3 | 2;
constexpr uint8_t kOp = 3 << 3;
constexpr uint8_t kTimeMicros = 4 << 3;
constexpr uint8_t kEventId = 5 << 3 | 2;
constexpr uint8_t kOrderMajor = 6 << 3;
constexpr uint8_t kOrderMinor = 7 << 3;
constexpr uint8_t kFields = 8 << 3 | 2;

constexpr uint8_t kName = 1 << 3 | 2;
constexpr uint8_t kCleared = 2 << 3;
constexpr uint8_t kText = 3 << 3 | 2;
constexpr uint8_t kDecimal = 4 << 3 | 2;
constexpr uint8_t kInteger = 5 << 3;
constexpr uint8_t kFlag = 6 << 3;
constexpr uint8_t kFieldTimeMicros = 7 << 3;
constexpr uint8_t kMinorUnits = 8 << 3;

Rejection Malformed() { return {Reason::kMalformed, "not a takt.events.v1.Change"}; }

// Moves `value` behind a Confluent frame, if it has one. The message index is a count and the
// indexes, zigzag; the first message may be the single byte 0, and some writers leave the zigzag
// out.
std::optional<Rejection> StripFrame(absl::string_view* value) {
  if (value->front() != '\0') return std::nullopt;
  const absl::string_view rest = value->substr(std::min(kFrameBytes, value->size()));
  for (const absl::string_view first_message :
       {absl::string_view("\0", 1), absl::string_view("\2\0", 2), absl::string_view("\1\0", 2)}) {
    if (rest.substr(0, first_message.size()) == first_message) {
      *value = rest.substr(first_message.size());
      return std::nullopt;
    }
  }
  return Rejection{Reason::kUnsupportedFrame,
                   "schema registry frame that does not name the first message of its schema"};
}

class ProtobufDecoder final : public Decoder {
 public:
  DecodeResult Decode(const Record& record, RawChanges& changes) override {
    changes.Clear();
    digits_used_ = 0;
    invalid_utf8_ = false;
    std::optional<Rejection> rejection = ReadRecord(record.value, changes);
    if (!rejection.has_value()) return {};
    changes.Clear();
    return *std::move(rejection);
  }

 private:
  std::optional<Rejection> ReadRecord(absl::string_view value, RawChanges& changes) {
    if (value.empty()) return Rejection{Reason::kEmptyValue, "no bytes"};
    if (value.size() > kRecordBytesMax) {
      return Rejection{Reason::kTooLarge, absl::StrCat(value.size(), " bytes")};
    }
    if (auto rejection = StripFrame(&value)) return rejection;
    return ReadChange(WireReader(value), changes.Add());
  }

  std::optional<Rejection> ReadChange(WireReader in, RawChange& change) {
    uint64_t op = 0;
    // The order in which encoders write; what is left is read by the general rules below.
    if (in.TakeTag(kObject)) change.object = Text(in);
    if (in.TakeTag(kId)) change.id = Text(in);
    if (in.TakeTag(kOp)) op = in.Varint();
    if (in.TakeTag(kTimeMicros)) change.time.micros = static_cast<int64_t>(in.Varint());
    if (in.TakeTag(kEventId)) change.event_id = Text(in);
    if (in.TakeTag(kOrderMajor)) change.order.major = in.Varint();
    if (in.TakeTag(kOrderMinor)) change.order.minor = in.Varint();
    while (in.TakeTag(kFields)) {
      if (auto rejection = ReadField(in, change)) return rejection;
    }
    if (!in.AtEnd()) {
      if (auto rejection = ReadInAnyOrder(in, change, op)) return rejection;
    }
    if (!in.ok()) return Malformed();
    change.has_time = change.time.micros != 0;
    return Finish(change, op);
  }

  std::optional<Rejection> ReadInAnyOrder(WireReader& in, RawChange& change, uint64_t& op) {
    while (!in.AtEnd()) {
      const uint32_t tag = in.Tag();
      switch (tag) {
        case kObject:
          change.object = Text(in);
          break;
        case kId:
          change.id = Text(in);
          break;
        case kOp:
          op = in.Varint();
          break;
        case kTimeMicros:
          change.time.micros = static_cast<int64_t>(in.Varint());
          break;
        case kEventId:
          change.event_id = Text(in);
          break;
        case kOrderMajor:
          change.order.major = in.Varint();
          break;
        case kOrderMinor:
          change.order.minor = in.Varint();
          break;
        case kFields:
          if (auto rejection = ReadField(in, change)) return rejection;
          break;
        default:
          in.Skip(tag);
      }
    }
    return std::nullopt;
  }

  std::optional<Rejection> Finish(RawChange& change, uint64_t op) const {
    if (invalid_utf8_) return Rejection{Reason::kInvalidUtf8, "a text is not UTF-8"};
    // Enums are 32 bits wide, and longer varints are cut.
    switch (static_cast<int32_t>(op)) {
      case 0:
      case 1:
        change.kind = ChangeKind::kPatch;
        return std::nullopt;
      case 2:
        change.kind = ChangeKind::kRecord;
        return std::nullopt;
      case 3:
        change.kind = ChangeKind::kDelete;
        return std::nullopt;
      case 4:
        change.kind = ChangeKind::kUndelete;
        return std::nullopt;
    }
    return Rejection{Reason::kBadValue, absl::StrCat("op: ", static_cast<int32_t>(op))};
  }

  std::optional<Rejection> ReadField(WireReader& outer, RawChange& change) {
    WireReader in(outer.Bytes());
    if (!outer.ok()) return Malformed();
    if (change.fields.size() == kFieldsMax) {
      return Rejection{Reason::kTooLarge, "more than 1024 fields"};
    }
    RawField& field = change.fields.emplace_back();
    bool has_value = false;
    if (in.TakeTag(kName)) field.name = Text(in);
    while (!in.AtEnd()) {
      const uint32_t tag = in.Tag();
      if (tag == kName) {
        field.name = Text(in);
        continue;
      }
      if (tag == kCleared) {
        // "Not cleared" is no value.
        field.value = {};
        has_value = in.Varint() != 0;
        continue;
      }
      const bool known = ReadValue(in, tag, field.value);
      has_value |= known;
      if (!known) in.Skip(tag);
    }
    if (!in.ok()) return Malformed();
    if (!has_value) return Rejection{Reason::kBadValue, absl::StrCat(field.name, ": no value")};
    return std::nullopt;
  }

  // Reads the value of `tag` if that is one of the oneof's; false if not.
  bool ReadValue(WireReader& in, uint32_t tag, RawValue& value) {
    switch (tag) {
      case kText:
        value = {RawValue::Kind::kText, Text(in), 0};
        return true;
      case kDecimal:
        value = {RawValue::Kind::kNumber, Text(in), 0};
        return true;
      case kInteger:
        value = {RawValue::Kind::kNumber, Digits(FromZigzag(in.Varint())), 0};
        return true;
      case kFlag:
        value = {RawValue::Kind::kBool, {}, in.Varint() != 0 ? 1 : 0};
        return true;
      case kFieldTimeMicros:
        value = {RawValue::Kind::kTime, {}, static_cast<int64_t>(in.Varint())};
        return true;
      case kMinorUnits:
        value = {RawValue::Kind::kMinorUnits, {}, FromZigzag(in.Varint())};
        return true;
    }
    return false;
  }

  absl::string_view Text(WireReader& in) {
    const absl::string_view text = in.Bytes();
    if (ClassifyText(text) == TextClass::kInvalid) invalid_utf8_ = true;
    return text;
  }

  // The decimal digits of `number`, kept until the next Decode.
  absl::string_view Digits(int64_t number) {
    if (digits_used_ == digits_.size()) digits_.emplace_back();
    std::array<char, 24>& room = digits_[digits_used_++];
    const auto end = std::to_chars(room.data(), room.data() + room.size(), number).ptr;
    return {room.data(), static_cast<size_t>(end - room.data())};
  }

  std::deque<std::array<char, 24>> digits_;
  size_t digits_used_ = 0;
  bool invalid_utf8_ = false;  // in some text of the record, even one that a later one replaces
};

}  // namespace

std::unique_ptr<Decoder> MakeProtobufDecoder() { return std::make_unique<ProtobufDecoder>(); }

}  // namespace takt
