#include "connectors/protobuf/protobuf_decoder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <deque>
#include <string>
#include <utility>

#include "absl/base/attributes.h"
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

// Moves `value` behind a Confluent frame, if it has one; false when it names another message. The
// message index is a count and the indexes, zigzag; the first message may be the single byte 0, and
// some writers leave the zigzag out.
bool StripFrame(absl::string_view* value) {
  if (value->front() != '\0') return true;
  const absl::string_view rest = value->substr(std::min(kFrameBytes, value->size()));
  for (const absl::string_view first_message :
       {absl::string_view("\0", 1), absl::string_view("\2\0", 2), absl::string_view("\1\0", 2)}) {
    if (rest.substr(0, first_message.size()) == first_message) {
      *value = rest.substr(first_message.size());
      return true;
    }
  }
  return false;
}

class ProtobufDecoder final : public Decoder {
 public:
  DecodeResult Decode(const Record& record, RawChanges& changes) override {
    changes.Clear();
    digits_used_ = 0;
    invalid_utf8_ = false;
    is_plain_ = true;
    if (ReadRecord(record.value, changes)) return {};
    changes.Clear();
    return std::move(rejection_);
  }

 private:
  // All that reads answers whether it could; if not, rejection_ says why.
  bool Reject(Reason reason, std::string detail) {
    rejection_ = {reason, std::move(detail)};
    return false;
  }
  bool Malformed() { return Reject(Reason::kMalformed, "not a takt.events.v1.Change"); }

  bool ReadRecord(absl::string_view value, RawChanges& changes) {
    if (value.empty()) return Reject(Reason::kEmptyValue, "no bytes");
    if (value.size() > kRecordBytesMax) {
      return Reject(Reason::kTooLarge, absl::StrCat(value.size(), " bytes"));
    }
    if (!StripFrame(&value)) {
      return Reject(Reason::kUnsupportedFrame,
                    "schema registry frame that does not name the first message of its schema");
    }
    return ReadChange(WireReader(value), changes.Add());
  }

  bool ReadChange(WireReader in, RawChange& change) {
    op_ = 0;
    // The order in which encoders write; ReadOther reads what comes in another one.
    if (in.TakeTag(kObject)) change.object = Judged(in.Bytes());
    if (in.TakeTag(kId)) change.id = Judged(in.Bytes());
    if (in.TakeTag(kOp)) op_ = in.Varint();
    if (in.TakeTag(kTimeMicros)) change.time.micros = static_cast<int64_t>(in.MostlyLongVarint());
    if (!in.IsAtTag(kFields)) {
      if (in.TakeTag(kEventId)) change.event_id = Judged(in.Bytes());
      if (in.TakeTag(kOrderMajor)) change.order.major = in.Varint();
      if (in.TakeTag(kOrderMinor)) change.order.minor = in.Varint();
    }
    while (!in.AtEnd()) {
      if (!in.TakeTag(kFields)) {
        const uint32_t tag = in.Tag();
        if (tag != kFields) {
          in = ReadOther(in, tag, change);
          continue;
        }
      }
      const absl::string_view bytes = in.Bytes();
      if (!in.ok()) return Malformed();
      if (!AddField(bytes, change)) return false;
    }
    if (!in.ok()) return Malformed();
    if (invalid_utf8_) return Reject(Reason::kInvalidUtf8, "a text is not UTF-8");
    change.has_time = change.time.micros != 0;
    change.is_plain = is_plain_;
    return TakeOp(op_, change);
  }

  // What follows `tag`, which is not kFields; the answer is behind it.
  ABSL_ATTRIBUTE_NOINLINE WireReader ReadOther(WireReader in, uint32_t tag, RawChange& change) {
    switch (tag) {
      case kObject:
        change.object = Judged(in.Bytes());
        break;
      case kId:
        change.id = Judged(in.Bytes());
        break;
      case kOp:
        op_ = in.Varint();
        break;
      case kTimeMicros:
        change.time.micros = static_cast<int64_t>(in.Varint());
        break;
      case kEventId:
        change.event_id = Judged(in.Bytes());
        break;
      case kOrderMajor:
        change.order.major = in.Varint();
        break;
      case kOrderMinor:
        change.order.minor = in.Varint();
        break;
      default:
        in.Skip(tag);
    }
    return in;
  }

  bool TakeOp(uint64_t op, RawChange& change) {
    // Enums are 32 bits wide, and longer varints are cut.
    switch (static_cast<int32_t>(op)) {
      case 0:
      case 1:
        change.kind = ChangeKind::kPatch;
        return true;
      case 2:
        change.kind = ChangeKind::kRecord;
        return true;
      case 3:
        change.kind = ChangeKind::kDelete;
        return true;
      case 4:
        change.kind = ChangeKind::kUndelete;
        return true;
    }
    return Reject(Reason::kBadValue, absl::StrCat("op: ", static_cast<int32_t>(op)));
  }

  // Inlined for sure, as what it calls for nearly every field.
  ABSL_ATTRIBUTE_ALWAYS_INLINE bool AddField(absl::string_view bytes, RawChange& change) {
    if (change.fields.size() == kFieldsMax) {
      return Reject(Reason::kTooLarge, "more than 1024 fields");
    }
    RawField& field = change.fields.emplace_back();
    return ReadShortField(bytes, field) || ReadAnyField(bytes, field);
  }

  ABSL_ATTRIBUTE_NOINLINE bool ReadAnyField(absl::string_view bytes, RawField& field) {
    switch (ReadField(WireReader(bytes), field)) {
      case FieldState::kWhole:
        return true;
      case FieldState::kNoValue:
        return Reject(Reason::kBadValue, absl::StrCat(field.name, ": no value"));
      case FieldState::kMalformed:
        return Malformed();
    }
    return Malformed();
  }

  enum class FieldState : uint8_t { kWhole, kNoValue, kMalformed };

  // Most fields: a name and one text, both shorter than 128 bytes, or such a name and money, and nothing
  // else. False for all others, which ReadField reads.
  ABSL_ATTRIBUTE_ALWAYS_INLINE bool ReadShortField(absl::string_view bytes, RawField& field) {
    const char* const at = bytes.data();
    const size_t size = bytes.size();
    const auto byte = [at](size_t place) { return static_cast<uint8_t>(at[place]); };
    if (size < 8 || byte(0) != kName || byte(1) >= 0x80) return false;
    const size_t value_at = size_t{byte(1)} + 3;  // behind its tag
    if (value_at >= size) return false;
    const size_t left = size - value_at;
    if (byte(value_at - 1) == kText) {
      if (byte(value_at) >= 0x80 || byte(value_at) != left - 1) return false;
      field.value.kind = RawValue::Kind::kText;
      field.value.text = Judged({at + value_at + 1, left - 1});
    } else {
      uint64_t word;
      uint64_t number;
      std::memcpy(&word, at + size - sizeof(word), sizeof(word));
      if (byte(value_at - 1) != kMinorUnits || left > sizeof(word)) return false;
      if (!LastVarint(word, static_cast<int>(left), &number)) return false;
      field.value.kind = RawValue::Kind::kMinorUnits;
      field.value.integer = FromZigzag(number);
    }
    field.name = Judged({at + 2, value_at - 3});
    return true;
  }

  FieldState ReadField(WireReader in, RawField& field) {
    bool has_value = false;
    if (in.TakeTag(kName)) field.name = Judged(in.Bytes());
    while (!in.AtEnd()) {
      const uint32_t tag = in.Tag();
      switch (tag) {
        case kName:
          field.name = Judged(in.Bytes());
          continue;
        case kCleared:
          // "Not cleared" is no value.
          field.value = {};
          has_value = in.Varint() != 0;
          continue;
        case kText:
          field.value = {RawValue::Kind::kText, Judged(in.Bytes()), 0};
          break;
        case kDecimal:
          field.value = {RawValue::Kind::kNumber, Judged(in.Bytes()), 0};
          break;
        case kInteger:
          field.value = {RawValue::Kind::kNumber, Digits(FromZigzag(in.Varint())), 0};
          break;
        case kFlag:
          field.value = {RawValue::Kind::kBool, {}, in.Varint() != 0 ? 1 : 0};
          break;
        case kFieldTimeMicros:
          field.value = {RawValue::Kind::kTime, {}, static_cast<int64_t>(in.Varint())};
          break;
        case kMinorUnits:
          field.value = {RawValue::Kind::kMinorUnits, {}, FromZigzag(in.Varint())};
          break;
        default:
          in.Skip(tag);
          continue;
      }
      has_value = true;
    }
    if (!in.ok()) return FieldState::kMalformed;
    return has_value ? FieldState::kWhole : FieldState::kNoValue;
  }

  ABSL_ATTRIBUTE_ALWAYS_INLINE absl::string_view Judged(absl::string_view text) {
    if (!IsPlainAscii(text)) JudgePoints(text);
    return text;
  }
  ABSL_ATTRIBUTE_NOINLINE void JudgePoints(absl::string_view text) {
    is_plain_ = false;
    if (ClassifyPoints(text) == TextClass::kInvalid) invalid_utf8_ = true;
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
  uint64_t op_ = 0;
  Rejection rejection_;
  bool is_plain_ = true;       // every text so far
  bool invalid_utf8_ = false;  // in some text of the record, even one that a later one replaces
};

}  // namespace

std::unique_ptr<Decoder> MakeProtobufDecoder() { return std::make_unique<ProtobufDecoder>(); }

}  // namespace takt
