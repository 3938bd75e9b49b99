// A snapshot as a plain-text table for the terminal, without splits: a line for each active alert; the KPIs of the company over the
// windows that most of them have; then each further level, those of few groups first. Up to six groups
// stand side by side; more stand below each other, with the most telling KPIs (shares, then formulas,
// then the others) as far as they fit. Money has thousands separators, durations are in days (hours
// below two days), shares in per cent with their 95 % interval, "-" stands for "undefined".
//
//   as of 2026-01-20 13:00 (Europe/Paris)
//
//   company          now             28d  month
//   won                                1      1
//   win_ratio             33.3 % (6-79)
//   open_deals     1,234
//
//   region        over      north  south
//   won            28d          1      0
//   win_ratio      28d     33.3 %      -
//
// Threads: any. Cost: linear in what is printed; `rows_per_level_max` groups of a level are.
#pragma once

#include <string>

#include "engine/definition/definition.h"
#include "engine/kpi/snapshot.h"

namespace takt {

struct TableOptions {
  int width = 100;              // columns of the terminal; wider tables continue below
  int rows_per_level_max = 24;  // groups of a level, in the definition's order
};

std::string RenderTable(const Definition& definition, const Snapshot& snapshot,
                        const TableOptions& options = {});

}  // namespace takt
