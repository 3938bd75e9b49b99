// Which rows of cells the exported KPIs, goals and alerts need: each term gets the group sets of every level and split
// at which somebody asks for it, through shares and formulas.
//
// Threads: one. Errors: reported at the exported KPI, goal or alert that asks.
#pragma once

#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "engine/settings/kpi_compiler.h"

namespace takt {

class RowDemand {
 public:
  explicit RowDemand(KpiCompilation& kpis) : kpis_(kpis) {}

  // A window of a KPI at a level; without a window where the KPI has none.
  struct Watched {
    std::optional<Window> window;
    LevelId level = 0;
  };

  // Asks for all windows and levels of the KPI, when it is exported.
  void AddExported(KpiId id);
  // Asks for what the goal or alert written at `node` reads.
  void AddWatched(const Node& node, KpiId id, const Watched& watched);

 private:
  // One value that is asked for. `window` is absent where the KPI has none.
  struct Wanted {
    std::optional<Window> window;
    LevelId level = 0;
    std::vector<DimensionId> split;
  };

  void Require(KpiId id, const Wanted& wanted);
  void RequireTerm(KpiId id, const Wanted& wanted);
  void RequireShare(KpiId id, const Wanted& wanted);
  void RequireFormula(KpiId id, const Wanted& wanted);
  void AddRows(TermId term, const Wanted& wanted);
  std::optional<GroupSetId> FindGroupSet(const Wanted& wanted);
  void Report(std::string text);

  KpiCompilation& kpis_;
  const Node* asking_ = nullptr;  // where problems are reported
  std::set<std::tuple<KpiId, std::string, LevelId, std::vector<DimensionId>>> seen_;
};

// Makes the term from which a share over `last n` is read; false, reported at `node`, where its parts do
// not fit together.
bool EnsureOutcomes(KpiCompilation& kpis, KpiId share, const Node& node);

}  // namespace takt
