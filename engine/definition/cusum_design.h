// What a budget of false pages comes to: the threshold of a Bernoulli CUSUM (Reynolds and Stoumbos,
// "A CUSUM chart for monitoring a proportion when inspecting continuously", Journal of Quality
// Technology 31, 1999).
//
// Outcomes are wanted or unwanted. An unwanted one adds `up`, a wanted one takes `down` away, never below
// zero: the log likelihood ratio of "the ratio of wanted outcomes has changed from p0 to p1" against
// "it has not". The alarm is at a score of h or more.
//
// How long it takes until a false alarm: scores are put on a lattice, h = H steps. The expected number of
// outcomes from score j until the alarm is E(j), with E = 0 from H on and, where p is the true ratio,
//
//   E(j) = 1 + p E(max(0, j - down)) + (1 - p) E(j + up)
//
// A move that ends between two lattice points goes to both by its distance from them, so that its mean is
// exact. Where up <= down (ratios up to a half or so) one step is `up`; the equation then gives
// E(0) - E(j + 1) from what is below, and E(0) for every H comes out of one pass. Where down < up a step is
// `down`, or up / 16 if that is more; the equations have one entry below their diagonal and are solved
// by elimination. Both are a Markov chain's answer without a full matrix.
//
// p0 is known from a baseline of n outcomes only. Were it taken for exact, groups whose baseline was
// lucky would page too often; so the rate of false alarms is averaged over what the true ratio may be:
// the arcsine of its square root is normally distributed with the standard deviation 1 / (2 sqrt(n)),
// and the mean is taken by Gauss-Hermite quadrature.
//
// Threads: pure. Cost: some 10 us for a ratio about a half, a few milliseconds for 1 % and 99 %.
#pragma once

#include <optional>

namespace takt {

struct CusumSteps {
  double up = 0;    // by an unwanted outcome
  double down = 0;  // by a wanted one
};

// The steps for a ratio of wanted outcomes that falls from `usual` to `changed`, 0 < changed < usual < 1;
// nothing otherwise.
std::optional<CusumSteps> StepsFor(double usual, double changed);

// The ratio at `factor` times the odds of `usual`.
double AtOdds(double usual, double factor);

// Of what a threshold is derived.
struct CusumBudget {
  double usual = 0;                     // p0
  double baseline_outcomes = 0;         // n
  double outcomes_per_false_alarm = 0;  // on average, at least
};

// The least threshold of whole lattice steps that keeps the budget; nothing where it would be above 30 or
// 20,000 steps.
std::optional<double> ThresholdFor(const CusumSteps& steps, const CusumBudget& budget);

}  // namespace takt
