// What every reader of JSON here shares: a padded copy of the record, the limits, and the tests
// that On-Demand parsing leaves to its caller (numbers as written, equal keys).
//
// Threads: one. Texts of values are views into JsonInput's buffers until its next Open.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/model/reason.h"
#include "simdjson.h"

namespace takt {

inline constexpr size_t kJsonBytesMax = 1 << 20;
inline constexpr int kJsonDepthMax = 32;
inline constexpr size_t kJsonFieldsMax = 1024;

// Why a document was refused; ok when it was not.
struct JsonVerdict {
  bool ok = true;
  Reason reason = Reason::kMalformed;
  std::string detail;

  static JsonVerdict Refuse(Reason reason, absl::string_view detail) {
    return {false, reason, std::string(detail)};
  }
  static JsonVerdict Of(simdjson::error_code error);
};

class JsonInput {
 public:
  // Copies `value`, which may carry a frame, and begins to parse it.
  JsonVerdict Open(absl::string_view value, simdjson::ondemand::document* document);

 private:
  simdjson::ondemand::parser parser_;
  std::vector<char> padded_;
};

// The number that `token` begins with, up to blanks, when it is one by JSON's grammar.
JsonVerdict ReadNumber(std::string_view token, absl::string_view* number);

// Reads through a value that nobody needs, so that what is wrong in it does not pass.
JsonVerdict SkipValue(simdjson::ondemand::value value, int depth);

inline absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// The keys seen in one object. Quadratic for few, sorted for many.
class KeySet {
 public:
  void Clear() { keys_.clear(); }
  void Add(absl::string_view key) { keys_.push_back(key); }
  size_t size() const { return keys_.size(); }
  bool HasTwice();

 private:
  std::vector<absl::string_view> keys_;
};

}  // namespace takt
