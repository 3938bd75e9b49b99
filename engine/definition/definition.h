// The whole of what an operator asked for, compiled: the one thing that the ledger, the evaluator,
// the checks and the oracle read. Made by engine/settings from YAML, or by tests by hand.
//
// Threads: immutable once made; shared by const reference or shared_ptr. It must outlive what reads it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/definition/alert.h"
#include "engine/definition/dimension.h"
#include "engine/definition/goal.h"
#include "engine/definition/kpi.h"
#include "engine/definition/object.h"
#include "engine/definition/term.h"
#include "engine/time/calendar.h"

namespace takt {

struct Currency {
  std::string code = "EUR";
  int decimals = 2;  // ISO 4217: 0, 2 or 3
};

struct Definition {
  std::string organisation;
  Currency currency;
  Calendar calendar;
  std::vector<Dimension> dimensions;
  std::vector<Level> levels;  // company first
  std::vector<GroupSet> group_sets;
  std::vector<Object> objects;
  // Objects in an order in which a link's origin comes before its target as far as moments need it.
  std::vector<Term> terms;
  std::vector<Kpi> kpis;
  std::vector<Goal> goals;
  std::vector<Alert> alerts;
  RowId row_count =
      0;  // rows are numbered densely; a configuration of more than 20 million is refused
  uint32_t changes_per_entity_max = 4096;

  absl::flat_hash_map<std::string, ObjectId> object_ids;
  absl::flat_hash_map<std::string, KpiId> kpi_ids;
};

// Gives every (term, group set) its rows, in order, and sets row_count. The compiler's last step.
void NumberRows(Definition& definition);

}  // namespace takt
