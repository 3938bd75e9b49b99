// Whether bytes are text that may be shown: valid UTF-8 (no overlong forms, no surrogates, nothing
// beyond U+10FFFF), without control characters (C0, DEL, C1) and without the characters that change
// the direction of text (U+200E, U+200F, U+061C, U+202A to U+202E, U+2066 to U+2069), by which one
// name can be made to look like another.
//
// Threads: pure functions. Cost: 8 bytes of plain ASCII a step; no allocation.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"

namespace takt {

enum class TextClass : uint8_t {
  kPlain,
  kControl,  // valid, but with control or direction characters
  kInvalid,  // not UTF-8
};

TextClass ClassifyText(absl::string_view text);

}  // namespace takt
