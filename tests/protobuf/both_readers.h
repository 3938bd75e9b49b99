// One record, read by the decoder and by the generated class, as lines of text that are equal when both
// read the same.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "takt/events/v1/change.pb.h"

namespace takt {

// What the decoder makes of the record, or the reason that it is rejected for.
std::string Decoded(absl::string_view value);

// The same line by way of the generated class.
std::string ByGeneratedClass(const std::string& bytes);

// `kind`: 0 to 6, of the values that a field can have.
void AddField(events::v1::Change& message, const std::string& name, int kind, int64_t number);

// A change with all that the format has.
events::v1::Change FullChange();

}  // namespace takt
