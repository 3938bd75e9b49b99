// The values of a plan's columns at one `now`: the arithmetic of KPIs.
//
// Threads: pure. Cost: one or two reads of cells per group and column.
#pragma once

#include <vector>

#include "engine/cells/cell_table.h"
#include "engine/definition/definition.h"
#include "engine/kpi/plan.h"
#include "engine/model/event_time.h"

namespace takt {

struct Measured {    // one KPI, one group, one span
  double value = 0;  // as on the page: units of money, seconds, ratio
  double total =
      0;  // counts, sums, levels: in units of facts; durations and ages: seconds; shares: k
  double count = 0;  // durations, ages: how many; shares: n
  double p50 = 0;    // durations, seconds
  double p90 = 0;
  bool holds = false;  // anything at all: a group of strangers is left out while it does not
};

using Column = std::vector<Measured>;  // by group

struct SpanAt {  // a span at one `now`
  MinuteRange range;
  Minute now_end = 0;      // the end of the pane that holds now, moved as the window's ends are
  int64_t age_micros = 0;  // up to when ages are counted
};
// `now` is clamped to the years that a calendar knows.
SpanAt ResolveSpan(const Definition& definition, const SpanPlan& span, EventTime now);

// All columns of `plan`, by their places.
std::vector<Column> ComputeColumns(const Definition& definition, const EvaluationPlan& plan,
                                   const CellTable& cells, EventTime now);

// What a formula or a series reads of a KPI of kind `kind`.
double StatisticOf(const Measured& measured, KpiKind kind, Statistic statistic);

}  // namespace takt
