// KPIs: from `kpis:` to terms, shares and formulas, and what is exported of them.
//
// Threads: one. Errors: reported. A KPI that is wrong is not reported again by those that use it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/settings/compilation.h"

namespace takt {

// What the compiler knows of a KPI beside its compiled form.
struct KpiWork {
  enum class Progress : uint8_t { kNew, kOpen, kDone };
  const Node* node = nullptr;  // of the KPI, or of the share that a derived one was made for
  Progress progress = Progress::kNew;
  bool broken = false;
  std::string noun;              // what its term counts: "deal", "visit"
  std::optional<RowsOf> rows;    // of kinds with a term
  std::optional<Term> distinct;  // once_per: window; its `recent` is set for each window
};

struct KpiCompilation {
  Compilation& compilation;
  std::vector<KpiWork> works;  // by KpiId

  Definition& definition() { return compilation.definition; }
  Problems& problems() { return compilation.problems; }
  Kpi& kpi(KpiId id) { return compilation.definition.kpis[id]; }
  // The term that is equal but for its rows, added when there is none.
  TermId AddTerm(Term term);
  // Compiles the KPI that `name` names, first of all what it needs; reports at `place` when there is
  // none or when it is in a circle. Nothing when it cannot be used.
  std::optional<KpiId> Use(const std::string& name, const Place& place, absl::string_view path);
  void Compile(KpiId id);

  std::vector<KpiId> way;  // of KPIs being compiled
};

// Needs dimensions, objects and moments. Fills terms, KPIs, group sets and rows.
void CompileKpis(Compilation& compilation);

// How two KPIs combine into a unit: powers of `b` are added `sign` times.
Unit Combine(const Unit& a, const Unit& b, int sign);

}  // namespace takt
