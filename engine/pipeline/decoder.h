// Decode and Map: the bytes of one record to the changes that it says, with fields by name and values
// as they were written. Implemented by connectors/json, protobuf, csv and mapping.
//
// A record is taken whole or not at all: a decoder that rejects it has yielded nothing. What a decoder
// does not judge (known objects and stages, exactness, time bounds) Check does, by the definition.
//
// Threads: one reader thread per decoder. Texts in the yielded changes are views that live until the
// next call of Decode or until the record goes, whichever is first.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/model/change.h"
#include "engine/model/event_time.h"
#include "engine/model/reason.h"
#include "engine/pipeline/record.h"

namespace takt {

// A value as written. Numbers stay text so that money never passes through a double.
struct RawValue {
  enum class Kind : uint8_t { kNull, kText, kNumber, kBool, kTime, kMinorUnits };
  Kind kind = Kind::kNull;
  absl::string_view text;  // kText, kNumber
  int64_t integer = 0;  // kBool: 0 or 1; kTime: event-time microseconds; kMinorUnits: exact money
};

struct RawField {
  absl::string_view name;
  RawValue value;
};

struct RawChange {
  absl::string_view object;
  absl::string_view id;
  ChangeKind kind = ChangeKind::kPatch;
  bool has_time = false;
  EventTime time;
  OrderKey order;
  absl::string_view event_id;  // empty: none
  uint32_t place = 0;          // of this change among those of its record
  bool is_plain = false;  // every text is seen to be plain ASCII (base/utf8.h); false says nothing
  std::vector<RawField> fields;
};

// Kept by the reader and reused from record to record, so that steady state allocates nothing.
class RawChanges {
 public:
  void Clear() { size_ = 0; }
  RawChange& Add() {
    if (size_ == changes_.size()) changes_.emplace_back();
    RawChange& change = changes_[size_++];
    change.fields.clear();
    change.object = change.id = change.event_id = {};
    change.kind = ChangeKind::kPatch;
    change.has_time = false;
    change.time = {};
    change.order = {};
    change.place = static_cast<uint32_t>(size_ - 1);
    change.is_plain = false;
    return change;
  }
  size_t size() const { return size_; }
  const RawChange& operator[](size_t index) const { return changes_[index]; }
  RawChange& operator[](size_t index) { return changes_[index]; }

 private:
  std::vector<RawChange> changes_;
  size_t size_ = 0;
};

struct Filtered {};  // the mapping says that such records do not matter: counted, no dead letter

using DecodeResult = std::variant<std::monostate /* changes were added */, Filtered, Rejection>;

class Decoder {
 public:
  virtual ~Decoder() = default;
  virtual DecodeResult Decode(const Record& record, RawChanges& changes) = 0;
};

}  // namespace takt
