// The oracle: every KPI recomputed from all changes ever given, by the plainest reading of the
// definitions. It is what the engine is held against, so it shares no code with the engine's ledger,
// cells, time and kpi, remembers nothing between answers but the changes, and is read top down:
//
//   history.h   changes -> sets -> what each entity looked like after each change
//   stages.h    visits and reaches
//   moments.h   moments, states, conditions, dimensions
//   facts.h     what each term counts
//   series.h    windows, KPIs, series
//
// Threads: one. Owns what it was given. Cost: the first answer after an Add derives everything again
// (some seconds for 300,000 changes), further ones read lists of facts.
#pragma once

#include <memory>
#include <optional>

#include "engine/definition/definition.h"
#include "tests/oracle/civil.h"
#include "tests/oracle/facts.h"
#include "tests/oracle/history.h"
#include "tests/oracle/moments.h"
#include "tests/oracle/series.h"

namespace takt::oracle {

class Oracle {
 public:
  // `definition` must outlive the oracle.
  explicit Oracle(const Definition& definition);

  void Add(const Change& change);
  SeriesMap Series(EventTime now);
  Histories& histories() { return histories_; }

 private:
  const Definition& definition_;
  Civil civil_;
  Rules rules_;
  Histories histories_;
  std::optional<Facts> facts_;
};

}  // namespace takt::oracle
