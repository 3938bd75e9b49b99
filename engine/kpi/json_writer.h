// Writes JSON text: what is given, in the order given, with commas, quotes and escapes in their places.
//
//   JsonWriter json;
//   json.Object([&] {
//     json.Member("ready", true);
//     json.Key("partitions").Array([&] { for (...) json.Object(...); });
//   });
//
// Texts from outside (topics, paths, errors of a broker) need not be UTF-8: a byte that belongs to no
// character comes out as U+FFFD. Numbers that JSON has none for (NaN, infinite) become null. The caller
// keeps keys unique.
//
// Threads: one at a time. Cost: appends to one string.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"

namespace takt {

// `text` in quotes, escaped, behind what `out` holds.
void AppendJsonText(absl::string_view text, std::string* out);

// The same JSON laid out for people and for diffs: two blanks a level, one member a line, empty objects and
// arrays on one line, a line feed at the end. `json` must be valid.
std::string Indented(absl::string_view json);

class JsonWriter {
 public:
  JsonWriter& Object(absl::FunctionRef<void()> members);
  JsonWriter& Array(absl::FunctionRef<void()> elements);
  JsonWriter& Key(absl::string_view name);

  JsonWriter& Value(absl::string_view text);
  JsonWriter& Value(const std::string& text) { return Value(absl::string_view(text)); }
  JsonWriter& Value(const char* text) { return Value(absl::string_view(text)); }
  JsonWriter& Value(bool value);
  JsonWriter& Value(double number);
  template <typename Whole, typename = std::enable_if_t<std::is_integral_v<Whole>>>
  JsonWriter& Value(Whole number) {
    if constexpr (std::is_signed_v<Whole>) return Signed(number);
    return Unsigned(number);
  }
  template <typename Present>
  JsonWriter& Value(const std::optional<Present>& value) {
    return value.has_value() ? Value(*value) : Null();
  }
  JsonWriter& Null();
  // A value that is JSON already.
  JsonWriter& Raw(absl::string_view json);

  template <typename Any>
  JsonWriter& Member(absl::string_view name, const Any& value) {
    return Key(name).Value(value);
  }

  std::string Finish() &&;

 private:
  JsonWriter& Signed(int64_t number);
  JsonWriter& Unsigned(uint64_t number);
  void Separate();

  std::string out_;
  bool comma_ = false;  // before what comes next
};

}  // namespace takt
