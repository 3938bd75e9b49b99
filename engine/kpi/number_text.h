// Values as text: the shortest digits that read back as the same double, the same on every machine.
#pragma once

#include <string>

namespace takt {

// Whole numbers below 10^15 without exponent, NaN, +Inf and -Inf as Prometheus writes them; minus zero
// is 0. Cost: about 50 ns, no allocation of its own.
void AppendNumber(double value, std::string* out);

// 1234567.8 with one decimal: "1,234,567.8". Rounds half away from zero; at most 6 decimals.
std::string WithThousands(double value, int decimals);

}  // namespace takt
