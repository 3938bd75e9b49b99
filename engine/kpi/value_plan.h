// One value of a KPI and what it is made of: the evaluation plan of a single series, narrowed to the
// one group that is asked about, and its leaves, the rows of cells that it is read from.
//
// Threads: immutable once made. The definition must outlive it. Only values that are exported can be
// asked for: others may have no rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/definition/definition.h"
#include "engine/kpi/columns.h"
#include "engine/kpi/plan.h"

namespace takt {

struct ValueQuestion {
  KpiId kpi = 0;
  LevelId level = 0;
  std::optional<Window> window;  // none: a KPI without windows
  std::vector<DimensionValue>
      values;  // of the level's dimension, if it has one, then of the split's
};

// The group of a column, by dimension; empty: the company.
using GroupValues = std::vector<std::pair<DimensionId, DimensionValue>>;

struct ValueLeaf {
  int column = 0;
  TermId term = 0;
  RowId row = 0;  // in the cells of the whole definition
  std::optional<TermId> start_term;
  RowId start_row = 0;
};

struct ValuePlan {
  // Columns of one group each, operands before what uses them, the value last. Leaf i reads row 2i of
  // a small table of its own, and the starts of ages row 2i + 1.
  EvaluationPlan plan;
  std::vector<GroupValues> groups;  // by column
  std::vector<ValueLeaf> leaves;

  uint32_t row_count() const { return static_cast<uint32_t>(2 * leaves.size()); }
  // The minutes whose facts a leaf adds up at `now`; of outcomes those that may be among the last.
  MinuteRange RangeOf(const Definition& definition, const ValueLeaf& leaf, EventTime now) const;
  int64_t AgeOf(const Definition& definition, const ValueLeaf& leaf, EventTime now) const;
};

ValuePlan MakeValuePlan(const Definition& definition, const ValueQuestion& question);

// `won / closed`: a KPI's formula or share as text; empty for what is read from cells.
std::string ExpressionText(const Definition& definition, const Kpi& kpi);

}  // namespace takt
