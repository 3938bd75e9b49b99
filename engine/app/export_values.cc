#include "engine/app/export_values.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/time/civil_time.h"
#include "engine/time/parse_time.h"

namespace takt {
namespace {

constexpr std::array<const char*, 33> kDatePatterns = {"%Y-%m-%d",
                                                       "%Y-%m-%d%ET%H:%M:%E*S%Ez",
                                                       "%Y-%m-%d%ET%H:%M:%E*S",
                                                       "%Y-%m-%d %H:%M:%E*S%Ez",
                                                       "%Y-%m-%d %H:%M:%E*S",
                                                       "%Y-%m-%d %H:%M",
                                                       "%Y/%m/%d",
                                                       "%Y/%m/%d %H:%M",
                                                       "%Y/%m/%d %H:%M:%E*S",
                                                       "%Y.%m.%d",
                                                       "%m/%d/%Y",
                                                       "%d/%m/%Y",
                                                       "%m/%d/%y",
                                                       "%d/%m/%y",
                                                       "%m/%d/%Y %H:%M",
                                                       "%d/%m/%Y %H:%M",
                                                       "%m/%d/%Y %H:%M:%E*S",
                                                       "%d/%m/%Y %H:%M:%E*S",
                                                       "%m/%d/%Y %I:%M %p",
                                                       "%d/%m/%Y %I:%M %p",
                                                       "%m/%d/%Y %I:%M:%E*S %p",
                                                       "%d.%m.%Y",
                                                       "%d.%m.%y",
                                                       "%d.%m.%Y %H:%M",
                                                       "%d.%m.%Y %H:%M:%E*S",
                                                       "%m-%d-%Y",
                                                       "%d-%m-%Y",
                                                       "%m-%d-%Y %H:%M",
                                                       "%d-%m-%Y %H:%M",
                                                       "%d %b %Y",
                                                       "%d-%b-%Y",
                                                       "%b %d, %Y",
                                                       kSpreadsheetDays};

// Each begins a word; those with a blank at the end are whole words ("closed" is not "lose").
constexpr std::array<const char*, 15> kWonWords = {
    " won ",   " win ",   " closedwon ", " gagn",   " gewonnen", " success", " ganad", " signed ",
    " vinto ", " vinta ", " ganho ",     " ganha ", " vunn",     " vundet ", " wygran"};
constexpr std::array<const char*, 21> kLostWords = {
    " lost ",    " lose ",     " loss ",        " closedlost ", " dead ",     " perdu",
    " verloren", " perdid",    " abandon",      " rejected ",   " disqualif", " unqualified ",
    " cancel",   " declined ", " no decision ", " perso ",      " persa ",    " förlorad",
    " tabt ",    " tapt ",     " przegran"};
// The order of a sale, for stages whose order the export does not tell.
constexpr std::array<const char*, 17> kStageOrder = {
    "new",      "lead",     "prospect", "contact", "qualif", "engag",
    "discover", "demo",     "evaluat",  "present", "propos", "quote",
    "negotia",  "contract", "commit",   "verbal",  "review"};

constexpr std::array<const char*, 6> kNoAmounts = {"-", "--", "n/a", "N/A", "null", "NULL"};

constexpr std::array<std::pair<const char*, const char*>, 4> kCurrencySigns = {
    {{"$", "USD"}, {"\xc2\xa3", "GBP"}, {"\xe2\x82\xac", "EUR"}, {"\xc2\xa5", "JPY"}}};
constexpr std::array<const char*, 16> kCurrencyCodes = {"USD", "EUR", "GBP", "CHF", "JPY", "CAD",
                                                        "AUD", "NZD", "SEK", "NOK", "DKK", "PLN",
                                                        "CZK", "INR", "BRL", "MXN"};

template <typename List>
bool HasAny(const std::string& words, const List& list) {
  return std::any_of(list.begin(), list.end(),
                     [&](const char* word) { return absl::StrContains(words, word); });
}

// A currency's code, empty where none is, and what stands beside it.
struct CodedAmount {
  absl::string_view code;
  absl::string_view number;
};

bool IsCode(absl::string_view text) {
  return text.size() == 3 && std::all_of(text.begin(), text.end(), absl::ascii_isupper);
}

CodedAmount PartCode(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  if (text.size() <= 3) return {"", text};
  const size_t behind = text.size() - 3;
  if (IsCode(text.substr(0, 3)) && !absl::ascii_isalpha(static_cast<unsigned char>(text[3]))) {
    return {text.substr(0, 3), text.substr(3)};
  }
  const auto before = static_cast<unsigned char>(text[behind - 1]);
  if (IsCode(text.substr(behind)) && !absl::ascii_isalpha(before)) {
    return {text.substr(behind), text.substr(0, behind)};
  }
  return {"", text};
}

// What one amount says: a comma that parts decimals (+), a point (-), nothing (0). Two signs of
// different kind or one sign before other than three digits leave no doubt and count double.
int CommaVote(const std::string& amount) {
  const size_t last = amount.find_last_of(".,");
  if (last == std::string::npos) return 0;
  const int comma = amount[last] == ',' ? 1 : -1;
  const char other = amount[last] == ',' ? '.' : ',';
  if (amount.find(other) != std::string::npos) return 2 * comma;
  if (amount.find(amount[last]) != last) return -2 * comma;  // twice: it parts groups
  size_t digits = 0;
  while (last + 1 + digits < amount.size() &&
         absl::ascii_isdigit(static_cast<unsigned char>(amount[last + 1 + digits]))) {
    ++digits;
  }
  return digits == 3 ? -comma : 2 * comma;
}

}  // namespace

std::string Words(absl::string_view text) {
  std::string words = " ";
  bool after_small = false;  // a letter that a new word may follow without a blank
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (after_small && absl::ascii_isupper(byte)) words.push_back(' ');
    after_small = absl::ascii_islower(byte);
    if (absl::ascii_isalnum(byte) || byte >= 0x80) {
      words.push_back(absl::ascii_tolower(byte));
    } else if (words.back() != ' ') {
      words.push_back(' ');
    }
  }
  if (words.back() != ' ') words.push_back(' ');
  return words;
}

bool ParseDate(const std::string& text, const std::string& pattern, absl::Time* time) {
  std::string error;
  if (pattern == kSpreadsheetDays) {
    const std::optional<int64_t> micros = ParseSpreadsheetDays(text, absl::UTCTimeZone());
    if (!micros.has_value()) return false;
    *time = absl::FromUnixMicros(*micros);
  } else if (!absl::ParseTime(pattern, text, absl::UTCTimeZone(), time, &error)) {
    return false;
  }
  const auto year = absl::ToCivilYear(*time, absl::UTCTimeZone()).year();
  return year >= 1970 && year <= 2099;
}

std::optional<DateFormat> DateFormatOf(const std::vector<std::string>& values) {
  std::vector<std::string> fitting;
  for (const char* pattern : kDatePatterns) {
    const bool fits = std::all_of(values.begin(), values.end(), [&](const std::string& value) {
      absl::Time time;
      return ParseDate(value, pattern, &time);
    });
    if (fits) fitting.emplace_back(pattern);
  }
  if (values.empty() || fitting.empty()) return std::nullopt;
  const auto begins = [&](const char* with) {
    return std::any_of(fitting.begin(), fitting.end(),
                       [&](const std::string& pattern) { return absl::StartsWith(pattern, with); });
  };
  return DateFormat{fitting[0], begins("%m") && begins("%d")};
}

bool IsNoAmount(const std::string& text) {
  return std::find(kNoAmounts.begin(), kNoAmounts.end(), text) != kNoAmounts.end();
}

std::vector<std::string> NoAmountTexts() { return {kNoAmounts.begin(), kNoAmounts.end()}; }

bool IsAmount(const std::string& text) {
  if (IsNoAmount(text)) return true;
  bool digits = false;
  for (const char c : PartCode(text).number) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isdigit(byte)) {
      digits = true;
    } else if (!absl::StrContains("+-.,$' ", absl::string_view(&c, 1)) && byte < 0x80) {
      return false;
    }
  }
  return digits;
}

bool HasDecimalComma(const std::vector<std::string>& amounts) {
  int certain = 0;
  int likely = 0;
  for (const std::string& amount : amounts) {
    const int vote = CommaVote(amount);
    (vote == 2 || vote == -2 ? certain : likely) += vote;
  }
  return certain != 0 ? certain > 0 : likely > 0;
}

std::vector<std::string> CurrenciesOf(const std::vector<std::string>& amounts) {
  std::set<std::string> found;
  for (const std::string& amount : amounts) {
    const CodedAmount coded = PartCode(amount);
    if (!coded.code.empty()) found.insert(std::string(coded.code));
    for (const auto& [sign, code] : kCurrencySigns) {
      if (absl::StrContains(amount, sign)) found.insert(code);
    }
  }
  return {found.begin(), found.end()};
}

std::string CurrencyInName(absl::string_view name) {
  for (const char* code : kCurrencyCodes) {
    const size_t at = name.find(code);
    if (at == absl::string_view::npos) continue;
    const auto is_letter = [&](size_t place) {
      return place < name.size() && absl::ascii_isalpha(static_cast<unsigned char>(name[place]));
    };
    if ((at == 0 || !is_letter(at - 1)) && !is_letter(at + 3)) return code;
  }
  return "";
}

StageMeaning MeaningOfStage(absl::string_view name) {
  const std::string words = Words(name);
  if (HasAny(words, kLostWords)) return StageMeaning::kLost;
  if (HasAny(words, kWonWords)) return StageMeaning::kWon;
  return StageMeaning::kOpen;
}

int OrderOfStage(absl::string_view name) {
  const std::string words = Words(name);
  for (size_t i = 0; i < kStageOrder.size(); ++i) {
    if (absl::StrContains(words, kStageOrder[i])) return static_cast<int>(i);
  }
  return static_cast<int>(kStageOrder.size());
}

}  // namespace takt
