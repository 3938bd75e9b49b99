// KPIs as compiled: what is exported, over which windows, for which levels, from which terms.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/definition/term.h"

namespace takt {

using KpiId = uint16_t;
using LevelId = uint16_t;

// Products of powers of "money", "seconds" and entity nouns ("deal", "customer"); empty: a plain
// number or a ratio. Powers are never 0.
struct Unit {
  std::map<std::string, int> powers;
  friend bool operator==(const Unit&, const Unit&) = default;
};
std::string UnitText(const Unit& unit);  // "money/customer", "seconds", "ratio", "deal"

struct Level {
  std::string name;                      // "company", "region", "team"
  std::optional<DimensionId> dimension;  // none: company
};

enum class KpiKind : uint8_t { kCount, kSum, kLevel, kAge, kDurations, kShare, kFormula };

// A statistic of a KPI inside a formula; kValue of a durations KPI is its mean, of a share its ratio.
enum class Statistic : uint8_t { kValue, kMean, kTotal, kCount, kP50, kP90, kLower, kUpper };

struct FormulaNode {
  enum class Kind : uint8_t { kNumber, kKpi, kNegate, kAdd, kSubtract, kMultiply, kDivide, kMin, kMax };
  Kind kind = Kind::kNumber;
  double number = 0;
  KpiId kpi = 0;
  Statistic statistic = Statistic::kValue;
  std::optional<Window> window;   // x[90d]: this window instead of the exported one
  std::optional<CivilSpan> ago;   // x[30d ago]: both ends of the window moved
  std::optional<LevelId> level;   // x[company]: this level's value instead of the group's own
  int left = -1;                  // operands: places in Kpi::formula
  int right = -1;
};

struct Kpi {
  std::string name;
  std::string help;  // one line, from `help:` or made from the definition
  KpiKind kind = KpiKind::kCount;
  Unit unit;
  bool exported = false;
  bool windowed = true;            // false: a level, or a formula of levels; no label `window`
  std::vector<Window> over;
  std::vector<LevelId> per;
  std::vector<DimensionId> split;  // labels beside the level's own

  TermId term = 0;                    // kCount, kSum, kLevel, kDurations; kAge: level of one
  std::optional<TermId> start_term;   // kAge: level of starts
  std::map<std::string, TermId> recent_terms;  // `once_per: window`: by window label, instead of term
  std::optional<TermId> outcomes_term;         // kCount, kShare with a `last n` window
  // kCount with an outcomes_term, over `last n`: the successes among the last n (the numerator of a
  // share), or all of them (its denominator).
  bool counts_successes = false;
  KpiId numerator = 0;                // kShare
  KpiId denominator = 0;
  std::vector<FormulaNode> formula;   // kFormula; the root is the last node
};

}  // namespace takt
