#include "connectors/mapping/mapping_values.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "engine/time/parse_time.h"

namespace takt {
namespace {

using Kind = MappingCell::Kind;

bool IsAnyOf(absl::string_view text, const std::vector<std::string>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return MatchesPattern(text, pattern); });
}

std::optional<int64_t> ReadByForm(MappingTimeForm form, const std::string& format,
                                  absl::string_view text, absl::TimeZone zone) {
  switch (form) {
    case MappingTimeForm::kSeconds:
      return ParseUnixTime(text, TimeUnit::kSeconds);
    case MappingTimeForm::kMillis:
      return ParseUnixTime(text, TimeUnit::kMillis);
    case MappingTimeForm::kMicros:
      return ParseUnixTime(text, TimeUnit::kMicros);
    case MappingTimeForm::kDays:
      return ParseEpochDays(text, zone);
    case MappingTimeForm::kSpreadsheetDays:
      return ParseSpreadsheetDays(text, zone);
    case MappingTimeForm::kIso:
      return ParseTime(text, zone);
    case MappingTimeForm::kFormat:
      return ParseTimeByFormat(format, text, zone);
  }
  return std::nullopt;
}

// What people write around amounts and what means nothing for their value.
constexpr absl::string_view kOrnaments[] = {
    " ",        "'",       "$", "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x99", "\xe2\x82\xac",
    "\xc2\xa3", "\xc2\xa5"};

bool SkipOrnament(absl::string_view* text) {
  for (const absl::string_view ornament : kOrnaments) {
    if (absl::ConsumePrefix(text, ornament)) return true;
  }
  return false;
}

bool IsCode(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isupper);
}

// "EUR 900" and "900 EUR" to what is beside the code.
absl::string_view WithoutCode(absl::string_view text) {
  constexpr size_t kCode = 3;
  text = absl::StripAsciiWhitespace(text);
  if (text.size() <= kCode) return text;
  const size_t behind = text.size() - kCode;
  if (IsCode(text.substr(0, kCode)) && !absl::ascii_isalpha(text[kCode])) {
    return text.substr(kCode);
  }
  if (IsCode(text.substr(behind)) && !absl::ascii_isalpha(text[behind - 1])) {
    return text.substr(0, behind);
  }
  return text;
}

// "1.234" has its groups right when every sign stands between digits and three digits follow it.
bool GroupFollows(absl::string_view behind_sign) {
  size_t digits = 0;
  while (digits < behind_sign.size() && absl::ascii_isdigit(behind_sign[digits])) ++digits;
  return digits == 3;
}

}  // namespace

bool MatchesPattern(absl::string_view text, absl::string_view pattern) {
  if (absl::EndsWith(pattern, "*")) {
    return absl::StartsWith(text, pattern.substr(0, pattern.size() - 1));
  }
  return text == pattern;
}

bool PassesTest(const MappingTest& test, const MappingCell& cell) {
  const bool comparable = cell.has_value() && cell.kind != Kind::kNested;
  switch (test.kind) {
    case MappingTest::Kind::kPresent:
      return cell.has_value();
    case MappingTest::Kind::kAbsent:
      return !cell.has_value();
    case MappingTest::Kind::kIn:
      return comparable && IsAnyOf(cell.text, test.texts);
    case MappingTest::Kind::kNotIn:
      return !comparable || !IsAnyOf(cell.text, test.texts);
  }
  return false;
}

std::optional<int64_t> ReadMappedTime(const MappingTimeUnit& unit, absl::TimeZone zone,
                                      const MappingCell& cell) {
  if (cell.kind == Kind::kTime) return cell.micros;
  if (cell.kind != Kind::kText && cell.kind != Kind::kNumber) return std::nullopt;
  const absl::string_view text = absl::StripAsciiWhitespace(cell.text);
  for (const MappingTimeForm form : unit.forms) {
    const std::optional<int64_t> micros = ReadByForm(form, unit.format, text, zone);
    if (micros.has_value()) return micros;
  }
  return std::nullopt;
}

bool PlainDecimal(absl::string_view text, DecimalSign sign, std::string* plain) {
  const char decimal = sign == DecimalSign::kPoint ? '.' : ',';
  const char group = sign == DecimalSign::kPoint ? ',' : '.';
  bool in_fraction = false;
  text = WithoutCode(text);
  while (!text.empty()) {
    if (SkipOrnament(&text)) continue;
    const char c = text.front();
    text.remove_prefix(1);
    if (c == group) {
      const bool after_digit = !plain->empty() && absl::ascii_isdigit(plain->back());
      if (in_fraction || !after_digit || !GroupFollows(text)) return false;
    } else if (c == decimal) {
      if (in_fraction) return false;
      in_fraction = true;
      plain->push_back('.');
    } else {
      plain->push_back(c);
    }
  }
  return !plain->empty();
}

std::optional<bool> ReadWordAsBool(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  for (const absl::string_view word : {"true", "yes", "t", "y", "1", "on"}) {
    if (absl::EqualsIgnoreCase(text, word)) return true;
  }
  for (const absl::string_view word : {"false", "no", "f", "n", "0", "off"}) {
    if (absl::EqualsIgnoreCase(text, word)) return false;
  }
  return std::nullopt;
}

}  // namespace takt
