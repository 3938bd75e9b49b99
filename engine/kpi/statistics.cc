#include "engine/kpi/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace takt {
namespace {

constexpr double kZ95 = 1.959963984540054;
constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

constexpr double kTail = 0.025;
constexpr double kExpectedMax = 1e9;

// log(n!): exact sums, from 30 on Stirling's series, whose next term is below 1e-13.
double LogFactorial(double n) {
  if (n < 30) {
    double sum = 0;
    for (double i = 2; i <= n; ++i) sum += std::log(i);
    return sum;
  }
  constexpr double kLogTwoPi = 1.8378770664093453;
  const double n3 = n * n * n;
  return n * std::log(n) - n + (kLogTwoPi + std::log(n)) / 2 + 1 / (12 * n) - 1 / (360 * n3) +
         1 / (1260 * n3 * n * n);
}

double PoissonChance(double n, double expected) {
  return std::exp(n * std::log(expected) - expected - LogFactorial(n));
}

// What lies further than this from the mean has no weight in a tail of 2.5 %.
double FarFrom(double expected) { return 10 * std::sqrt(expected) + 20; }

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

double PoissonTooFew(double expected) {
  if (!(expected > 0) || expected > kExpectedMax) return kUndefined;
  double count = std::max(0.0, std::floor(expected - FarFrom(expected)));
  double chance = PoissonChance(count, expected);
  double sum = chance;
  if (sum >= kTail) return kUndefined;
  while (true) {
    chance *= expected / (count + 1);
    sum += chance;
    if (sum >= kTail) return count;
    ++count;
  }
}

double PoissonTooMany(double expected) {
  if (!(expected >= 0) || expected > kExpectedMax) return kUndefined;
  if (expected == 0) return 1;
  double count = std::ceil(expected + FarFrom(expected));
  double chance = PoissonChance(count, expected);
  double sum = chance;
  while (true) {
    chance *= count / expected;
    sum += chance;
    if (sum >= kTail) return count;
    --count;
  }
}

double Quotient(double a, double b) { return b == 0 ? kUndefined : a / b; }

}  // namespace takt
