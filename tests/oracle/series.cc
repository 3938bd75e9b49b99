#include "tests/oracle/series.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace takt::oracle {
namespace {

std::string Escaped(const std::string& text) {
  return absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}});
}

std::string WithLabel(const std::string& labels, const std::string& name,
                      const std::string& value) {
  return absl::StrCat(labels, labels.empty() ? "" : ",", name, "=\"", Escaped(value), "\"");
}

bool IsMoneyPerSecond(const Unit& unit) {
  return unit.powers == std::map<std::string, int>{{"money", 1}, {"seconds", -1}};
}

}  // namespace

Evaluation::Evaluation(const Definition& definition, const Civil& civil, Facts& facts,
                       EventTime now)
    : definition_(definition), civil_(civil), facts_(facts), now_(now) {}

SeriesMap Evaluation::Series() {
  for (const Kpi& kpi : definition_.kpis) {
    if (kpi.exported) AddKpi(kpi);
  }
  AddGoals();
  AddAlerts();
  return std::move(series_);
}

void Evaluation::AddKpi(const Kpi& kpi) {
  for (const LevelId level : kpi.per) {
    if (!kpi.windowed) AddWindow(kpi, nullptr, level);
    if (!kpi.windowed) continue;
    for (const Window& window : kpi.over) AddWindow(kpi, &window, level);
  }
}

// Every group of the level and the split: all combinations of their dimensions' values.
std::vector<std::pair<Evaluation::Group, std::string>> Evaluation::GroupsOf(
    LevelId level, const std::vector<DimensionId>& split, const std::string& labels) const {
  std::vector<DimensionId> dimensions;
  if (definition_.levels[level].dimension.has_value()) {
    dimensions.push_back(*definition_.levels[level].dimension);
  }
  dimensions.insert(dimensions.end(), split.begin(), split.end());
  std::vector<std::pair<Group, std::string>> groups = {{Group(), labels}};
  for (const DimensionId id : dimensions) {
    const Dimension& dimension = definition_.dimensions[id];
    std::vector<std::pair<Group, std::string>> wider;
    for (const auto& [group, so_far] : groups) {
      for (size_t value = 0; value < dimension.values.size(); ++value) {
        Group with = group;
        with[id] = static_cast<DimensionValue>(value);
        wider.emplace_back(with, WithLabel(so_far, dimension.label, dimension.values[value]));
      }
    }
    groups = std::move(wider);
  }
  return groups;
}

bool Evaluation::HasUnknown(const Group& group) const {
  for (const auto& [dimension, value] : group) {
    if (value == definition_.dimensions[dimension].unknown()) return true;
  }
  return false;
}

void Evaluation::AddWindow(const Kpi& kpi, const Window* window, LevelId level) {
  const std::string first = window == nullptr ? "" : WithLabel("", "window", window->label);
  for (const auto& [group, labels] : GroupsOf(level, kpi.split, first)) {
    AddGroup(kpi, {.level = level, .group = group, .window = window}, labels);
  }
}

void Evaluation::AddGroup(const Kpi& kpi, const Scope& scope, const std::string& labels) {
  const KpiId id = static_cast<KpiId>(&kpi - definition_.kpis.data());
  const std::string name =
      absl::StrCat("sales_", definition_.levels[scope.level].name, "_", kpi.name);
  const bool optional = HasUnknown(scope.group);
  const auto put = [&](const std::string& suffix, Statistic statistic) {
    Put(name + suffix, labels,
        {.value = Value(id, scope, statistic),
         .optional = optional,
         .tolerance = ToleranceOf(id, statistic)});
  };
  switch (kpi.kind) {
    case KpiKind::kCount:
    case KpiKind::kSum:
    case KpiKind::kLevel:
    case KpiKind::kAge:
      put("", Statistic::kValue);
      break;
    case KpiKind::kFormula:
      put(IsMoneyPerSecond(kpi.unit) ? "_per_second" : "", Statistic::kValue);
      break;
    case KpiKind::kShare:
      put("", Statistic::kValue);
      put("_lower", Statistic::kLower);
      put("_upper", Statistic::kUpper);
      break;
    case KpiKind::kDurations:
      put("_mean_seconds", Statistic::kMean);
      put("_p50_seconds", Statistic::kP50);
      put("_p90_seconds", Statistic::kP90);
      put("_outcomes", Statistic::kCount);
      break;
  }
}

void Evaluation::Put(const std::string& name, const std::string& labels, Number number) {
  series_[labels.empty() ? name : absl::StrCat(name, "{", labels, "}")] = number;
}

Span Evaluation::Minutes(const Scope& scope) const {
  int64_t end = MinuteHolding(now_.micros) + 1;
  if (scope.before != nullptr && scope.before->kind != Window::Kind::kLast) {
    end = civil_.Resolve(*scope.before, end).begin;
  }
  Span span = civil_.Resolve(*scope.window, end);
  for (const CivilSpan& ago : scope.ago) {
    span = {civil_.Move(span.begin, ago, -1), civil_.Move(span.end, ago, -1)};
  }
  return span;
}

int64_t Evaluation::NowMinute(const Scope& scope) const {
  int64_t end = MinuteHolding(now_.micros) + 1;
  for (const CivilSpan& ago : scope.ago) end = civil_.Move(end, ago, -1);
  return end;
}

int64_t Evaluation::EndMinute(const Scope& scope) const {
  return scope.window == nullptr ? NowMinute(scope) : Minutes(scope).end;
}

bool Evaluation::InGroup(Combination combination, const Group& group) const {
  for (const auto& [dimension, value] : group) {
    if (facts_.combinations()[combination][dimension] != value) return false;
  }
  return true;
}

const std::vector<__int128>& Evaluation::SumsOf(TermId term, Span span) {
  const auto [found, is_new] = sums_.try_emplace({term, span.begin, span.end});
  std::vector<__int128>& totals = found->second;
  if (!is_new) return totals;
  totals.resize(facts_.combinations().size());
  for (const Fact& fact : facts_.At(term)) {
    const int64_t minute = MinuteHolding(fact.time);
    if (minute >= span.begin && minute < span.end) totals[fact.combination] += fact.amount;
  }
  return totals;
}

const std::vector<__int128>& Evaluation::LevelsOf(TermId term, int64_t end) {
  const auto [found, is_new] = levels_.try_emplace({term, end});
  // Everything dated in minutes before `end` counts.
  if (is_new) found->second = facts_.LevelAt(term, end * kMicrosInMinute - 1);
  return found->second;
}

__int128 Evaluation::Exact(TermId id, const Scope& scope) {
  const bool level = definition_.terms[id].kind == TermKind::kLevel;
  const std::vector<__int128>& totals =
      level ? LevelsOf(id, EndMinute(scope)) : SumsOf(id, Minutes(scope));
  __int128 total = 0;
  for (size_t i = 0; i < totals.size(); ++i) {
    if (InGroup(static_cast<Combination>(i), scope.group)) total += totals[i];
  }
  return total;
}

double Evaluation::UnitsOf(TermId id) const {
  const Term& term = definition_.terms[id];
  const Measure& measure = term.measure;
  if (measure.kind != MeasureKind::kField && measure.kind != MeasureKind::kWeighted) return 1;
  switch (definition_.objects[term.object].fields[measure.field].type) {
    case FieldType::kMoney: {
      double units = 1;
      for (int i = 0; i < definition_.currency.decimals; ++i) units *= 10;
      return units;
    }
    case FieldType::kNumber:
      return 1e6;
    case FieldType::kTime:
      return 1e6;
    case FieldType::kText:
    case FieldType::kBool:
      break;
  }
  return 1;
}

double Evaluation::Amount(TermId term, const Scope& scope) {
  return static_cast<double>(Exact(term, scope)) / UnitsOf(term);
}

}  // namespace takt::oracle
