// A JSON reader of the oracle's own: small, slow and strict (RFC 8259). Numbers stay text. A refused
// document says for which of the reasons that dead letters have.
//
// Threads: pure. Limits: 1 MiB, 32 levels.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/model/reason.h"

namespace takt::oracle {

struct Json {
  enum class Kind { kNull, kBool, kNumber, kText, kArray, kObject };
  Kind kind = Kind::kNull;
  bool flag = false;
  std::string text;  // kText, kNumber
  std::vector<Json> elements;
  std::vector<std::pair<std::string, Json>> members;  // no key twice

  const Json* Find(absl::string_view key) const;  // null where there is none
};

std::variant<Json, Reason> ParseJson(absl::string_view document);

// Valid UTF-8: no overlong forms, no surrogates, nothing beyond U+10FFFF.
bool IsUtf8(absl::string_view text);
// Whether valid UTF-8 holds control characters or such as change the direction of text.
bool HasControls(absl::string_view text);

}  // namespace takt::oracle
