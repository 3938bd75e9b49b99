// The exported series of a definition as queries of PromQL, and what Grafana is to know of their values.
// Names and labels are read from an evaluation of empty cells, so they are those of the page.
//
// Threads: immutable after construction. The definition must outlive it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/definition/definition.h"
#include "engine/kpi/snapshot.h"

namespace takt {

class KpiSeries {
 public:
  explicit KpiSeries(const Definition& definition);

  const Definition& definition() const { return definition_; }

  // "Win ratio" of win_ratio, "NRR 90d" of nrr_90d: a word without a vowel is an abbreviation.
  static std::string Title(const std::string& name);
  // What follows the title where the value is per time or not of the chosen window: " a day", " (90d)".
  std::string TitleOf(const Kpi& kpi) const;

  // The unit of Grafana for the KPI's main part.
  std::string UnitOf(const Kpi& kpi) const;

  // PromQL of a part at a level. `matchers` come beside job and window, each ',name="value"'. Empty when
  // the KPI has no such series.
  std::string Query(const Kpi& kpi, LevelId level, const std::string& part,
                    const std::string& matchers = "") const;
  // Of how many outcomes a share or durations are; empty for other KPIs.
  std::string OutcomesQuery(const Kpi& kpi, LevelId level, const std::string& matchers = "") const;
  // "p50" of durations, else "".
  static std::string MainPart(const Kpi& kpi);

  // All exported windows, the most frequent first; the default is the first.
  std::vector<std::string> Windows() const;

  bool IsExportedAt(const Kpi& kpi, LevelId level) const;
  // Exported at the level without splits, and no numerator or denominator of an exported share.
  std::vector<const Kpi*> Headlines(LevelId level) const;
  // Split by the dimension.
  std::vector<const Kpi*> SplitBy(DimensionId dimension, LevelId level) const;
  // Levels that something is exported at.
  std::vector<LevelId> Levels() const;
  // The label of the level's groups; empty for the company.
  std::string LabelOf(LevelId level) const;
  // Some series that every group of the level has, for label_values().
  std::string AnyName(LevelId level) const;
  // What other dimensions are looked up by and is looked up by nothing itself: single people, as a rule.
  bool IsOfPeople(LevelId level) const;

 private:
  const Family* Find(const Kpi& kpi, LevelId level, const std::string& part) const;
  std::string WindowMatcher(const Kpi& kpi) const;
  bool IsPart(KpiId kpi) const;

  const Definition& definition_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::string default_window_;
};

}  // namespace takt
