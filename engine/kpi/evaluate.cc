#include "engine/kpi/evaluate.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/kpi/columns.h"
#include "engine/kpi/groups.h"
#include "engine/kpi/plan.h"
#include "engine/kpi/watch.h"

namespace takt {
namespace {

bool IsMoneyPerSecond(const Unit& unit) {
  return unit.powers == std::map<std::string, int>{{"money", 1}, {"seconds", -1}};
}

}  // namespace

std::vector<SeriesPart> SeriesPartsOf(const Kpi& kpi) {
  switch (kpi.kind) {
    case KpiKind::kShare:
      return {{"", "", Statistic::kValue},
              {"_lower", "lower", Statistic::kLower},
              {"_upper", "upper", Statistic::kUpper}};
    case KpiKind::kDurations:
      return {{"_mean_seconds", "mean", Statistic::kMean},
              {"_p50_seconds", "p50", Statistic::kP50},
              {"_p90_seconds", "p90", Statistic::kP90},
              {"_outcomes", "outcomes", Statistic::kCount}};
    case KpiKind::kCount:
    case KpiKind::kSum:
    case KpiKind::kLevel:
    case KpiKind::kAge:
    case KpiKind::kFormula:
      return {{IsMoneyPerSecond(kpi.unit) ? "_per_second" : "", "", Statistic::kValue}};
  }
  return {};
}

namespace {

// One KPI at one level: columns by window, and the labels of every sample they can give.
struct Table {
  KpiId kpi = 0;
  LevelId level = 0;
  std::vector<int> columns;                 // by window
  std::vector<std::vector<Labels>> labels;  // by window, by group
  std::vector<bool> unknown;                // by group: one of its values is `unknown`
  std::vector<Family> families;             // without samples
  std::vector<Statistic> statistics;        // of the families
};

class TableMaker {
 public:
  TableMaker(const Definition& definition, Planner& planner)
      : definition_(definition), planner_(planner) {}

  Table Make(KpiId id, LevelId level) {
    const Kpi& kpi = definition_.kpis[id];
    const Scope scope{.level = definition_.levels[level].dimension, .split = kpi.split};
    Table table{.kpi = id, .level = level};
    if (!kpi.windowed) AddWindow(id, scope, std::nullopt, table);
    for (const Window& window : kpi.over) {
      if (kpi.windowed) AddWindow(id, scope, window, table);
    }
    const std::vector<DimensionId> dimensions = scope.Dimensions();
    for (uint32_t group = 0; group < planner_.GroupCount(dimensions); ++group) {
      table.unknown.push_back(HasUnknown(definition_, dimensions, group));
    }
    const std::string name = absl::StrCat("sales_", definition_.levels[level].name, "_", kpi.name);
    for (const SeriesPart& part : SeriesPartsOf(kpi)) {
      table.families.push_back({.name = absl::StrCat(name, part.suffix),
                                .help = kpi.help,
                                .kpi = id,
                                .level = level,
                                .part = part.part});
      table.statistics.push_back(part.statistic);
    }
    return table;
  }

 private:
  void AddWindow(KpiId kpi, const Scope& scope, const std::optional<Window>& window, Table& table) {
    const int span = planner_.SpanFor({.window = window});
    table.columns.push_back(planner_.ColumnFor(kpi, scope, span));
    const std::vector<DimensionId> dimensions = scope.Dimensions();
    std::vector<Labels>& labels = table.labels.emplace_back();
    for (uint32_t group = 0; group < planner_.GroupCount(dimensions); ++group) {
      std::vector<Labels::Pair> pairs;
      if (window.has_value()) pairs.emplace_back("window", window->label);
      for (Labels::Pair& pair : GroupLabels(definition_, dimensions, group)) {
        pairs.push_back(std::move(pair));
      }
      labels.emplace_back(std::move(pairs));
    }
  }

  const Definition& definition_;
  Planner& planner_;
};

// Groups to show: all but strangers that hold nothing over any window.
std::vector<uint32_t> ShownGroups(const Table& table, const std::vector<Column>& columns) {
  std::vector<uint32_t> shown;
  for (uint32_t group = 0; group < table.unknown.size(); ++group) {
    bool show = !table.unknown[group];
    for (const int column : table.columns) show = show || columns[column][group].holds;
    if (show) shown.push_back(group);
  }
  return shown;
}

}  // namespace

struct Evaluator::Prepared {
  const Definition& definition;
  EvaluationPlan plan;
  std::vector<Table> tables;
  WatchPlan watch;
};

Evaluator::Evaluator(const Definition& definition) {
  Planner planner(definition);
  TableMaker maker(definition, planner);
  std::vector<Table> tables;
  for (size_t kpi = 0; kpi < definition.kpis.size(); ++kpi) {
    if (!definition.kpis[kpi].exported) continue;
    for (const LevelId level : definition.kpis[kpi].per) {
      tables.push_back(maker.Make(static_cast<KpiId>(kpi), level));
    }
  }
  WatchPlan watch = PlanWatch(definition, planner);
  prepared_ = std::make_unique<const Prepared>(
      Prepared{definition, std::move(planner).Finish(), std::move(tables), std::move(watch)});
}

Evaluator::~Evaluator() = default;

std::shared_ptr<const Snapshot> Evaluator::Evaluate(const CellTable& cells, EventTime now,
                                                    std::vector<ReadPosition> read) const {
  const Definition& definition = prepared_->definition;
  const std::vector<Column> columns = ComputeColumns(definition, prepared_->plan, cells, now);
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->now = now;
  snapshot->read = std::move(read);
  for (const Table& table : prepared_->tables) {
    const std::vector<uint32_t> shown = ShownGroups(table, columns);
    const KpiKind kind = definition.kpis[table.kpi].kind;
    for (size_t i = 0; i < table.families.size(); ++i) {
      Family& family = snapshot->families.emplace_back(table.families[i]);
      family.samples.reserve(shown.size() * table.columns.size());
      for (size_t window = 0; window < table.columns.size(); ++window) {
        const Column& column = columns[table.columns[window]];
        for (const uint32_t group : shown) {
          const double value = StatisticOf(column[group], kind, table.statistics[i]);
          family.samples.push_back({.labels = table.labels[window][group], .value = value});
        }
      }
    }
  }
  EvaluateWatch({definition, prepared_->plan, prepared_->watch, cells, columns, now}, *snapshot);
  return snapshot;
}

std::shared_ptr<const Snapshot> Evaluate(const Definition& definition, const CellTable& cells,
                                         EventTime now) {
  return Evaluator(definition).Evaluate(cells, now);
}

}  // namespace takt
