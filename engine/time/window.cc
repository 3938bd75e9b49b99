#include "engine/time/window.h"

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace takt {
namespace {

constexpr int64_t kMinutesMax = 366 * 24 * 60;
constexpr int64_t kDaysMax = 4000;
constexpr int64_t kOutcomesMax = 100000;

constexpr std::array<std::pair<const char*, Period>, 7> kPeriods = {{
    {"day", Period::kDay},
    {"week", Period::kWeek},
    {"month", Period::kMonth},
    {"quarter", Period::kQuarter},
    {"year", Period::kYear},
    {"fiscal_quarter", Period::kFiscalQuarter},
    {"fiscal_year", Period::kFiscalYear},
}};

struct SpanUnit {
  const char* name;
  CivilSpan::Unit unit;
  int64_t factor;
  int64_t count_max;  // of the unit as written; about 4,000 days
};

constexpr std::array<SpanUnit, 14> kSpanUnits = {{
    {"m", CivilSpan::Unit::kMinutes, 1, kDaysMax * 24 * 60},
    {"minute", CivilSpan::Unit::kMinutes, 1, kDaysMax * 24 * 60},
    {"h", CivilSpan::Unit::kMinutes, 60, kDaysMax * 24},
    {"hour", CivilSpan::Unit::kMinutes, 60, kDaysMax * 24},
    {"d", CivilSpan::Unit::kDays, 1, kDaysMax},
    {"day", CivilSpan::Unit::kDays, 1, kDaysMax},
    {"w", CivilSpan::Unit::kDays, 7, kDaysMax / 7},
    {"week", CivilSpan::Unit::kDays, 7, kDaysMax / 7},
    {"month", CivilSpan::Unit::kMonths, 1, 131},
    {"quarter", CivilSpan::Unit::kMonths, 3, 43},
    {"y", CivilSpan::Unit::kYears, 1, 10},
    {"year", CivilSpan::Unit::kYears, 1, 10},
    {"fiscal_quarter", CivilSpan::Unit::kMonths, 3, 43},
    {"fiscal_year", CivilSpan::Unit::kYears, 1, 10},
}};

absl::Status WrongWindow(absl::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat(
      "not a window; write 90m, 24h (at most 366 days), 7d, 12w (at most 4000 days), day, week, "
      "month, quarter, year, fiscal_quarter, fiscal_year, previous month (or another of these), "
      "last "
      "100 (at most 100000) or all: '",
      text, "'"));
}

absl::Status WrongSpan(absl::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat(
      "not a length of time; write 90m, 24h, 30d, 2w, 1 month, 2 quarters or 1 year (at most 4000 "
      "days, 131 months or 10 years), with or without 'ago': '",
      text, "'"));
}

// Blanks trimmed and collapsed to one.
std::vector<std::string> Words(absl::string_view text) {
  return absl::StrSplit(text, absl::ByAnyChar(" \t\n\r"), absl::SkipEmpty());
}

std::optional<Period> PeriodNamed(absl::string_view name) {
  for (const auto& [word, period] : kPeriods) {
    if (name == word) return period;
  }
  return std::nullopt;
}

// Digits alone, from 1 to `max`; a sign or a leading zero is not how an operator writes a count.
std::optional<int32_t> CountOf(absl::string_view digits, int64_t max) {
  if (digits.empty() || digits.size() > 9 || digits[0] == '0') return std::nullopt;
  int64_t count = 0;
  for (const char digit : digits) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(digit))) return std::nullopt;
    count = count * 10 + (digit - '0');
  }
  if (count > max) return std::nullopt;
  return static_cast<int32_t>(count);
}

std::optional<Window> RollingWindow(absl::string_view word) {
  const char unit = word.back();
  const absl::string_view digits = word.substr(0, word.size() - 1);
  const bool hours = unit == 'h';
  const bool weeks = unit == 'w';
  if (hours || unit == 'm') {
    const auto count = CountOf(digits, hours ? kMinutesMax / 60 : kMinutesMax);
    if (!count.has_value()) return std::nullopt;
    return Window{.kind = Window::Kind::kMinutes, .count = hours ? *count * 60 : *count};
  }
  if (weeks || unit == 'd') {
    const auto count = CountOf(digits, weeks ? kDaysMax / 7 : kDaysMax);
    if (!count.has_value()) return std::nullopt;
    return Window{.kind = Window::Kind::kDays, .count = weeks ? *count * 7 : *count};
  }
  return std::nullopt;
}

std::optional<Window> WindowOf(const std::vector<std::string>& words) {
  if (words.size() == 1) {
    if (words[0] == "all") return Window{.kind = Window::Kind::kAll};
    if (const auto period = PeriodNamed(words[0]); period.has_value()) {
      return Window{.kind = Window::Kind::kPeriod, .period = *period};
    }
    return RollingWindow(words[0]);
  }
  if (words.size() != 2) return std::nullopt;
  if (words[0] == "previous") {
    const auto period = PeriodNamed(words[1]);
    if (!period.has_value()) return std::nullopt;
    return Window{.kind = Window::Kind::kPreviousPeriod, .period = *period};
  }
  if (words[0] == "last") {
    const auto count = CountOf(words[1], kOutcomesMax);
    if (!count.has_value()) return std::nullopt;
    return Window{.kind = Window::Kind::kLast, .count = *count};
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<Window> ParseWindow(absl::string_view text) {
  const std::vector<std::string> words = Words(text);
  std::optional<Window> window = WindowOf(words);
  if (!window.has_value()) return WrongWindow(text);
  window->label = absl::StrJoin(words, " ");
  return *std::move(window);
}

absl::StatusOr<CivilSpan> ParseSpan(absl::string_view text) {
  std::vector<std::string> words = Words(text);
  if (!words.empty() && words.back() == "ago") words.pop_back();
  const std::string joined = absl::StrJoin(words, "");
  const size_t digits_end = joined.find_first_not_of("0123456789");
  if (words.empty() || words.size() > 2 || digits_end == std::string::npos) return WrongSpan(text);
  const absl::string_view digits = absl::string_view(joined).substr(0, digits_end);
  absl::string_view name = absl::string_view(joined).substr(digits_end);
  if (name.size() > 2) absl::ConsumeSuffix(&name, "s");
  for (const SpanUnit& unit : kSpanUnits) {
    if (name != unit.name) continue;
    const auto count = CountOf(digits, unit.count_max);
    if (!count.has_value()) return WrongSpan(text);
    return CivilSpan{.count = static_cast<int32_t>(*count * unit.factor), .unit = unit.unit};
  }
  return WrongSpan(text);
}

MinuteRange Resolve(const Window& window, Minute end, const Calendar& calendar) {
  const Minute latest = end - 1;
  switch (window.kind) {
    case Window::Kind::kMinutes:
      return {.begin = end - window.count, .end = end};
    case Window::Kind::kDays:
      return {.begin = calendar.DayStart(calendar.DayOf(latest) - window.count + 1), .end = end};
    case Window::Kind::kPeriod:
      return {.begin = calendar.PeriodAt(window.period, latest).begin, .end = end};
    case Window::Kind::kPreviousPeriod:
      return calendar.PeriodAt(window.period, latest, -1);
    case Window::Kind::kLast:
    case Window::Kind::kAll:
      return {.begin = kMinuteMin, .end = end};
  }
  return {.begin = end, .end = end};
}

}  // namespace takt
