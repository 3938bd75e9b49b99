// The Confluent wire format around JSON: byte 0, four bytes of schema id, then the payload. Avro
// and Protobuf records carry the same frame, so what follows decides.
//
// Threads: pure.
#pragma once

#include "absl/strings/string_view.h"

namespace takt {

// Moves `value` behind the frame, if it has one. False when no JSON object or array follows it.
[[nodiscard]] bool StripJsonFrame(absl::string_view* value);

}  // namespace takt
