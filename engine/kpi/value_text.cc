#include "engine/kpi/value_text.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "engine/kpi/number_text.h"

namespace takt {
namespace {

constexpr double kSecondsPerHour = 3600;
constexpr double kSecondsPerDay = 86400;

}  // namespace

int UnitPower(const Unit& unit, const std::string& name) {
  const auto found = unit.powers.find(name);
  return found == unit.powers.end() ? 0 : found->second;
}

std::string DurationText(double seconds) {
  if (std::abs(seconds) >= 2 * kSecondsPerDay) {
    return absl::StrCat(WithThousands(seconds / kSecondsPerDay, 1), " d");
  }
  return absl::StrCat(WithThousands(seconds / kSecondsPerHour, 1), " h");
}

std::string ValueText(const Kpi& kpi, double value) {
  if (std::isnan(value)) return "-";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  if (kpi.kind == KpiKind::kShare) return absl::StrCat(WithThousands(100 * value, 1), " %");
  const int money = UnitPower(kpi.unit, "money");
  const int seconds = UnitPower(kpi.unit, "seconds");
  if (money == 1 && seconds == -1) {
    return absl::StrCat(WithThousands(value * kSecondsPerDay, 0), " /d");
  }
  if (money != 0) return WithThousands(value, value != 0 && std::abs(value) < 100 ? 2 : 0);
  if (seconds == 1 && kpi.unit.powers.size() == 1) return DurationText(value);
  const bool whole = value == std::trunc(value) && std::abs(value) < 1e15;
  return WithThousands(value, whole ? 0 : 2);
}

std::string ValueWithCurrency(const Definition& definition, const Kpi& kpi, double value) {
  std::string text = ValueText(kpi, value);
  if (UnitPower(kpi.unit, "money") == 1 && std::isfinite(value)) {
    absl::StrAppend(&text, " ", definition.currency.code);
  }
  return text;
}

}  // namespace takt
