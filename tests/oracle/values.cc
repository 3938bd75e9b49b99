// The value of one KPI in one scope (series.h).
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "tests/oracle/series.h"

namespace takt::oracle {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

double Divided(double above, double below) { return below == 0 ? kUndefined : above / below; }

// The ends of Wilson's 95 % interval of k successes among n.
double Wilson(double k, double n, int side) {
  if (!(n > 0) || k < 0 || k > n) return kUndefined;
  if (side < 0 && k == 0) return 0;
  if (side > 0 && k == n) return 1;
  const double z = 1.959963984540054;
  const double p = k / n;
  const double centre = p + z * z / (2 * n);
  const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return (centre + side * half) / (1 + z * z / n);
}

// Nearest rank: the value of rank ceil(q n), at least 1.
double Quantile(const std::vector<int64_t>& sorted, double q) {
  if (sorted.empty()) return kUndefined;
  const double rank = std::max(1.0, std::ceil(q * static_cast<double>(sorted.size())));
  return static_cast<double>(sorted[static_cast<size_t>(rank) - 1]) / 1e6;
}

bool IsLast(const Window* window) {
  return window != nullptr && window->kind == Window::Kind::kLast;
}

}  // namespace

double Evaluation::Value(KpiId id, const Scope& scope, Statistic statistic) {
  const Kpi& kpi = definition_.kpis[id];
  switch (kpi.kind) {
    case KpiKind::kCount:
      if (IsLast(scope.window)) {
        if (!kpi.outcomes_term.has_value()) return kUndefined;
        const auto [count, successes] = LastOutcomes(*kpi.outcomes_term, scope);
        return kpi.counts_successes ? successes : count;
      }
      if (!kpi.recent_terms.empty()) {
        return DistinctCount(kpi.recent_terms.at(scope.window->label), scope);
      }
      return Amount(kpi.term, scope);
    case KpiKind::kSum:
    case KpiKind::kLevel:
      return Amount(kpi.term, scope);
    case KpiKind::kAge:
      return Age(kpi, scope, statistic);
    case KpiKind::kDurations:
      return DurationStatistic(kpi, scope, statistic);
    case KpiKind::kShare:
      return Share(kpi, scope, statistic);
    case KpiKind::kFormula:
      return FormulaNodeValue(kpi, static_cast<int>(kpi.formula.size()) - 1, scope);
  }
  return kUndefined;
}

double Evaluation::FormulaNodeValue(const Kpi& kpi, int place, const Scope& scope) {
  const FormulaNode& node = kpi.formula[place];
  if (node.kind == FormulaNode::Kind::kNumber) return node.number;
  if (node.kind == FormulaNode::Kind::kKpi) {
    Scope inner = scope;
    if (node.window.has_value()) inner.window = &*node.window;
    if (node.ago.has_value()) inner.ago.push_back(*node.ago);
    if (node.level.has_value()) {
      const std::optional<DimensionId> own = definition_.levels[scope.level].dimension;
      const std::optional<DimensionId> other = definition_.levels[*node.level].dimension;
      if (own.has_value() && own != other) inner.group.erase(*own);
      inner.level = *node.level;
    }
    return Value(node.kpi, inner, node.statistic);
  }
  const double left = FormulaNodeValue(kpi, node.left, scope);
  if (node.kind == FormulaNode::Kind::kNegate) return -left;
  const double right = FormulaNodeValue(kpi, node.right, scope);
  if (std::isnan(left) || std::isnan(right)) return kUndefined;
  switch (node.kind) {
    case FormulaNode::Kind::kAdd:
      return left + right;
    case FormulaNode::Kind::kSubtract:
      return left - right;
    case FormulaNode::Kind::kMultiply:
      return left * right;
    case FormulaNode::Kind::kDivide:
      return Divided(left, right);
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

double Evaluation::ExactPart(KpiId id, const Scope& scope) {
  const Kpi& kpi = definition_.kpis[id];
  const bool exact =
      kpi.recent_terms.empty() &&
      (kpi.kind == KpiKind::kCount || kpi.kind == KpiKind::kSum || kpi.kind == KpiKind::kLevel);
  if (exact) return static_cast<double>(Exact(kpi.term, scope));
  return Value(id, scope, Statistic::kValue);
}

double Evaluation::Share(const Kpi& kpi, const Scope& scope, Statistic statistic) {
  double n = 0;
  double k = 0;
  if (IsLast(scope.window)) {
    std::tie(n, k) = LastOutcomes(*kpi.outcomes_term, scope);
  } else {
    k = ExactPart(kpi.numerator, scope);
    n = ExactPart(kpi.denominator, scope);
  }
  switch (statistic) {
    case Statistic::kLower:
      return Wilson(k, n, -1);
    case Statistic::kUpper:
      return Wilson(k, n, 1);
    case Statistic::kCount:
      return n;
    case Statistic::kTotal:
      return k;
    case Statistic::kValue:
    case Statistic::kMean:
    case Statistic::kP50:
    case Statistic::kP90:
      break;
  }
  return Divided(k, n);
}

double Evaluation::DurationStatistic(const Kpi& kpi, const Scope& scope, Statistic statistic) {
  const Span span = Minutes(scope);
  std::vector<int64_t> lengths;
  __int128 total = 0;
  for (const Fact& fact : facts_.At(kpi.term)) {
    const int64_t minute = MinuteHolding(fact.time);
    if (minute < span.begin || minute >= span.end) continue;
    if (!InGroup(fact.combination, scope.group)) continue;
    lengths.push_back(fact.amount);
    total += fact.amount;
  }
  std::sort(lengths.begin(), lengths.end());
  const double seconds = static_cast<double>(total) / 1e6;
  switch (statistic) {
    case Statistic::kTotal:
      return seconds;
    case Statistic::kCount:
      return static_cast<double>(lengths.size());
    case Statistic::kP50:
      return Quantile(lengths, 0.5);
    case Statistic::kP90:
      return Quantile(lengths, 0.9);
    case Statistic::kValue:
    case Statistic::kMean:
    case Statistic::kLower:
    case Statistic::kUpper:
      break;
  }
  return Divided(seconds, static_cast<double>(lengths.size()));
}

// Everything that is in the state has been in it since it began.
double Evaluation::Age(const Kpi& kpi, const Scope& scope, Statistic statistic) {
  const int64_t instant =
      EndMinute(scope) == NowMinute({}) ? now_.micros : EndMinute(scope) * kMicrosInMinute;
  const __int128 count = Exact(kpi.term, scope);
  const __int128 starts = Exact(*kpi.start_term, scope);
  const double seconds = static_cast<double>(count * instant - starts) / 1e6;
  if (statistic == Statistic::kCount) return static_cast<double>(count);
  if (statistic == Statistic::kMean) return Divided(seconds, static_cast<double>(count));
  return seconds;
}

double Evaluation::DistinctCount(TermId term, const Scope& scope) {
  // The window that holds at the (moved) end.
  const Span span = civil_.Resolve(*definition_.terms[term].recent, NowMinute(scope));
  std::set<uint32_t> rows;
  for (const Fact& fact : facts_.At(term)) {
    const int64_t minute = MinuteHolding(fact.time);
    if (minute < span.begin || minute >= span.end) continue;
    if (InGroup(fact.combination, scope.group)) rows.insert(fact.row);
  }
  return static_cast<double>(rows.size());
}

std::pair<double, double> Evaluation::LastOutcomes(TermId term, const Scope& scope) {
  const int64_t end = EndMinute(scope);
  const std::vector<Fact>& facts = facts_.At(term);
  int64_t count = 0;
  int64_t successes = 0;
  int64_t later = scope.before == nullptr ? 0 : scope.before->count;
  for (auto fact = facts.rbegin(); fact != facts.rend() && count < scope.window->count; ++fact) {
    if (MinuteHolding(fact->time) >= end || !InGroup(fact->combination, scope.group)) continue;
    if (later-- > 0) continue;
    ++count;
    successes += fact->success ? 1 : 0;
  }
  return {static_cast<double>(count), static_cast<double>(successes)};
}

double Evaluation::ToleranceOf(KpiId id, Statistic statistic) const {
  const Kpi& kpi = definition_.kpis[id];
  const bool quantile = statistic == Statistic::kP50 || statistic == Statistic::kP90;
  if (kpi.kind == KpiKind::kDurations && quantile) return 0.0101;
  double tolerance = 1e-12;
  for (const FormulaNode& node : kpi.formula) {
    if (node.kind != FormulaNode::Kind::kKpi) continue;
    const double inner = ToleranceOf(node.kpi, node.statistic);
    if (inner > 1e-12) tolerance += 2 * inner;
  }
  return tolerance;
}

}  // namespace takt::oracle
