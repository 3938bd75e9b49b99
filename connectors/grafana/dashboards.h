// Dashboards of Grafana for one configuration, as the JSON that Grafana imports and provisions:
//
//   takt_screen_<level>.json   for a wall: at most eight large values, dark, "data as of", nothing to operate
//   takt_sales.json            for who leads sales: KPIs with bounds and n against what is usual, groups beside
//                              each other, stages, durations, alerts and goals where there are any
//   takt_operations.json       for who runs Takt: age of data, lag, dead letters, journal, audit
//
// They are made of the exported KPIs, their units, windows and levels; no KPI is known by name. Every query
// goes to the Prometheus of the variable `datasource`, and drops `instance` and `pod`, so that a page
// scraped twice counts once. The variables of groups are named like their labels (sales_region).
//
// Threads: pure. Equal definitions give equal bytes.
#pragma once

#include <string>
#include <vector>

#include "engine/definition/definition.h"

namespace takt {

struct DashboardFile {
  std::string name;  // "takt_sales.json"
  std::string content;
};

struct DashboardOptions {
  // Also groups that are single people (the level that teams are looked up by). Names and ranks of people
  // on a screen are personal data, so this is for whoever may show them to say.
  bool people = false;
};

std::vector<DashboardFile> Dashboards(const Definition& definition,
                                      const DashboardOptions& options);

}  // namespace takt
