// A small definition made by hand: deals of two regions from three lead sources, company and region as
// levels, and every kind of KPI. Facts are put into cells directly.
#pragma once

#include <string>
#include <vector>

#include "engine/cells/cell_table.h"
#include "engine/definition/definition.h"
#include "engine/model/event_time.h"

namespace takt {

enum : TermId {
  kWonTerm,
  kClosedTerm,
  kBookedTerm,
  kOpenTerm,
  kStartsTerm,
  kCycleTerm,
  kOutcomesTerm,
  kRecentWeekTerm,
  kRecentMonthTerm,
  kScoreTerm,
  kTermCount,
};

enum : DimensionId { kRegion, kLeadSource };
enum : LevelId { kCompanyLevel, kRegionLevel };

// Regions: north 0, south 1, unassigned 2 (unknown). Lead sources: web 0, event 1, other 2 (unknown).
// All terms have rows for company, region, lead source, and region with lead source.
class SmallDefinition {
 public:
  explicit SmallDefinition(Calendar calendar = Calendar());

  // Adds a KPI that is exported over `windows` for both levels; without windows for levels of now.
  // Change what it returns before the next one is added.
  Kpi& AddKpi(const std::string& name, KpiKind kind, const std::vector<std::string>& windows);
  KpiId Id(const std::string& name) const { return definition.kpi_ids.at(name); }

  // Nodes of formulas.
  FormulaNode Of(const std::string& name, Statistic statistic = Statistic::kValue) const;
  static FormulaNode Number(double number);
  static FormulaNode Binary(FormulaNode::Kind kind, int left, int right);

  Definition definition;
};

struct FactGroup {  // places in the dimensions' values
  uint32_t region = 0;
  uint32_t source = 0;
};

// Cells of a definition, filled fact by fact. Every fact goes to all rows that it belongs to.
class Facts {
 public:
  explicit Facts(const Definition& definition)
      : definition_(definition), cells(definition.calendar, definition.row_count) {}

  void Sum(TermId term, EventTime time, int64_t amount, FactGroup group = {});
  void Duration(EventTime time, int64_t micros, FactGroup group = {});
  void Outcome(EventTime time, bool success, FactGroup group = {});

 private:
  std::vector<RowId> RowsOf(TermId term, FactGroup group) const;
  const Definition& definition_;

 public:
  CellTable cells;
};

EventTime At(const std::string& rfc3339);

}  // namespace takt
