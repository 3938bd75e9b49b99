// A snapshot as a plain-text table for the terminal: first the KPIs of the company, then those of each
// further level (one row per group), without splits. Money has thousands separators, durations are in
// days (hours below two days), ratios in per cent, "-" stands for "undefined".
//
//   as of 2026-01-20 13:00 (Europe/Paris)
//
//   company                 28d  month    now
//   won                       1      1
//   win_ratio     33.3 % (6-79)                    <- with its 95 % interval
//   open_deals                          1,234
//
//   region  won  win_ratio  booked EUR             <- each over its first window
//           28d        28d         28d
//   north     1     33.3 %   1,234,567
//
// Threads: any. Cost: linear in what is printed; `rows_per_level_max` groups of a level are.
#pragma once

#include <string>

#include "engine/definition/definition.h"
#include "engine/kpi/snapshot.h"

namespace takt {

struct TableOptions {
  int width = 100;              // columns of the terminal; wider tables continue below
  int rows_per_level_max = 20;  // groups of a level, in the definition's order
};

std::string RenderTable(const Definition& definition, const Snapshot& snapshot,
                        const TableOptions& options = {});

}  // namespace takt
