// The statistics that the evaluator owes beside a ratio.
#pragma once

namespace takt {

struct RatioBounds {
  double lower = 0;
  double upper = 1;
};

// Wilson's score interval of k successes among n, 95 % (z = 1.959963984540054). At k = 0 the lower
// end is 0, at k = n the upper end is 1. NaN, NaN where n <= 0 or k is not in [0, n].
RatioBounds WilsonInterval(double k, double n);

// Of a count that is Poisson distributed with the mean `expected`: the largest one such that it or fewer
// have a chance of less than 2.5 %; NaN where there is none (below an expectation of 3.69).
double PoissonTooFew(double expected);
// The smallest one such that it or more have a chance of less than 2.5 %. NaN for NaN and below 0.
double PoissonTooMany(double expected);

// a / b; x / 0 is NaN, not infinite.
double Quotient(double a, double b);

}  // namespace takt
