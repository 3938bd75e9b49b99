#include "engine/definition/cusum_design.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace takt {
namespace {

constexpr int kMoveMax = 20'000;
constexpr double kStepsPerUp = 16;
// Evidence of ten to the thirteenth to one: what asks for more is never going to be seen.
constexpr double kThresholdMax = 30;

// Nodes and weights of Gauss-Hermite quadrature of order 7 for a standard normal distribution.
constexpr int kNodes = 7;
constexpr std::array<double, kNodes> kNode = {
    -3.750439717725742, -2.366759410734541, -1.154405394739968, 0,
    1.154405394739968,  2.366759410734541,  3.750439717725742};
constexpr std::array<double, kNodes> kWeight = {
    5.48268855972217e-4, 3.07571239675865e-2, 0.240123178605013,  0.457142857142857,
    0.240123178605013,   3.07571239675865e-2, 5.48268855972217e-4};

// The ratio `z` standard errors away from `usual`, on the scale on which these do not depend on it.
double RatioAt(double usual, double z, double outcomes) {
  const double angle = std::asin(std::sqrt(usual)) + z / (2 * std::sqrt(outcomes));
  const double root = std::sin(std::clamp(angle, 0.0, std::acos(0.0)));
  return std::clamp(root * root, 1e-6, 1 - 1e-6);
}

// Moves of a whole number of lattice steps, and of one more with the chance `part`.
struct LatticeMove {
  explicit LatticeMove(double steps)
      : whole(static_cast<int>(std::min(steps, double{kMoveMax}))),
        part(std::min(steps, double{kMoveMax}) - whole) {}
  int whole;
  double part;
};

// One step up, one or more down. Expected outcomes until the alarm from score 0.
class SmallUps {
 public:
  static double StepOf(const CusumSteps& steps) { return steps.up; }

  SmallUps(const CusumSteps& steps, double p) : p_(p), down_(steps.down / steps.up) {}

  double LengthTo(int threshold) {
    while (static_cast<int>(gone_.size()) <= threshold) {
      const int at = static_cast<int>(gone_.size()) - 1;
      const double after_down =
          (1 - down_.part) * Gone(at - down_.whole) + down_.part * Gone(at - down_.whole - 1);
      gone_.push_back((gone_.back() + 1 - p_ * after_down) / (1 - p_));
    }
    return gone_[threshold];
  }

 private:
  double Gone(int score) const { return gone_[static_cast<size_t>(std::max(score, 0))]; }

  double p_;
  LatticeMove down_;
  std::vector<double> gone_ = {0};  // by score: E(0) - E(score)
};

// At most one step down, one or more up. After elimination of what is below it, every equation is
// E(j) = constant + sum over k of ahead[k] E(j + 1 + k).
class LargeUps {
 public:
  static double StepOf(const CusumSteps& steps) {
    return std::max(steps.down, steps.up / kStepsPerUp);
  }

  LargeUps(const CusumSteps& steps, double p)
      : p_(p),
        down_(steps.down / StepOf(steps)),
        up_(steps.up / StepOf(steps)),
        width_(static_cast<size_t>(up_.whole) + 1) {}

  double LengthTo(int threshold) {
    while (static_cast<int>(constants_.size()) < threshold) Eliminate();
    std::vector<double> lengths(static_cast<size_t>(threshold) + width_, 0.0);
    for (size_t at = static_cast<size_t>(threshold); at-- > 0;) {
      double length = constants_[at];
      for (size_t k = 0; k < width_; ++k) length += ahead_[at * width_ + k] * lengths[at + 1 + k];
      lengths[at] = length;
    }
    return lengths[0];
  }

 private:
  void Eliminate() {
    const size_t at = constants_.size();
    const double back = at == 0 ? 0 : p_ * down_;  // chance to go one step down
    const double stay = at == 0 ? p_ : p_ * (1 - down_);
    const double* below = at == 0 ? nullptr : &ahead_[(at - 1) * width_];
    const double divisor = 1 - stay - (below == nullptr ? 0 : back * below[0]);
    std::vector<double> ahead(width_, 0.0);
    ahead[width_ - 2] += (1 - p_) * (1 - up_.part);
    ahead[width_ - 1] += (1 - p_) * up_.part;
    for (size_t k = 0; below != nullptr && k + 1 < width_; ++k) ahead[k] += back * below[k + 1];
    const double constant = 1 + (below == nullptr ? 0 : back * constants_.back());
    for (double& each : ahead) each /= divisor;
    ahead_.insert(ahead_.end(), ahead.begin(), ahead.end());
    constants_.push_back(constant / divisor);
  }

  double p_;
  double down_;  // in steps, at most 1
  LatticeMove up_;
  size_t width_;  // of what an equation looks ahead
  std::vector<double> constants_;
  std::vector<double> ahead_;  // by score, `width_` each
};

// The least threshold in steps that keeps the budget, on the lattice of `Walk`.
template <typename Walk>
std::optional<double> LeastThreshold(const CusumSteps& steps, const CusumBudget& budget) {
  std::vector<Walk> walks;
  for (const double node : kNode) {
    walks.emplace_back(steps, RatioAt(budget.usual, node, budget.baseline_outcomes));
  }
  const auto keeps = [&](int threshold) {
    double rate = 0;
    for (int node = 0; node < kNodes; ++node) {
      rate += kWeight[node] / walks[node].LengthTo(threshold);
    }
    return rate * budget.outcomes_per_false_alarm <= 1;
  };
  const double most = kThresholdMax / Walk::StepOf(steps);
  const int steps_max = static_cast<int>(std::clamp(most, 1.0, double{kMoveMax}));
  int enough = 1;
  while (!keeps(enough)) {
    if (enough == steps_max) return std::nullopt;
    enough = std::min(2 * enough, steps_max);
  }
  int too_few = enough / 2;
  while (enough - too_few > 1) {
    const int middle = (too_few + enough) / 2;
    (keeps(middle) ? enough : too_few) = middle;
  }
  return enough * Walk::StepOf(steps);
}

}  // namespace

std::optional<CusumSteps> StepsFor(double usual, double changed) {
  if (!(changed > 0) || !(changed < usual) || !(usual < 1)) return std::nullopt;
  return CusumSteps{.up = std::log((1 - changed) / (1 - usual)), .down = std::log(usual / changed)};
}

double AtOdds(double usual, double factor) {
  const double odds = usual / (1 - usual) * factor;
  return odds / (1 + odds);
}

std::optional<double> ThresholdFor(const CusumSteps& steps, const CusumBudget& budget) {
  if (!(budget.baseline_outcomes > 0) || !(budget.outcomes_per_false_alarm > 0)) {
    return std::nullopt;
  }
  return steps.up <= steps.down ? LeastThreshold<SmallUps>(steps, budget)
                                : LeastThreshold<LargeUps>(steps, budget);
}

}  // namespace takt
