// What rules of a mapping file make of single values: tests, times, numbers, words.
//
// Threads: one per TextArena; the rest is pure.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "connectors/mapping/mapping_input.h"
#include "engine/definition/mapping_rules.h"

namespace takt {

// Texts that a rule composes, kept until the next record. Reuses its strings.
class TextArena {
 public:
  void Clear() { used_ = 0; }
  // An empty text to write to. It stays where it is.
  std::string& Add() {
    if (used_ == texts_.size()) texts_.emplace_back();
    texts_[used_].clear();
    return texts_[used_++];
  }

 private:
  std::deque<std::string> texts_;
  size_t used_ = 0;
};

// Whether `text` is `pattern`, or begins as it does before its '*' at the end.
bool MatchesPattern(absl::string_view text, absl::string_view pattern);

bool PassesTest(const MappingTest& test, const MappingCell& cell);

// The time that `cell` says, by the first form that reads it. `zone` is that of the unit.
std::optional<int64_t> ReadMappedTime(const MappingTimeUnit& unit, absl::TimeZone zone,
                                      const MappingCell& cell);

enum class DecimalSign : uint8_t { kPoint, kComma };

// "1.234,50 EUR" and the like to "1234.50": without blanks, apostrophes, signs of currencies and a
// code of one (three capital letters) before or behind the number, and without the signs between
// groups of three digits. Empty when the groups are not of three, so that a wrong sign in the mapping
// is noticed: "1,5" is not 15.
bool PlainDecimal(absl::string_view text, DecimalSign sign, std::string* plain);

// yes, true, t, y, 1, on and their opposites, in any case.
std::optional<bool> ReadWordAsBool(absl::string_view text);

}  // namespace takt
