#include "engine/kpi/columns.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/kpi/statistics.h"

namespace takt {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

// The years 1970 to 2110, in which the calendar knows its days. A caller may ask for any moment.
constexpr EventTime kNowMin{0};
constexpr EventTime kNowMax{4449513600000000};

class Computation {
 public:
  Computation(const Definition& definition, const EvaluationPlan& plan, const CellTable& cells,
              EventTime now)
      : definition_(definition), plan_(plan), cells_(cells) {
    for (const SpanPlan& span : plan.spans) moments_.push_back(ResolveSpan(definition, span, now));
  }

  std::vector<Column> Run() && {
    columns_.reserve(plan_.columns.size());
    for (const ColumnPlan& column : plan_.columns) {
      Column values(column.group_count);
      for (uint32_t group = 0; group < column.group_count; ++group) {
        values[group] = Measure(column, group);
      }
      columns_.push_back(std::move(values));
    }
    return std::move(columns_);
  }

 private:
  Measured Measure(const ColumnPlan& column, uint32_t group) const {
    const SpanAt& moment = moments_[column.span];
    const RowId row = column.first_row + group;
    switch (column.source) {
      case ColumnPlan::Source::kUndefined:
        return {.value = kUndefined, .total = kUndefined, .count = kUndefined};
      case ColumnPlan::Source::kSum:
        return OfFacts(cells_.Sum(row, moment.range), column.divisor);
      case ColumnPlan::Source::kLevel:
        return OfFacts(cells_.Sum(row, {kMinuteMin, moment.range.end}), column.divisor);
      case ColumnPlan::Source::kDistinct:
        return OfFacts(cells_.Sum(row, {kMinuteMin, moment.now_end}), column.divisor);
      case ColumnPlan::Source::kOutcomes: {
        const OutcomeCount last = LastOutcomes(column, row);
        return OfFacts(column.counts_successes ? last.successes : last.count, 1);
      }
      case ColumnPlan::Source::kOutcomesShare: {
        const OutcomeCount last = LastOutcomes(column, row);
        return OfShare(static_cast<double>(last.successes), static_cast<double>(last.count));
      }
      case ColumnPlan::Source::kDurations:
        return OfDurations(cells_.Durations(row, moment.range));
      case ColumnPlan::Source::kAge:
        return OfAge(column, group);
      case ColumnPlan::Source::kShare:
        return OfShare(PartOf(column.numerator, group), PartOf(column.denominator, group));
      case ColumnPlan::Source::kFormula:
        return OfFormula(column, group);
    }
    return {};
  }

  OutcomeCount LastOutcomes(const ColumnPlan& column, RowId row) const {
    const SpanPlan& span = plan_.spans[column.span];
    const Minute end = moments_[column.span].range.end;
    if (!span.before.has_value()) return cells_.Last(row, span.window->count, end);
    // Those before the latest n: of both together, without the latest.
    const OutcomeCount latest = cells_.Last(row, span.before->count, end);
    OutcomeCount both = cells_.Last(row, int64_t{span.window->count} + span.before->count, end);
    both.count -= latest.count;
    both.successes -= latest.successes;
    return both;
  }

  static Measured OfFacts(Int128 facts, double divisor) {
    const double total = static_cast<double>(facts);
    return {.value = total / divisor, .total = total, .holds = facts != 0};
  }

  static Measured OfShare(double k, double n) {
    return {.value = Quotient(k, n), .total = k, .count = n, .holds = n != 0};
  }

  static Measured OfDurations(const DurationSummary& durations) {
    const double count = static_cast<double>(durations.count);
    const double seconds = static_cast<double>(durations.sum_micros) / 1e6;
    return {.value = Quotient(seconds, count),
            .total = seconds,
            .count = count,
            .p50 = durations.Quantile(0.5),
            .p90 = durations.Quantile(0.9),
            .holds = durations.count != 0};
  }

  Measured OfAge(const ColumnPlan& column, uint32_t group) const {
    const SpanAt& moment = moments_[column.span];
    const MinuteRange until{.begin = kMinuteMin, .end = moment.range.end};
    const Int128 count = cells_.Sum(column.first_row + group, until);
    const Int128 starts = cells_.Sum(column.first_start_row + group, until);
    const Int128 micros = count * moment.age_micros - starts;
    const double seconds = static_cast<double>(micros) / 1e6;
    return {.value = seconds,
            .total = seconds,
            .count = static_cast<double>(count),
            .holds = count != 0};
  }

  // Parts of a share in the units of facts, so that no division rounds before the ratio does.
  double PartOf(int column, uint32_t group) const {
    const Measured& part = columns_[column][group];
    switch (plan_.columns[column].source) {
      case ColumnPlan::Source::kSum:
      case ColumnPlan::Source::kLevel:
      case ColumnPlan::Source::kDistinct:
      case ColumnPlan::Source::kOutcomes:
        return part.total;
      case ColumnPlan::Source::kUndefined:
      case ColumnPlan::Source::kOutcomesShare:
      case ColumnPlan::Source::kDurations:
      case ColumnPlan::Source::kAge:
      case ColumnPlan::Source::kShare:
      case ColumnPlan::Source::kFormula:
        return part.value;
    }
    return part.value;
  }

  Measured OfFormula(const ColumnPlan& column, uint32_t group) const {
    const std::vector<FormulaNode>& nodes = definition_.kpis[column.kpi].formula;
    Measured result;
    result.value = NodeValue(column, group, static_cast<int>(nodes.size()) - 1);
    for (const ColumnPlan::Operand& operand : column.operands) {
      if (operand.column >= 0) result.holds = result.holds || OperandOf(operand, group).holds;
    }
    return result;
  }

  const Measured& OperandOf(const ColumnPlan::Operand& operand, uint32_t group) const {
    return columns_[operand.column][operand.groups.empty() ? group : operand.groups[group]];
  }

  double NodeValue(const ColumnPlan& column, uint32_t group, int place) const {
    const FormulaNode& node = definition_.kpis[column.kpi].formula[place];
    switch (node.kind) {
      case FormulaNode::Kind::kNumber:
        return node.number;
      case FormulaNode::Kind::kKpi:
        return StatisticOf(OperandOf(column.operands[place], group),
                           definition_.kpis[node.kpi].kind, node.statistic);
      case FormulaNode::Kind::kNegate:
        return -NodeValue(column, group, node.left);
      case FormulaNode::Kind::kAdd:
      case FormulaNode::Kind::kSubtract:
      case FormulaNode::Kind::kMultiply:
      case FormulaNode::Kind::kDivide:
      case FormulaNode::Kind::kMin:
      case FormulaNode::Kind::kMax:
        return Combined(node.kind, NodeValue(column, group, node.left),
                        NodeValue(column, group, node.right));
    }
    return kUndefined;
  }

  static double Combined(FormulaNode::Kind kind, double left, double right) {
    // std::min and std::max would lose a NaN on one side.
    if (std::isnan(left) || std::isnan(right)) return kUndefined;
    switch (kind) {
      case FormulaNode::Kind::kAdd:
        return left + right;
      case FormulaNode::Kind::kSubtract:
        return left - right;
      case FormulaNode::Kind::kMultiply:
        return left * right;
      case FormulaNode::Kind::kDivide:
        return Quotient(left, right);
      case FormulaNode::Kind::kMin:
        return std::min(left, right);
      case FormulaNode::Kind::kMax:
        return std::max(left, right);
      case FormulaNode::Kind::kNumber:
      case FormulaNode::Kind::kKpi:
      case FormulaNode::Kind::kNegate:
        break;
    }
    return kUndefined;
  }

  const Definition& definition_;
  const EvaluationPlan& plan_;
  const CellTable& cells_;
  std::vector<SpanAt> moments_;
  std::vector<Column> columns_;
};

}  // namespace

SpanAt ResolveSpan(const Definition& definition, const SpanPlan& span, EventTime now) {
  now = std::clamp(now, kNowMin, kNowMax);
  const Minute end = MinuteOf(now.micros) + 1;
  SpanAt at{.range = {.begin = kMinuteMin, .end = end}, .now_end = end};
  const bool before = span.before.has_value() && span.before->kind != Window::Kind::kLast;
  if (before) at.now_end = Resolve(*span.before, end, definition.calendar).begin;
  if (span.window.has_value()) at.range = Resolve(*span.window, at.now_end, definition.calendar);
  for (const CivilSpan& ago : span.ago) {
    at.range = {.begin = definition.calendar.Earlier(at.range.begin, ago),
                .end = definition.calendar.Earlier(at.range.end, ago)};
    at.now_end = definition.calendar.Earlier(at.now_end, ago);
  }
  const bool until_now = at.range.end == end;
  at.age_micros = until_now ? now.micros : at.range.end * kMicrosPerMinute;
  return at;
}

std::vector<Column> ComputeColumns(const Definition& definition, const EvaluationPlan& plan,
                                   const CellTable& cells, EventTime now) {
  return Computation(definition, plan, cells, now).Run();
}

double StatisticOf(const Measured& measured, KpiKind kind, Statistic statistic) {
  const bool has_count =
      kind == KpiKind::kDurations || kind == KpiKind::kAge || kind == KpiKind::kShare;
  switch (statistic) {
    case Statistic::kValue:
      return measured.value;
    case Statistic::kMean:
      return kind == KpiKind::kAge ? Quotient(measured.total, measured.count) : measured.value;
    case Statistic::kTotal:
      return has_count ? measured.total : measured.value;
    case Statistic::kCount:
      return has_count ? measured.count : measured.value;
    case Statistic::kP50:
      return kind == KpiKind::kDurations ? measured.p50 : kUndefined;
    case Statistic::kP90:
      return kind == KpiKind::kDurations ? measured.p90 : kUndefined;
    case Statistic::kLower:
      return kind == KpiKind::kShare ? WilsonInterval(measured.total, measured.count).lower
                                     : kUndefined;
    case Statistic::kUpper:
      return kind == KpiKind::kShare ? WilsonInterval(measured.total, measured.count).upper
                                     : kUndefined;
  }
  return kUndefined;
}

}  // namespace takt
