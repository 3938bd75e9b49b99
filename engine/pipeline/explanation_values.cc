#include "engine/pipeline/explanation_values.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/cells/cell_table.h"

namespace takt {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

class Evaluation {
 public:
  Evaluation(const Definition& definition, const std::array<std::vector<LeafTotals>, 2>& totals,
             Explanation& explanation)
      : definition_(definition), totals_(totals), found_(explanation) {}

  void Run() {
    const size_t leaves = found_.parts.size();
    for (const int moment : {kBefore, kAfter}) {
      found_.columns[moment] = ColumnsOf(std::vector<int>(leaves, moment), moment);
      for (size_t leaf = 0; leaf < leaves; ++leaf) {
        const int column = found_.plan.leaves[leaf].column;
        found_.parts[leaf].measured[moment] = found_.columns[moment][column];
      }
    }
    FindPartEffects();
    for (size_t leaf = 0; leaf < leaves; ++leaf) FindEntityEffects(leaf);
  }

 private:
  bool IsDurations(size_t leaf) const {
    return definition_.terms[found_.parts[leaf].wanted.term].kind == TermKind::kDurations;
  }

  // The leaf's totals of one moment as facts that are read at another.
  void Put(size_t leaf, int of, int at, DeltaBatch& facts) const {
    const LeafTotals& totals = totals_[of][leaf];
    const WantedPart& part = found_.parts[leaf].wanted;
    const auto row = static_cast<uint32_t>(2 * leaf);
    const Minute minute = part.ranges[at].end - 1;
    if (part.ranges[at].begin > minute) return;  // an empty range holds nothing
    for (const int64_t micros : totals.durations) {
      facts.durations.push_back({row, minute, micros, 1});
    }
    for (size_t i = 0; i < totals.outcomes.size(); ++i) {
      OutcomeDelta outcome = totals.outcomes[i];
      outcome.row = row;
      // Each of them counts: the latest first, none later than the moment they are read at.
      if (of != at) outcome.time_micros = minute * kMicrosPerMinute - static_cast<int64_t>(i);
      facts.outcomes.push_back(outcome);
    }
    if (!totals.durations.empty() || !totals.outcomes.empty()) return;
    if (!part.start_term.has_value()) return AddSum(row, minute, totals.total, facts);
    AddSum(row, minute, totals.count, facts);
    AddSum(row + 1, minute, totals.count * part.age_micros[at] - totals.total, facts);
  }

  static void AddSum(uint32_t row, Minute minute, Int128 sum, DeltaBatch& facts) {
    while (sum != 0) {
      const Int128 part = std::clamp<Int128>(sum, INT64_MIN, INT64_MAX);
      facts.sums.push_back({row, minute, static_cast<int64_t>(part)});
      sum -= part;
    }
  }

  // All columns at `at`, each leaf with its totals of the moment `of`.
  std::vector<Measured> ColumnsOf(const std::vector<int>& of, int at) const {
    DeltaBatch facts;
    for (size_t leaf = 0; leaf < of.size(); ++leaf) Put(leaf, of[leaf], at, facts);
    CellTable cells(definition_.calendar, found_.plan.row_count());
    cells.Add(facts);
    std::vector<Measured> values;
    for (const Column& column :
         ComputeColumns(definition_, found_.plan.plan, cells, found_.question.moments[at])) {
      values.push_back(column[0]);
    }
    return values;
  }

  // The value's own kind decides: shares are linear, the rest is taken over part by part.
  void FindPartEffects() {
    const Measured& before = found_.columns[kBefore].back();
    const Measured& after = found_.columns[kAfter].back();
    const ColumnPlan& value = found_.plan.plan.columns.back();
    if (value.source == ColumnPlan::Source::kShare) {
      for (size_t leaf = 0; leaf < found_.parts.size(); ++leaf) {
        const int column = found_.plan.leaves[leaf].column;
        double effect = 0;
        const double n = after.count;
        const double moved =
            found_.parts[leaf].measured[kAfter].total - found_.parts[leaf].measured[kBefore].total;
        if (column == value.numerator) effect += moved / n;
        if (column == value.denominator) effect -= before.value * moved / n;
        found_.parts[leaf].effect = std::isfinite(effect) ? effect : kUndefined;
      }
      return;
    }
    std::vector<int> of(found_.parts.size(), kBefore);
    double reached = before.value;
    for (size_t leaf = 0; leaf < found_.parts.size(); ++leaf) {
      of[leaf] = kAfter;
      const double next = ColumnsOf(of, kAfter).back().value;
      found_.parts[leaf].effect = std::isfinite(next - reached) ? next - reached : kUndefined;
      reached = next;
    }
  }

  // What an entity moved the part's own value by, in the part's units.
  double MovedBy(size_t leaf, const ExplainedEntity& entity) const {
    const ExplainedPart& part = found_.parts[leaf];
    const double moved = static_cast<double>(entity.amounts[kAfter] - entity.amounts[kBefore]);
    const ColumnPlan& column = found_.plan.plan.columns[found_.plan.leaves[leaf].column];
    const Measured& after = part.measured[kAfter];
    if (IsDurations(leaf)) {
      const double facts = (entity.amounts[kAfter] != 0) - (entity.amounts[kBefore] != 0);
      const double mean = part.measured[kBefore].count == 0 ? 0 : part.measured[kBefore].value;
      return (moved / 1e6 - mean * facts) / after.count;
    }
    if (column.source == ColumnPlan::Source::kOutcomesShare) {
      const double facts = (entity.amounts[kAfter] != 0) - (entity.amounts[kBefore] != 0);
      const double success = entity.contribution.outcome.success ? facts : 0;
      return (success - part.measured[kBefore].value * facts) / after.count;
    }
    return moved;
  }

  void FindEntityEffects(size_t leaf) {
    ExplainedPart& part = found_.parts[leaf];
    const ColumnPlan& column = found_.plan.plan.columns[found_.plan.leaves[leaf].column];
    const bool is_ratio = IsDurations(leaf) || column.source == ColumnPlan::Source::kOutcomesShare;
    const double moved = is_ratio ? part.measured[kAfter].value - part.measured[kBefore].value
                                  : static_cast<double>(part.totals[kAfter] - part.totals[kBefore]);
    for (ExplainedEntity& entity : part.listed) {
      const double effect = part.effect * (MovedBy(leaf, entity) / moved);
      entity.effect = std::isfinite(effect) ? effect : kUndefined;
    }
  }

  const Definition& definition_;
  const std::array<std::vector<LeafTotals>, 2>& totals_;
  Explanation& found_;
};

}  // namespace

void EvaluateExplanation(const Definition& definition,
                         const std::array<std::vector<LeafTotals>, 2>& totals,
                         Explanation& explanation) {
  Evaluation(definition, totals, explanation).Run();
}

}  // namespace takt
