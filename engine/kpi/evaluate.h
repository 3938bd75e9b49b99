// Evaluate: cells and `now` to a snapshot. A pure function; `now` is an argument, never a clock.
//
// Series (DESIGN: every level has its own names): sales_<level>_<kpi>{window, sales_<level>, splits}.
//   count, sum, formula   sales_<level>_<kpi>, with "_per_second" behind it for money per second
//   level, age            the same, without the label `window`
//   share                 the ratio, and _lower, _upper (Wilson, 95 %); its parts are KPIs of their
//                         own, exported for the same windows and levels
//   durations             _mean_seconds, _p50_seconds, _p90_seconds, and _outcomes (how many)
// Known groups are exported from the start, with zero counts; the group `unknown` of a dimension only
// once it holds something in any window. Money is exported in whole units (minor units / 10^decimals).
// 0/0 is NaN; x/0 is NaN; NaN spreads.
//
// Values: of an age the sum of all ages in seconds (mean(x) in a formula divides by how many); of a
// share over `last n` successes among the last n outcomes. A KPI that `last n` has no meaning for is
// NaN over such a window. A shifted age is as of the shifted end of the window.
//
// Threads: any, beside other readers of the same cells. Cost: O(exported series x days of the window).
#pragma once

#include <memory>
#include <vector>

#include "engine/cells/cell_table.h"
#include "engine/definition/definition.h"
#include "engine/kpi/snapshot.h"
#include "engine/model/event_time.h"

namespace takt {

struct SeriesPart {    // what a KPI exports
  const char* suffix;  // behind its name in a series' name
  const char* part;    // Family::part
  Statistic statistic;
};
std::vector<SeriesPart> SeriesPartsOf(const Kpi& kpi);

// Everything about an evaluation that depends on the definition alone, made once: names, labels, rows,
// the order of formulas.
class Evaluator {
 public:
  explicit Evaluator(const Definition& definition);  // must outlive the evaluator
  ~Evaluator();
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  // `read`: what the cells are known to reflect, for Snapshot::read.
  std::shared_ptr<const Snapshot> Evaluate(const CellTable& cells, EventTime now,
                                           std::vector<ReadPosition> read = {}) const;

 private:
  struct Prepared;
  std::unique_ptr<const Prepared> prepared_;
};

// For one evaluation: an Evaluator that is made and thrown away.
std::shared_ptr<const Snapshot> Evaluate(const Definition& definition, const CellTable& cells,
                                         EventTime now);

}  // namespace takt
