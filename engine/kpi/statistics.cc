#include "engine/kpi/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace takt {
namespace {

constexpr double kZ95 = 1.959963984540054;
constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

}  // namespace

RatioBounds WilsonInterval(double k, double n) {
  if (!(n > 0) || !(k >= 0) || k > n) return {.lower = kUndefined, .upper = kUndefined};
  const double ratio = k / n;
  const double z2_n = kZ95 * kZ95 / n;
  const double centre = ratio + z2_n / 2;
  const double half = kZ95 * std::sqrt(ratio * (1 - ratio) / n + z2_n / (4 * n));
  // The ends never cross the ratio, whatever the rounding.
  return {.lower = k == 0 ? 0 : std::clamp((centre - half) / (1 + z2_n), 0.0, ratio),
          .upper = k == n ? 1 : std::clamp((centre + half) / (1 + z2_n), ratio, 1.0)};
}

double Quotient(double a, double b) { return b == 0 ? kUndefined : a / b; }

}  // namespace takt
