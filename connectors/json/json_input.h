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

// Why a document was refused; ok when it was not. It travels in two registers, so that the many good
// ones cost nothing; what it says becomes a text only when it is told.
struct JsonVerdict {
  const char* why = nullptr;
  Reason reason = Reason::kMalformed;

  bool ok() const { return why == nullptr; }
  static JsonVerdict Refuse(Reason reason, const char* why) { return {why, reason}; }
  static JsonVerdict Of(simdjson::error_code error) {
    return error == simdjson::SUCCESS ? JsonVerdict() : OfError(error);
  }
  // `key`: what it is about; empty where that is the whole.
  Rejection ToRejection(absl::string_view key) const;

 private:
  static JsonVerdict OfError(simdjson::error_code error);
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

// Texts of strings and keys. Those without escapes are views into the padded copy.
JsonVerdict ReadString(simdjson::ondemand::value& value, absl::string_view* text);
JsonVerdict ReadKey(simdjson::ondemand::field& field, absl::string_view* key);

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
