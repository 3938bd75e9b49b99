#include "engine/kpi/plan.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"

namespace takt {

std::vector<DimensionId> Scope::Dimensions() const {
  std::vector<DimensionId> dimensions;
  if (level.has_value()) dimensions.push_back(*level);
  dimensions.insert(dimensions.end(), split.begin(), split.end());
  return dimensions;
}

int Planner::SpanFor(const SpanPlan& span) {
  const auto found = std::find(plan_.spans.begin(), plan_.spans.end(), span);
  if (found != plan_.spans.end()) return static_cast<int>(found - plan_.spans.begin());
  plan_.spans.push_back(span);
  return static_cast<int>(plan_.spans.size()) - 1;
}

int Planner::ColumnFor(KpiId kpi, const Scope& scope, int span) {
  const Key key(kpi, scope.Dimensions(), span);
  if (const auto found = places_.find(key); found != places_.end()) return found->second;
  ColumnPlan column = MakeColumn(kpi, scope, span);
  plan_.columns.push_back(std::move(column));
  const int place = static_cast<int>(plan_.columns.size()) - 1;
  places_.emplace(key, place);
  return place;
}

uint32_t Planner::GroupCount(const std::vector<DimensionId>& dimensions) const {
  uint32_t count = 1;
  for (const DimensionId id : dimensions) {
    count *= static_cast<uint32_t>(definition_.dimensions[id].values.size());
  }
  return count;
}

ColumnPlan Planner::MakeColumn(KpiId id, const Scope& scope, int span) {
  const Kpi& kpi = definition_.kpis[id];
  ColumnPlan column{.kpi = id, .span = span, .group_count = GroupCount(scope.Dimensions())};
  const std::optional<Window>& window = plan_.spans[span].window;
  const bool last = window.has_value() && window->kind == Window::Kind::kLast;
  switch (kpi.kind) {
    case KpiKind::kCount:
      PlanCount(kpi, scope, column);
      break;
    case KpiKind::kSum:
      column.source = last ? ColumnPlan::Source::kUndefined : ColumnPlan::Source::kSum;
      ReadTerm(kpi.term, scope, column);
      break;
    case KpiKind::kLevel:
      column.source = ColumnPlan::Source::kLevel;
      ReadTerm(kpi.term, scope, column);
      break;
    case KpiKind::kAge:
      column.source = ColumnPlan::Source::kAge;
      ReadTerm(kpi.term, scope, column);
      TAKT_CHECK(kpi.start_term.has_value(), "an age has a level of starts");
      column.first_start_row = FirstRow(*kpi.start_term, scope);
      break;
    case KpiKind::kDurations:
      column.source = last ? ColumnPlan::Source::kUndefined : ColumnPlan::Source::kDurations;
      ReadTerm(kpi.term, scope, column);
      break;
    case KpiKind::kShare:
      PlanShare(kpi, scope, column);
      break;
    case KpiKind::kFormula:
      PlanFormula(kpi, scope, column);
      break;
  }
  return column;
}

void Planner::PlanCount(const Kpi& kpi, const Scope& scope, ColumnPlan& column) {
  const std::optional<Window>& window = plan_.spans[column.span].window;
  if (window.has_value() && window->kind == Window::Kind::kLast) {
    if (!kpi.outcomes_term.has_value()) return;
    column.source = ColumnPlan::Source::kOutcomes;
    column.counts_successes = kpi.counts_successes;
    ReadTerm(*kpi.outcomes_term, scope, column);
    return;
  }
  if (kpi.recent_terms.empty()) {
    column.source = ColumnPlan::Source::kSum;
    ReadTerm(kpi.term, scope, column);
    return;
  }
  TAKT_CHECK(window.has_value(), "a distinct count over windows has a window");
  const auto recent = kpi.recent_terms.find(window->label);
  TAKT_CHECK(recent != kpi.recent_terms.end(), "a distinct count has a term for each window");
  column.source = ColumnPlan::Source::kDistinct;
  ReadTerm(recent->second, scope, column);
}

void Planner::PlanShare(const Kpi& kpi, const Scope& scope, ColumnPlan& column) {
  const std::optional<Window>& window = plan_.spans[column.span].window;
  if (window.has_value() && window->kind == Window::Kind::kLast && kpi.outcomes_term.has_value()) {
    column.source = ColumnPlan::Source::kOutcomesShare;
    ReadTerm(*kpi.outcomes_term, scope, column);
    return;
  }
  column.source = ColumnPlan::Source::kShare;
  column.numerator = ColumnFor(kpi.numerator, scope, column.span);
  column.denominator = ColumnFor(kpi.denominator, scope, column.span);
}

void Planner::PlanFormula(const Kpi& kpi, const Scope& scope, ColumnPlan& column) {
  TAKT_CHECK(!kpi.formula.empty(), "a formula has a root");
  column.source = ColumnPlan::Source::kFormula;
  for (const FormulaNode& node : kpi.formula) {
    ColumnPlan::Operand& operand = column.operands.emplace_back();
    if (node.kind != FormulaNode::Kind::kKpi) continue;
    SpanPlan span = plan_.spans[column.span];
    if (node.window.has_value()) span.window = node.window;
    if (node.ago.has_value()) span.ago.push_back(*node.ago);
    Scope inner = scope;
    if (node.level.has_value()) inner.level = definition_.levels[*node.level].dimension;
    if (inner.level != scope.level) {
      operand.groups = GroupsWithin(scope.Dimensions(), inner.Dimensions());
    }
    operand.column = ColumnFor(node.kpi, inner, SpanFor(span));
  }
}

void Planner::ReadTerm(TermId id, const Scope& scope, ColumnPlan& column) const {
  column.first_row = FirstRow(id, scope);
  column.divisor = DivisorOf(definition_.terms[id]);
}

RowId Planner::FirstRow(TermId id, const Scope& scope) const {
  const std::vector<DimensionId> dimensions = scope.Dimensions();
  const Term& term = definition_.terms[id];
  for (const TermRows& rows : term.group_sets) {
    if (definition_.group_sets[rows.group_set].dimensions == dimensions) return rows.first_row;
  }
  std::string names = "company";
  for (const DimensionId dimension : dimensions) {
    absl::StrAppend(&names, ", ", definition_.dimensions[dimension].name);
  }
  const std::string text =
      absl::StrCat("a term has rows for every level and split that reads it; term ", id,
                   " has none for ", names);
  CheckFailed(__FILE__, __LINE__, "term has group set", text.c_str());
}

double Planner::DivisorOf(const Term& term) const {
  const bool of_field =
      term.measure.kind == MeasureKind::kField || term.measure.kind == MeasureKind::kWeighted;
  if (!of_field) return 1;
  switch (definition_.objects[term.object].fields[term.measure.field].type) {
    case FieldType::kMoney: {
      double minor_units = 1;
      for (int i = 0; i < definition_.currency.decimals; ++i) minor_units *= 10;
      return minor_units;
    }
    case FieldType::kNumber:  // millionths
    case FieldType::kTime:    // microseconds
      return 1e6;
    case FieldType::kText:
    case FieldType::kBool:
      return 1;
  }
  return 1;
}

std::vector<uint32_t> Planner::GroupsWithin(const std::vector<DimensionId>& outer,
                                            const std::vector<DimensionId>& inner) const {
  const uint32_t count = GroupCount(outer);
  std::vector<uint32_t> groups(count);
  for (uint32_t group = 0; group < count; ++group) {
    std::map<DimensionId, uint32_t> values;
    uint32_t rest = group;
    for (size_t i = outer.size(); i-- > 0;) {
      const auto size = static_cast<uint32_t>(definition_.dimensions[outer[i]].values.size());
      values[outer[i]] = rest % size;
      rest /= size;
    }
    for (const DimensionId id : inner) {
      const auto value = values.find(id);
      TAKT_CHECK(value != values.end(), "a formula's other level is the company");
      const auto size = static_cast<uint32_t>(definition_.dimensions[id].values.size());
      groups[group] = groups[group] * size + value->second;
    }
  }
  return groups;
}

}  // namespace takt
