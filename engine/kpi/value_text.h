// Values as a person reads them: money with thousands separators, durations in days (hours below two
// days), shares in per cent, money per second as money per day, "-" for what is undefined.
//
// Threads: any.
#pragma once

#include <string>

#include "engine/definition/definition.h"

namespace takt {

std::string ValueText(const Kpi& kpi, double value);
// The same with the currency behind amounts of money: "1,234 EUR".
std::string ValueWithCurrency(const Definition& definition, const Kpi& kpi, double value);
std::string DurationText(double seconds);
// The power of "money", "seconds" or a noun in a unit; 0: it is not there.
int UnitPower(const Unit& unit, const std::string& name);

}  // namespace takt
