// Every exported KPI for one `now`, from the oracle's facts: series names and labels as
// engine/kpi/evaluate.h and page.h say, values as engine/definition/kpi.h defines them.
//
// Threads: one. Reads definition, civil and facts, which must outlive it.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "tests/oracle/facts.h"

namespace takt::oracle {

struct Number {
  double value = 0;
  // Its group has an unknown value: it may be absent where it holds nothing.
  bool optional = false;
  // What the engine's value may differ by, relative: quantiles come from log buckets.
  double tolerance = 1e-12;
};

// By series text with labels in the order of the page: name{window="28d",sales_region="north"}.
using SeriesMap = std::map<std::string, Number>;

class Evaluation {
 public:
  Evaluation(const Definition& definition, const Civil& civil, Facts& facts, EventTime now);

  SeriesMap Series();

 private:
  using Group = std::map<DimensionId, DimensionValue>;
  struct Scope {  // of one value
    LevelId level = 0;
    Group group;
    const Window* window = nullptr;  // null: none is asked for
    std::vector<CivilSpan> ago;      // moved by each in turn
    const Window* before = nullptr;  // set: `window` ends where this one begins
  };

  // All groups of a level and a split with their labels, behind `labels`.
  std::vector<std::pair<Group, std::string>> GroupsOf(LevelId level,
                                                      const std::vector<DimensionId>& split,
                                                      const std::string& labels) const;
  bool HasUnknown(const Group& group) const;
  void AddKpi(const Kpi& kpi);
  void AddWindow(const Kpi& kpi, const Window* window, LevelId level);
  void AddGroup(const Kpi& kpi, const Scope& scope, const std::string& labels);
  void Put(const std::string& name, const std::string& labels, Number number);

  // Alerts and goals (alerts.cc).
  struct Watched;
  void AddGoals();
  void AddAlerts();
  void AddAlert(const Alert& alert, const Watched& watched, double outcomes_per_day);
  double Length(const Scope& scope) const;  // days
  double UsualOf(const Alert& alert, const Watched& watched, const Window& window);
  bool Judge(const Alert& alert, const Watched& watched, double outcomes_per_day,
             std::map<std::string, double>& shown);
  bool JudgeSequence(const Alert& alert, const Watched& watched, double outcomes_per_day,
                     std::map<std::string, double>& shown);
  double OutcomesPerDay(const Alert& alert, const Watched& watched);
  std::vector<Fact> OutcomesOf(const Alert& alert, const Watched& watched);

  double Value(KpiId kpi, const Scope& scope, Statistic statistic);
  double FormulaNodeValue(const Kpi& kpi, int node, const Scope& scope);
  double Share(const Kpi& kpi, const Scope& scope, Statistic statistic);
  double DurationStatistic(const Kpi& kpi, const Scope& scope, Statistic statistic);
  double Age(const Kpi& kpi, const Scope& scope, Statistic statistic);
  double DistinctCount(TermId term, const Scope& scope);
  std::pair<double, double> LastOutcomes(TermId term, const Scope& scope);  // count, successes
  double Amount(TermId term, const Scope& scope);   // in the units of the page
  __int128 Exact(TermId term, const Scope& scope);  // in the units of the facts
  // Numerator or denominator of a share, in the units of the facts.
  double ExactPart(KpiId kpi, const Scope& scope);
  double UnitsOf(TermId term) const;  // by what to divide facts
  double ToleranceOf(KpiId kpi, Statistic statistic) const;

  Span Minutes(const Scope& scope) const;
  int64_t NowMinute(const Scope& scope) const;  // the first one after now, moved
  int64_t EndMinute(const Scope& scope) const;  // the first one after the window, or after now
  bool InGroup(Combination combination, const Group& group) const;
  const std::vector<__int128>& SumsOf(TermId term, Span span);
  const std::vector<__int128>& LevelsOf(TermId term, int64_t end);

  const Definition& definition_;
  const Civil& civil_;
  Facts& facts_;
  EventTime now_;
  SeriesMap series_;
  std::map<std::tuple<TermId, int64_t, int64_t>, std::vector<__int128>> sums_;
  std::map<std::pair<TermId, int64_t>, std::vector<__int128>> levels_;
};

}  // namespace takt::oracle
