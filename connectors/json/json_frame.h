// The Confluent wire format around JSON: byte 0, four bytes of schema id, then the payload. Avro
// and Protobuf records carry the same frame, so what follows decides.
//
// Threads: pure. Errors: kUnsupportedFrame when the frame is there and no JSON object or array
// follows.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "engine/model/reason.h"

namespace takt {

// Moves `value` behind the frame, if it has one.
[[nodiscard]] std::optional<Rejection> StripJsonFrame(absl::string_view* value);

}  // namespace takt
