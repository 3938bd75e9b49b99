#include "engine/model/reason.h"

namespace takt {

absl::string_view ReasonName(Reason reason) {
  switch (reason) {
    case Reason::kEmptyValue:
      return "empty_value";
    case Reason::kMalformed:
      return "malformed";
    case Reason::kInvalidUtf8:
      return "invalid_utf8";
    case Reason::kTooLarge:
      return "too_large";
    case Reason::kUnsupportedFrame:
      return "unsupported_frame";
    case Reason::kUnmapped:
      return "unmapped";
    case Reason::kUnknownObject:
      return "unknown_object";
    case Reason::kMissingId:
      return "missing_id";
    case Reason::kMissingTime:
      return "missing_time";
    case Reason::kBadTime:
      return "bad_time";
    case Reason::kFutureTime:
      return "future_time";
    case Reason::kTooOld:
      return "too_old";
    case Reason::kBadNumber:
      return "bad_number";
    case Reason::kTooManyDecimals:
      return "too_many_decimals";
    case Reason::kUnknownCurrency:
      return "unknown_currency";
    case Reason::kUnknownStage:
      return "unknown_stage";
    case Reason::kBadValue:
      return "bad_value";
  }
  return "unknown";
}

}  // namespace takt
