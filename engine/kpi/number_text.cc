#include "engine/kpi/number_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace takt {

void AppendNumber(double value, std::string* out) {
  if (std::isnan(value)) {
    out->append("NaN");
    return;
  }
  if (std::isinf(value)) {
    out->append(value > 0 ? "+Inf" : "-Inf");
    return;
  }
  std::array<char, 32> digits;
  std::to_chars_result result{};
  if (std::abs(value) < 1e15 && value == std::trunc(value)) {
    const auto whole = static_cast<int64_t>(value);
    result = std::to_chars(digits.data(), digits.data() + digits.size(), whole);
  } else {
    result = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  }
  out->append(digits.data(), result.ptr);
}

std::string WithThousands(double value, int decimals) {
  std::array<char, 512> digits;
  double scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  const double magnitude = std::abs(value);
  const double rounded = magnitude < 1e15 ? std::round(magnitude * scale) / scale : magnitude;
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), rounded,
                                    std::chars_format::fixed, decimals);
  const std::string plain(digits.data(), result.ptr);
  const size_t whole = decimals > 0 ? plain.find('.') : plain.size();
  std::string text = value < 0 && rounded != 0 ? "-" : "";
  for (size_t i = 0; i < plain.size(); ++i) {
    if (i > 0 && i < whole && (whole - i) % 3 == 0) text.push_back(',');
    text.push_back(plain[i]);
  }
  return text;
}

}  // namespace takt
