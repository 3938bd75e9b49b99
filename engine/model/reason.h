// Why a record did not count. One list: the names are label values of takt_dead_letters_total, header
// values of dead letters and words of the reference page.
//
// A dead letter carries the record's bytes as they came, so that it can be replayed when its cause is
// mended.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace takt {

enum class Reason : uint8_t {
  kEmptyValue,  // no bytes, and the source's policy for tombstones is not to ignore them
  kMalformed,   // not what the format says: truncated, trailing bytes, bad syntax, duplicate key
  kInvalidUtf8,
  kTooLarge,          // record, text, field count or depth above its limit
  kUnsupportedFrame,  // schema registry frame or encoding that is not configured
  kUnmapped,          // no mapping matches and the mapping file does not say to filter such records
  kUnknownObject,
  kMissingId,
  kMissingTime,
  kBadTime,          // not a time, or outside 1990..2099
  kFutureTime,       // further ahead of its record time than max_ahead
  kTooOld,           // older than the object's keep
  kBadNumber,        // NaN, infinity, 1e999, out of range, or no number at all
  kTooManyDecimals,  // more than the currency has
  kUnknownCurrency,
  kUnknownStage,
  kBadValue,  // a value that its field's type does not admit (bool, time, text with controls)
};
inline constexpr int kReasonCount = static_cast<int>(Reason::kBadValue) + 1;

// snake_case, for example "unknown_stage".
absl::string_view ReasonName(Reason reason);

// A reason and what to look at: the field and the value as it came (capped and escaped by whoever
// prints it).
struct Rejection {
  Reason reason = Reason::kMalformed;
  std::string detail;
};

}  // namespace takt
