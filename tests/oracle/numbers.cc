#include "tests/oracle/numbers.h"

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace takt::oracle {
namespace {

struct Decimal {  // digits x 10^exponent
  bool negative = false;
  std::string digits;
  int64_t exponent = 0;
};

std::optional<Decimal> Read(absl::string_view text) {
  Decimal decimal;
  if (!text.empty() && text.back() == '%') {
    decimal.exponent = -2;
    text.remove_suffix(1);
  }
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    decimal.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const size_t e = text.find_first_of("eE");
  if (e != text.npos) {
    absl::string_view power = text.substr(e + 1);
    if (!power.empty() && power[0] == '+') power.remove_prefix(1);
    const absl::string_view unsigned_power =
        power.substr(!power.empty() && power[0] == '-' ? 1 : 0);
    if (unsigned_power.empty()) return std::nullopt;
    if (unsigned_power.find_first_not_of("0123456789") != power.npos) return std::nullopt;
    int64_t value = 0;
    if (!absl::SimpleAtoi(power, &value)) value = power[0] == '-' ? -1000000000 : 1000000000;
    decimal.exponent += value;
    text = text.substr(0, e);
  }
  const size_t point = text.find('.');
  if (point != text.npos) decimal.exponent -= static_cast<int64_t>(text.size() - point - 1);
  decimal.digits = std::string(text.substr(0, point));
  if (point != text.npos) decimal.digits += std::string(text.substr(point + 1));
  if (decimal.digits.empty()) return std::nullopt;
  if (decimal.digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return decimal;
}

// Brings the exponent to -decimals; what is cut off behind is returned, digit by digit.
std::string Scale(Decimal& decimal, int decimals) {
  std::string cut;
  decimal.digits.insert(0, "0");
  const size_t first = decimal.digits.find_first_not_of('0');
  decimal.digits = first == std::string::npos ? "" : decimal.digits.substr(first);
  if (decimal.digits.empty()) decimal.exponent = -decimals;
  while (decimal.exponent > -decimals && decimal.digits.size() < 25) {
    decimal.digits += '0';
    --decimal.exponent;
  }
  while (decimal.exponent < -decimals && cut.size() < 100000 && !decimal.digits.empty()) {
    cut.insert(cut.begin(), decimal.digits.back());
    decimal.digits.pop_back();
    ++decimal.exponent;
  }
  // All digits are gone and there is still a way to go: zeros lead what was cut.
  if (decimal.exponent < -decimals) cut.insert(cut.begin(), '0');
  return cut;
}

std::optional<Reason> Finish(const Decimal& decimal, int round_up, int64_t* value) {
  if (decimal.digits.size() > 20) return Reason::kBadNumber;
  __int128 whole = 0;
  for (const char digit : decimal.digits) whole = whole * 10 + (digit - '0');
  whole += round_up;
  if (decimal.negative) whole = -whole;
  if (whole > INT64_MAX || whole < INT64_MIN) return Reason::kBadNumber;
  *value = static_cast<int64_t>(whole);
  return std::nullopt;
}

}  // namespace

std::optional<Reason> MoneyOf(const std::string& text, int decimals, int64_t* minor_units) {
  if (!text.empty() && text.back() == '%') return Reason::kBadNumber;
  std::optional<Decimal> decimal = Read(text);
  if (!decimal.has_value()) return Reason::kBadNumber;
  const std::string cut = Scale(*decimal, decimals);
  int64_t whole = 0;
  if (const auto reason = Finish(*decimal, 0, &whole)) return reason;
  if (cut.find_first_not_of('0') != std::string::npos) return Reason::kTooManyDecimals;
  *minor_units = whole;
  return std::nullopt;
}

std::optional<Reason> MillionthsOf(const std::string& text, int64_t* millionths) {
  std::optional<Decimal> decimal = Read(text);
  if (!decimal.has_value()) return Reason::kBadNumber;
  const std::string cut = Scale(*decimal, 6);
  const bool half_or_more = !cut.empty() && cut[0] >= '5';
  const bool half =
      half_or_more && cut[0] == '5' && cut.find_first_not_of('0', 1) == std::string::npos;
  const bool odd = !decimal->digits.empty() && (decimal->digits.back() - '0') % 2 == 1;
  return Finish(*decimal, half_or_more && (!half || odd) ? 1 : 0, millionths);
}

bool IsWholeNumber(const std::string& text) {
  const std::string digits = !text.empty() && text[0] == '-' ? text.substr(1) : text;
  return !digits.empty() && digits.size() <= 20 &&
         digits.find_first_not_of("0123456789") == std::string::npos;
}

std::optional<int64_t> TimeOf(const Json& json, const std::string& zone_name) {
  if (json.kind == Json::Kind::kNumber) {
    int64_t micros = 0;
    const bool whole = json.text.find_first_not_of("-0123456789") == std::string::npos;
    if (!whole || !absl::SimpleAtoi(json.text, &micros)) return std::nullopt;
    return micros;
  }
  if (json.kind != Json::Kind::kText) return std::nullopt;
  // Forms with a zone first; the others are local times.
  std::string error;
  absl::Time time;
  for (const char* format : {"%Y-%m-%d%ET%H:%M:%E*S%Ez", "%Y-%m-%d %H:%M:%E*S%Ez",
                             "%Y-%m-%d%ET%H:%M%Ez", "%Y-%m-%d %H:%M%Ez"}) {
    if (absl::ParseTime(format, json.text, &time, &error)) return absl::ToUnixMicros(time);
  }
  absl::TimeZone zone;
  if (zone_name.empty() || !absl::LoadTimeZone(zone_name, &zone)) return std::nullopt;
  for (const char* format : {"%Y-%m-%d%ET%H:%M:%E*S", "%Y-%m-%d %H:%M:%E*S", "%Y-%m-%d%ET%H:%M",
                             "%Y-%m-%d %H:%M", "%Y-%m-%d"}) {
    if (absl::ParseTime(format, json.text, zone, &time, &error)) return absl::ToUnixMicros(time);
  }
  return std::nullopt;
}

}  // namespace takt::oracle
