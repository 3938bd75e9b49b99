// What to compute for a definition, and in which order: one column for every (KPI, dimensions, span)
// that an exported series or a formula needs, each once, operands before what uses them.
//
//   span    a window and the moves of its ends ("28d", "28d, 30d ago"); the values are the same for all
//           KPIs, so it is resolved once per evaluation
//   column  the values of one KPI for all groups of its dimensions over one span
//
// Threads: immutable once made. A column whose rows the compiled definition lacks is our fault: CHECK.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "engine/definition/definition.h"

namespace takt {

struct SpanPlan {
  std::optional<Window> window;  // none: levels alone
  // Ends where this window begins, in place of now; `last m` ends with the outcome before `last n`.
  std::optional<Window> before;
  std::vector<CivilSpan> ago;  // applied one after the other, the outermost formula's first
  friend bool operator==(const SpanPlan&, const SpanPlan&) = default;
};

// The dimensions of a group: the level's own, when it has one, and those of the split.
struct Scope {
  std::optional<DimensionId> level;
  std::vector<DimensionId> split;
  std::vector<DimensionId> Dimensions() const;
};

struct ColumnPlan {
  enum class Source : uint8_t {
    kUndefined,  // NaN everywhere
    kSum,        // facts of a window
    kLevel,      // facts up to the end of the window
    kDistinct,   // a level that counts what lies in the window, so it is read at now
    kOutcomes,   // the last n, counted
    kOutcomesShare,
    kDurations,
    kAge,
    kShare,
    kFormula,
  };
  struct Operand {  // of a formula: a column, and which of its groups belongs to each of ours
    int column = -1;
    std::vector<uint32_t> groups;  // empty: the same ones
  };

  Source source = Source::kUndefined;
  KpiId kpi = 0;
  int span = 0;
  uint32_t group_count = 1;
  RowId first_row = 0;
  RowId first_start_row = 0;  // kAge
  double divisor = 1;         // facts per unit of the page
  bool counts_successes = false;
  int numerator = -1;             // kShare
  int denominator = -1;           // kShare
  std::vector<Operand> operands;  // kFormula: by node; column -1 for nodes that are no KPI
};

struct EvaluationPlan {
  std::vector<SpanPlan> spans;
  std::vector<ColumnPlan> columns;
};

class Planner {
 public:
  explicit Planner(const Definition& definition) : definition_(definition) {}

  int SpanFor(const SpanPlan& span);
  int ColumnFor(KpiId kpi, const Scope& scope, int span);
  uint32_t GroupCount(const std::vector<DimensionId>& dimensions) const;
  // The rows of a term, for the groups of `scope`.
  RowId FirstRow(TermId term, const Scope& scope) const;

  EvaluationPlan Finish() && { return std::move(plan_); }

 private:
  using Key = std::tuple<KpiId, std::vector<DimensionId>, int>;

  ColumnPlan MakeColumn(KpiId kpi, const Scope& scope, int span);
  void PlanCount(const Kpi& kpi, const Scope& scope, ColumnPlan& column);
  void PlanShare(const Kpi& kpi, const Scope& scope, ColumnPlan& column);
  void PlanFormula(const Kpi& kpi, const Scope& scope, ColumnPlan& column);
  void ReadTerm(TermId term, const Scope& scope, ColumnPlan& column) const;
  double DivisorOf(const Term& term) const;
  std::vector<uint32_t> GroupsWithin(const std::vector<DimensionId>& outer,
                                     const std::vector<DimensionId>& inner) const;

  const Definition& definition_;
  EvaluationPlan plan_;
  std::map<Key, int> places_;
};

}  // namespace takt
