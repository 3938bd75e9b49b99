#include "engine/model/decimal.h"

#include <cstddef>
#include <limits>

namespace takt {
namespace {

using Wide = unsigned __int128;

// Significant digits that are kept. Any more of them are below the scale or beyond 64 bits, so it
// is enough to know how many there were and whether one was not zero.
constexpr int kDigitsMax = 30;
constexpr int64_t kExponentBound = 10'000'000;  // beyond any text that a record can hold

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A number as read: (mantissa, plus something below one where `sticky`) * 10^exponent.
struct Parts {
  Wide mantissa = 0;
  int digits = 0;
  int64_t exponent = 0;
  bool sticky = false;
  bool any_digit = false;
};

void TakeDigit(char c, Parts& parts) {
  parts.any_digit = true;
  if (parts.digits == kDigitsMax) {
    parts.sticky |= c != '0';
    ++parts.exponent;
    return;
  }
  parts.mantissa = parts.mantissa * 10 + static_cast<Wide>(c - '0');
  if (parts.mantissa != 0) ++parts.digits;
}

// Reads "e-3" at `at`; false when no digit follows.
bool TakeExponent(absl::string_view text, size_t& at, Parts& parts) {
  ++at;
  bool negative = false;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) negative = text[at++] == '-';
  if (at == text.size() || !IsDigit(text[at])) return false;
  int64_t exponent = 0;
  for (; at < text.size() && IsDigit(text[at]); ++at) {
    if (exponent < kExponentBound) exponent = exponent * 10 + (text[at] - '0');
  }
  parts.exponent += negative ? -exponent : exponent;
  return true;
}

bool Scan(absl::string_view text, size_t at, Parts& parts) {
  for (; at < text.size() && IsDigit(text[at]); ++at) TakeDigit(text[at], parts);
  if (at < text.size() && text[at] == '.') {
    for (++at; at < text.size() && IsDigit(text[at]); ++at) {
      TakeDigit(text[at], parts);
      --parts.exponent;
    }
  }
  if (!parts.any_digit) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    if (!TakeExponent(text, at, parts)) return false;
  }
  if (at < text.size() && text[at] == '%') {
    parts.exponent -= 2;
    ++at;
  }
  return at == text.size();
}

// mantissa * 10^shift, where that is at most 64 bits.
std::optional<Reason> ScaleUp(const Parts& parts, int64_t shift, Wide* magnitude) {
  if (shift > 19) return Reason::kBadNumber;
  *magnitude = parts.mantissa;
  for (; shift > 0; --shift) {
    *magnitude *= 10;
    if (*magnitude > std::numeric_limits<int64_t>::max()) return Reason::kBadNumber;
  }
  return parts.sticky ? std::optional(Reason::kBadNumber) : std::nullopt;
}

// mantissa / 10^-shift, with what is left over judged by `excess`.
std::optional<Reason> ScaleDown(const Parts& parts, int64_t shift, Excess excess, Wide* magnitude) {
  // 10^32 is more than twice any mantissa, so all greater divisors leave the same: nothing, under
  // half.
  const int64_t places = -shift < 32 ? -shift : 32;
  Wide divisor = 1;
  for (int64_t i = 0; i < places; ++i) divisor *= 10;
  *magnitude = parts.mantissa / divisor;
  const Wide rest = parts.mantissa % divisor;
  if (rest == 0 && !parts.sticky) return std::nullopt;
  if (excess == Excess::kReject) {
    return *magnitude > std::numeric_limits<int64_t>::max() ? Reason::kBadNumber
                                                            : Reason::kTooManyDecimals;
  }
  const Wide half = divisor / 2;
  const bool tie = rest == half && !parts.sticky;
  if (rest > half || (rest == half && parts.sticky) || (tie && *magnitude % 2 == 1)) ++*magnitude;
  return std::nullopt;
}

}  // namespace

std::optional<Reason> ParseDecimal(absl::string_view text, DecimalForm form, int64_t* value) {
  size_t at = 0;
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) negative = text[at++] == '-';
  Parts parts;
  if (!Scan(text, at, parts)) return Reason::kBadNumber;
  Wide magnitude = 0;
  if (parts.mantissa != 0) {
    const int64_t shift = parts.exponent + form.decimals;
    const std::optional<Reason> reason = shift >= 0
                                             ? ScaleUp(parts, shift, &magnitude)
                                             : ScaleDown(parts, shift, form.excess, &magnitude);
    if (reason.has_value()) return reason;
  }
  if (magnitude > std::numeric_limits<int64_t>::max()) return Reason::kBadNumber;
  *value = negative ? -static_cast<int64_t>(magnitude) : static_cast<int64_t>(magnitude);
  return std::nullopt;
}

}  // namespace takt
