// Values of fields, from what a decoder read to exact integers and plain texts; check.h says which
// forms each type takes.
//
// Threads: pure functions. Errors: a Rejection or a Reason. Cost: no allocation unless it rejects.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "engine/definition/definition.h"
#include "engine/model/change.h"
#include "engine/model/reason.h"
#include "engine/pipeline/decoder.h"

namespace takt {

inline constexpr size_t kTextBytesMax = 4096;

// A rejection that shows what was looked at, escaped and capped: `owner: "a\\x01b"`.
Rejection RejectValue(Reason reason, absl::string_view what, absl::string_view value);
Rejection RejectField(Reason reason, const RawField& field);

// Whether `text` is plain UTF-8 of at most `bytes_max`; the answer says why not.
std::optional<Reason> JudgeText(absl::string_view text, size_t bytes_max);

// Reads `raw`, which is not null, as a value of `field`.
std::optional<Rejection> ConvertField(const RawField& raw, const Field& field,
                                      const Definition& definition, Value* value);

}  // namespace takt
