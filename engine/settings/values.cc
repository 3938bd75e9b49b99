#include "engine/settings/values.h"

#include <array>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/settings/nearest.h"

namespace takt {
namespace {

constexpr size_t kNameLengthMax = 64;
constexpr size_t kFieldNameLengthMax = 128;
constexpr size_t kDigitsMax = 18;

absl::Status Invalid(absl::string_view text, absl::string_view expected) {
  return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is not ", expected));
}

// Active codes of ISO 4217, by the number of their decimals.
constexpr absl::string_view kNoDecimals =
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
constexpr absl::string_view kThreeDecimals = "BHD IQD JOD KWD LYD OMR TND";
constexpr absl::string_view kTwoDecimals =
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD "
    "CDF "
    "CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD "
    "HKD "
    "HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD "
    "MMK "
    "MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON "
    "RSD "
    "RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD "
    "TZS "
    "UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG";

bool Holds(absl::string_view list, absl::string_view code) {
  for (const absl::string_view item : absl::StrSplit(list, ' ')) {
    if (item == code) return true;
  }
  return false;
}

}  // namespace

bool IsName(absl::string_view text) {
  if (text.empty() || text.size() > kNameLengthMax || !absl::ascii_islower(text[0])) return false;
  for (const char c : text) {
    if (!absl::ascii_islower(c) && !absl::ascii_isdigit(c) && c != '_') return false;
  }
  return true;
}

bool IsFieldName(absl::string_view text) {
  if (text.empty() || text.size() > kFieldNameLengthMax || absl::ascii_isdigit(text[0]))
    return false;
  for (const char c : text) {
    if (!absl::ascii_isalnum(c) && c != '_') return false;
  }
  return true;
}

absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text) {
  constexpr absl::string_view kExpected = "a length of time such as 10s, 90m, 36h, 14d or 2w";
  absl::Duration total;
  absl::string_view rest = text;
  if (rest.empty()) return Invalid(text, kExpected);
  while (!rest.empty()) {
    size_t digits = 0;
    while (digits < rest.size() && absl::ascii_isdigit(rest[digits])) ++digits;
    size_t letters = digits;
    while (letters < rest.size() && absl::ascii_isalpha(rest[letters])) ++letters;
    int64_t count = 0;
    if (digits > 9 || !absl::SimpleAtoi(rest.substr(0, digits), &count)) {
      return Invalid(text, kExpected);
    }
    const absl::string_view unit = rest.substr(digits, letters - digits);
    absl::Duration one;
    if (unit == "ms") one = absl::Milliseconds(1);
    if (unit == "s") one = absl::Seconds(1);
    if (unit == "m") one = absl::Minutes(1);
    if (unit == "h") one = absl::Hours(1);
    if (unit == "d") one = absl::Hours(24);
    if (unit == "w") one = absl::Hours(24 * 7);
    if (one == absl::ZeroDuration()) return Invalid(text, kExpected);
    total += one * count;
    rest.remove_prefix(letters);
  }
  if (total <= absl::ZeroDuration() || total > absl::Hours(24 * 3660)) {
    return Invalid(text, "above 0 and at most 10 years");
  }
  return total;
}

absl::StatusOr<uint64_t> ParseBytes(absl::string_view text) {
  size_t digits = 0;
  while (digits < text.size() && absl::ascii_isdigit(text[digits])) ++digits;
  uint64_t count = 0;
  const absl::string_view unit = text.substr(digits);
  uint64_t one = 0;
  if (unit.empty() || unit == "B") one = 1;
  if (unit == "kB" || unit == "KB") one = 1000;
  if (unit == "MB") one = 1000'000;
  if (unit == "GB") one = 1000'000'000;
  if (unit == "KiB") one = uint64_t{1} << 10;
  if (unit == "MiB") one = uint64_t{1} << 20;
  if (unit == "GiB") one = uint64_t{1} << 30;
  if (one == 0 || digits > 12 || !absl::SimpleAtoi(text.substr(0, digits), &count)) {
    return Invalid(text, "a size such as 512MiB or 2GiB");
  }
  if (count > (uint64_t{1} << 50) / one) return Invalid(text, "a size of at most 1024 TiB");
  return count * one;
}

absl::StatusOr<int64_t> ParseDecimal(absl::string_view text, int decimals) {
  absl::string_view rest = text;
  const bool negative = absl::ConsumePrefix(&rest, "-");
  const size_t point = std::min(rest.find('.'), rest.size());
  const absl::string_view whole = rest.substr(0, point);
  const absl::string_view part = point < rest.size() ? rest.substr(point + 1) : "";
  std::string digits = absl::StrCat(whole, part);
  const bool has_digits = !whole.empty() && (point == rest.size() || !part.empty());
  for (const char c : digits) {
    if (!absl::ascii_isdigit(c)) return Invalid(text, "a number");
  }
  if (!has_digits) return Invalid(text, "a number");
  if (part.size() > static_cast<size_t>(decimals)) {
    return Invalid(text, absl::StrCat("possible: at most ", decimals, " decimals"));
  }
  digits.append(static_cast<size_t>(decimals) - part.size(), '0');
  if (digits.size() > kDigitsMax) return Invalid(text, "possible: at most 18 digits");
  int64_t value = 0;
  if (!absl::SimpleAtoi(digits, &value)) return Invalid(text, "a number");
  return negative ? -value : value;
}

absl::StatusOr<int64_t> ParseShare(absl::string_view text) {
  absl::string_view rest = text;
  const bool percent = absl::ConsumeSuffix(&rest, "%");
  const absl::StatusOr<int64_t> value = ParseDecimal(rest, percent ? 4 : 6);
  if (!value.ok() || *value < 0 || *value > 1000'000) {
    return Invalid(text, "a share such as 40% or 0.4");
  }
  return *value;
}

absl::StatusOr<absl::CivilDay> ParseDate(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '-');
  int year = 0;
  int month = 0;
  int day = 0;
  const bool shaped = text.size() == 10 && parts.size() == 3 && parts[0].size() == 4 &&
                      parts[1].size() == 2 && absl::SimpleAtoi(parts[0], &year) &&
                      absl::SimpleAtoi(parts[1], &month) && absl::SimpleAtoi(parts[2], &day);
  const absl::CivilDay date(year, month, day);
  if (!shaped || date.month() != month || date.day() != day) {
    return Invalid(text, "a date such as 2026-12-31");
  }
  return date;
}

absl::StatusOr<int> ParseMonth(absl::string_view text) {
  static const std::vector<std::string>* const kNames = new std::vector<std::string>{
      "january", "february", "march",     "april",   "may",      "june",
      "july",    "august",   "september", "october", "november", "december"};
  const std::string lower = absl::AsciiStrToLower(text);
  int month = 0;
  if (absl::SimpleAtoi(lower, &month) && month >= 1 && month <= 12) return month;
  for (size_t i = 0; i < kNames->size(); ++i) {
    if ((*kNames)[i] == lower) return static_cast<int>(i) + 1;
  }
  const std::string nearest = NearestName(lower, *kNames);
  return Invalid(
      text, absl::StrCat("a month", nearest.empty() ? " such as february" : "; did you mean \"",
                         nearest, nearest.empty() ? "" : "\"?"));
}

absl::StatusOr<int> CurrencyDecimals(absl::string_view code) {
  if (Holds(kTwoDecimals, code)) return 2;
  if (Holds(kNoDecimals, code)) return 0;
  if (Holds(kThreeDecimals, code)) return 3;
  return Invalid(code, "a currency code of ISO 4217, such as EUR or USD");
}

}  // namespace takt
