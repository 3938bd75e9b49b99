#include "engine/kpi/value_plan.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/kpi/number_text.h"

namespace takt {
namespace {

class Narrower {
 public:
  Narrower(const Definition& definition, const EvaluationPlan& whole)
      : definition_(definition), whole_(whole) {
    narrow_.plan.spans = whole.spans;
  }

  int Take(int column, uint32_t group, const Scope& scope) {
    const std::pair<int, uint32_t> key(column, group);
    if (const auto found = taken_.find(key); found != taken_.end()) return found->second;
    ColumnPlan narrow = whole_.columns[column];
    const Kpi& kpi = definition_.kpis[narrow.kpi];
    narrow.group_count = 1;
    if (narrow.source == ColumnPlan::Source::kShare) {
      narrow.numerator = Take(narrow.numerator, group, scope);
      narrow.denominator = Take(narrow.denominator, group, scope);
    }
    for (size_t i = 0; i < narrow.operands.size(); ++i) {
      ColumnPlan::Operand& operand = narrow.operands[i];
      if (operand.column < 0) continue;
      Scope inner = scope;
      const FormulaNode& node = kpi.formula[i];
      if (node.level.has_value()) inner.level = definition_.levels[*node.level].dimension;
      const uint32_t inner_group = operand.groups.empty() ? group : operand.groups[group];
      operand.column = Take(operand.column, inner_group, inner);
      operand.groups.clear();
    }
    AddLeaf(kpi, group, narrow);
    narrow_.plan.columns.push_back(std::move(narrow));
    narrow_.groups.push_back(ValuesOf(scope, group));
    const int place = static_cast<int>(narrow_.plan.columns.size()) - 1;
    taken_.emplace(key, place);
    return place;
  }

  ValuePlan Finish() && { return std::move(narrow_); }

 private:
  GroupValues ValuesOf(const Scope& scope, uint32_t group) const {
    const std::vector<DimensionId> dimensions = scope.Dimensions();
    GroupValues values(dimensions.size());
    for (size_t i = dimensions.size(); i-- > 0;) {
      const auto size = static_cast<uint32_t>(definition_.dimensions[dimensions[i]].values.size());
      values[i] = {dimensions[i], static_cast<DimensionValue>(group % size)};
      group /= size;
    }
    return values;
  }

  std::optional<TermId> TermOf(const Kpi& kpi, const ColumnPlan& column) const {
    switch (column.source) {
      case ColumnPlan::Source::kSum:
      case ColumnPlan::Source::kLevel:
      case ColumnPlan::Source::kDurations:
      case ColumnPlan::Source::kAge:
        return kpi.term;
      case ColumnPlan::Source::kDistinct:
        return kpi.recent_terms.at(whole_.spans[column.span].window->label);
      case ColumnPlan::Source::kOutcomes:
      case ColumnPlan::Source::kOutcomesShare:
        return kpi.outcomes_term;
      case ColumnPlan::Source::kUndefined:
      case ColumnPlan::Source::kShare:
      case ColumnPlan::Source::kFormula:
        return std::nullopt;
    }
    return std::nullopt;
  }

  // Gives the column rows of its own, when it is one that reads cells.
  void AddLeaf(const Kpi& kpi, uint32_t group, ColumnPlan& narrow) {
    const std::optional<TermId> term = TermOf(kpi, narrow);
    if (!term.has_value()) return;
    ValueLeaf leaf{.column = static_cast<int>(narrow_.plan.columns.size()),
                   .term = *term,
                   .row = narrow.first_row + group};
    if (narrow.source == ColumnPlan::Source::kAge) {
      leaf.start_term = kpi.start_term;
      leaf.start_row = narrow.first_start_row + group;
    }
    narrow.first_row = narrow_.row_count();
    narrow.first_start_row = narrow.first_row + 1;
    narrow_.leaves.push_back(leaf);
  }

  const Definition& definition_;
  const EvaluationPlan& whole_;
  ValuePlan narrow_;
  std::map<std::pair<int, uint32_t>, int> taken_;
};

const char* StatisticName(Statistic statistic) {
  switch (statistic) {
    case Statistic::kValue:
      return "";
    case Statistic::kMean:
      return "mean";
    case Statistic::kTotal:
      return "total";
    case Statistic::kCount:
      return "count";
    case Statistic::kP50:
      return "p50";
    case Statistic::kP90:
      return "p90";
    case Statistic::kLower:
      return "lower";
    case Statistic::kUpper:
      return "upper";
  }
  return "";
}

std::string SpanText(const CivilSpan& span) {
  switch (span.unit) {
    case CivilSpan::Unit::kMinutes:
      return absl::StrCat(span.count, "m ago");
    case CivilSpan::Unit::kDays:
      return absl::StrCat(span.count, "d ago");
    case CivilSpan::Unit::kMonths:
      return absl::StrCat(span.count, span.count == 1 ? " month ago" : " months ago");
    case CivilSpan::Unit::kYears:
      return absl::StrCat(span.count, span.count == 1 ? " year ago" : " years ago");
  }
  return "";
}

std::string OperandText(const Definition& definition, const FormulaNode& node) {
  std::string text = definition.kpis[node.kpi].name;
  std::vector<std::string> brackets;
  if (node.window.has_value()) brackets.push_back(node.window->label);
  if (node.ago.has_value()) brackets.push_back(SpanText(*node.ago));
  if (node.level.has_value()) brackets.push_back(definition.levels[*node.level].name);
  for (const std::string& bracket : brackets) absl::StrAppend(&text, "[", bracket, "]");
  const std::string statistic = StatisticName(node.statistic);
  return statistic.empty() ? text : absl::StrCat(statistic, "(", text, ")");
}

std::string NodeText(const Definition& definition, const Kpi& kpi, int place, bool inner) {
  const FormulaNode& node = kpi.formula[place];
  const auto joined = [&](const char* sign) {
    const std::string text = absl::StrCat(NodeText(definition, kpi, node.left, true), sign,
                                          NodeText(definition, kpi, node.right, true));
    return inner ? absl::StrCat("(", text, ")") : text;
  };
  switch (node.kind) {
    case FormulaNode::Kind::kNumber: {
      std::string text;
      AppendNumber(node.number, &text);
      return text;
    }
    case FormulaNode::Kind::kKpi:
      return OperandText(definition, node);
    case FormulaNode::Kind::kNegate:
      return absl::StrCat("-", NodeText(definition, kpi, node.left, true));
    case FormulaNode::Kind::kAdd:
      return joined(" + ");
    case FormulaNode::Kind::kSubtract:
      return joined(" - ");
    case FormulaNode::Kind::kMultiply:
      return joined(" * ");
    case FormulaNode::Kind::kDivide:
      return joined(" / ");
    case FormulaNode::Kind::kMin:
    case FormulaNode::Kind::kMax:
      return absl::StrCat(node.kind == FormulaNode::Kind::kMin ? "min(" : "max(",
                          NodeText(definition, kpi, node.left, false), ", ",
                          NodeText(definition, kpi, node.right, false), ")");
  }
  return "";
}

}  // namespace

MinuteRange ValuePlan::RangeOf(const Definition& definition, const ValueLeaf& leaf,
                               EventTime now) const {
  const ColumnPlan& column = plan.columns[leaf.column];
  const SpanAt at = ResolveSpan(definition, plan.spans[column.span], now);
  switch (column.source) {
    case ColumnPlan::Source::kSum:
    case ColumnPlan::Source::kDurations:
      return at.range;
    case ColumnPlan::Source::kDistinct:
      return {kMinuteMin, at.now_end};
    case ColumnPlan::Source::kLevel:
    case ColumnPlan::Source::kAge:
    case ColumnPlan::Source::kOutcomes:
    case ColumnPlan::Source::kOutcomesShare:
    case ColumnPlan::Source::kUndefined:
    case ColumnPlan::Source::kShare:
    case ColumnPlan::Source::kFormula:
      return {kMinuteMin, at.range.end};
  }
  return at.range;
}

int64_t ValuePlan::AgeOf(const Definition& definition, const ValueLeaf& leaf, EventTime now) const {
  return ResolveSpan(definition, plan.spans[plan.columns[leaf.column].span], now).age_micros;
}

ValuePlan MakeValuePlan(const Definition& definition, const ValueQuestion& question) {
  const Kpi& kpi = definition.kpis[question.kpi];
  const Scope scope{.level = definition.levels[question.level].dimension, .split = kpi.split};
  const std::vector<DimensionId> dimensions = scope.Dimensions();
  TAKT_CHECK(dimensions.size() == question.values.size(), "a value for each dimension");
  uint32_t group = 0;
  for (size_t i = 0; i < dimensions.size(); ++i) {
    const auto size = static_cast<uint32_t>(definition.dimensions[dimensions[i]].values.size());
    group = group * size + question.values[i];
  }
  Planner planner(definition);
  const int span = planner.SpanFor({.window = question.window});
  const int column = planner.ColumnFor(question.kpi, scope, span);
  const EvaluationPlan whole = std::move(planner).Finish();
  Narrower narrower(definition, whole);
  narrower.Take(column, group, scope);
  return std::move(narrower).Finish();
}

std::string ExpressionText(const Definition& definition, const Kpi& kpi) {
  if (kpi.kind == KpiKind::kShare) {
    return absl::StrCat(definition.kpis[kpi.numerator].name, " / ",
                        definition.kpis[kpi.denominator].name);
  }
  if (kpi.kind != KpiKind::kFormula) return "";
  return NodeText(definition, kpi, static_cast<int>(kpi.formula.size()) - 1, false);
}

}  // namespace takt
