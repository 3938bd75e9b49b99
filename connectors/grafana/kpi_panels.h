// Panels of a KPI, each of the kind that its values ask for.
//
// Threads: pure.
#pragma once

#include <string>
#include <vector>

#include "connectors/grafana/dashboard.h"
#include "connectors/grafana/kpi_series.h"

namespace takt {

// Below this many outcomes the number of outcomes reads "too few".
inline constexpr int kFewOutcomes = 30;
// Seconds from which on data are called old; as the alert TaktDataStale.
inline constexpr int kOldSeconds = 900;

// The value, large, with n beside a share or durations.
Panel StatPanel(const KpiSeries& series, const Kpi& kpi, LevelId level,
                const std::string& matchers = "");

// The value over time with what is usual; a share with its bounds, durations with mean and 90 %; with n.
Panel CoursePanel(const KpiSeries& series, const Kpi& kpi, LevelId level);

// A line for each group of the level.
Panel GroupsPanel(const KpiSeries& series, const Kpi& kpi, LevelId level);

// Groups beside each other, one row each, the best of the first sum of money first: a leader board.
Panel LeaderPanel(const KpiSeries& series, LevelId level);

// A bar for each value of the dimension that the KPI is split by.
Panel SplitPanel(const KpiSeries& series, const Kpi& kpi, LevelId level);

// "Data as of" and how long ago that is, red when old.
Panel AsOfPanel();

// `data source`'s job, the window, and the groups of each level as variables.
DashboardVariable JobVariable();
DashboardVariable WindowVariable(const KpiSeries& series, bool hidden);
DashboardVariable GroupVariable(const KpiSeries& series, LevelId level, bool several);

}  // namespace takt
