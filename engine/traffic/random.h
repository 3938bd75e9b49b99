// Seeded chance: equal seeds give equal draws on every machine and library, which the standard
// distributions do not promise. SplitMix64 (Steele, Lea, Flood 2014).
//
// Threads: one owner. Not for secrets.
#pragma once

#include <cmath>
#include <cstdint>

namespace takt {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  double Uniform() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }  // [0, 1)
  // [0, bound); bound is at least 1.
  uint64_t Below(uint64_t bound) { return Next() % bound; }
  bool Chance(double share) { return Uniform() < share; }
  double Exponential(double mean) { return -mean * std::log1p(-Uniform()); }
  // Log-normal with the given median; sigma of the logarithm.
  double LogNormal(double median, double sigma) {
    const double radius = std::sqrt(-2.0 * std::log1p(-Uniform()));
    return median * std::exp(sigma * radius * std::cos(2.0 * M_PI * Uniform()));
  }

 private:
  uint64_t state_;
};

}  // namespace takt
