#include "engine/settings/row_demand.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace takt {
namespace {

constexpr uint64_t kGroupsMax = 20'000'000;

bool IsLast(const std::optional<Window>& window) {
  return window.has_value() && window->kind == Window::Kind::kLast;
}

}  // namespace

void RowDemand::Report(std::string text) { KeyError(kpis_.problems(), *asking_, std::move(text)); }

void RowDemand::AddExported(KpiId id) {
  const Kpi kpi = kpis_.kpi(id);  // a copy: terms of other windows may be added to the KPI
  if (!kpi.exported) return;
  asking_ = kpis_.works[id].node;
  for (const LevelId level : kpi.per) {
    if (!kpi.windowed) Require(id, {std::nullopt, level, kpi.split});
    for (const Window& window : kpi.over) Require(id, {window, level, kpi.split});
  }
}

void RowDemand::AddWatched(const Node& node, KpiId id, const Watched& watched) {
  asking_ = &node;
  Require(id, {watched.window, watched.level, kpis_.kpi(id).split});
}

void RowDemand::Require(KpiId id, const Wanted& wanted) {
  const std::string label = wanted.window.has_value() ? wanted.window->label : "";
  if (!seen_.insert({id, label, wanted.level, wanted.split}).second) return;
  switch (kpis_.kpi(id).kind) {
    case KpiKind::kCount:
    case KpiKind::kSum:
    case KpiKind::kLevel:
    case KpiKind::kAge:
    case KpiKind::kDurations:
      return RequireTerm(id, wanted);
    case KpiKind::kShare:
      return RequireShare(id, wanted);
    case KpiKind::kFormula:
      return RequireFormula(id, wanted);
  }
}

void RowDemand::RequireTerm(KpiId id, const Wanted& wanted) {
  Kpi& kpi = kpis_.kpi(id);
  if (IsLast(wanted.window)) {
    if (kpi.outcomes_term.has_value()) return AddRows(*kpi.outcomes_term, wanted);
    return Report(absl::StrCat("\"", kpi.name, "\" cannot be read over ", wanted.window->label,
                               ": only a share of counts can"));
  }
  const std::optional<Term>& distinct = kpis_.works[id].distinct;
  if (!distinct.has_value()) {
    AddRows(kpi.term, wanted);
    if (kpi.start_term.has_value()) AddRows(*kpi.start_term, wanted);
    return;
  }
  Term term = *distinct;
  term.recent = wanted.window;
  const TermId id_of_window = kpis_.AddTerm(std::move(term));
  kpi.recent_terms[wanted.window->label] = id_of_window;
  AddRows(id_of_window, wanted);
}

void RowDemand::RequireShare(KpiId id, const Wanted& wanted) {
  if (IsLast(wanted.window)) {
    if (EnsureOutcomes(kpis_, id, *asking_)) AddRows(*kpis_.kpi(id).outcomes_term, wanted);
    return;
  }
  Require(kpis_.kpi(id).numerator, wanted);
  Require(kpis_.kpi(id).denominator, wanted);
}

void RowDemand::RequireFormula(KpiId id, const Wanted& wanted) {
  const std::vector<FormulaNode> nodes = kpis_.kpi(id).formula;
  for (const FormulaNode& node : nodes) {
    if (node.kind != FormulaNode::Kind::kKpi) continue;
    Wanted operand = wanted;
    if (!kpis_.kpi(node.kpi).windowed) operand.window.reset();
    if (node.window.has_value()) operand.window = node.window;
    if (node.level.has_value()) {
      if (*node.level != 0 && *node.level != wanted.level) {
        Report(absl::StrCat("in the formula of \"", kpis_.kpi(id).name, "\", [",
                            kpis_.definition().levels[*node.level].name, "] has no one value per ",
                            kpis_.definition().levels[wanted.level].name,
                            ": only [company] has one everywhere"));
        continue;
      }
      operand.level = *node.level;
    }
    Require(node.kpi, operand);
  }
}

std::optional<GroupSetId> RowDemand::FindGroupSet(const Wanted& wanted) {
  Definition& definition = kpis_.definition();
  GroupSet set;
  const std::optional<DimensionId> own = definition.levels[wanted.level].dimension;
  if (own.has_value()) set.dimensions.push_back(*own);
  for (const DimensionId dimension : wanted.split) {
    if (dimension != own) set.dimensions.push_back(dimension);
  }
  uint64_t size = 1;
  for (const DimensionId dimension : set.dimensions) {
    size *= definition.dimensions[dimension].values.size();
    if (size > kGroupsMax) {
      Report(absl::StrCat("level and split make more than ", kGroupsMax, " groups"));
      return std::nullopt;
    }
  }
  set.size = static_cast<uint32_t>(size);
  std::vector<GroupSet>& sets = definition.group_sets;
  const auto found = std::find(sets.begin(), sets.end(), set);
  if (found != sets.end()) return static_cast<GroupSetId>(found - sets.begin());
  sets.push_back(std::move(set));
  return static_cast<GroupSetId>(sets.size() - 1);
}

void RowDemand::AddRows(TermId term, const Wanted& wanted) {
  const std::optional<GroupSetId> set = FindGroupSet(wanted);
  if (!set.has_value()) return;
  std::vector<TermRows>& rows = kpis_.definition().terms[term].group_sets;
  const auto same = [&](const TermRows& each) { return each.group_set == *set; };
  if (std::none_of(rows.begin(), rows.end(), same)) rows.push_back({*set, 0});
}

bool EnsureOutcomes(KpiCompilation& kpis, KpiId share, const Node& node) {
  Kpi& kpi = kpis.kpi(share);
  if (kpi.outcomes_term.has_value()) return true;
  const Kpi& above = kpis.kpi(kpi.numerator);
  const Kpi& below = kpis.kpi(kpi.denominator);
  const auto explain = [&](absl::string_view why) {
    KeyError(
        kpis.problems(), node,
        absl::StrCat("`last n` needs two counts of the same rows, the part at some of the moments "
                     "of the whole and equal otherwise: ",
                     why));
    return false;
  };
  if (above.kind != KpiKind::kCount || below.kind != KpiKind::kCount) {
    return explain("both must be counts");
  }
  if (kpis.works[kpi.numerator].distinct.has_value() ||
      kpis.works[kpi.denominator].distinct.has_value()) {
    return explain("once_per: window does not go with it");
  }
  const Term& part = kpis.definition().terms[above.term];
  const Term& whole = kpis.definition().terms[below.term];
  if (part.object != whole.object || part.rows != whole.rows) {
    return explain(absl::StrCat("\"", above.name, "\" and \"", below.name, "\" count other rows"));
  }
  if (!std::includes(whole.at.begin(), whole.at.end(), part.at.begin(), part.at.end())) {
    return explain(
        absl::StrCat("\"", above.name, "\" is at moments that \"", below.name, "\" lacks"));
  }
  const bool equal = part.where == whole.where && part.credit == whole.credit &&
                     part.dated == whole.dated && part.within == whole.within &&
                     part.within_of == whole.within_of && part.before == whole.before &&
                     part.once_per == whole.once_per;
  if (!equal) return explain(absl::StrCat("\"", above.name, "\" has other conditions"));
  Term outcomes = whole;
  outcomes.kind = TermKind::kOutcomes;
  outcomes.success = part.at;
  outcomes.group_sets.clear();
  kpi.outcomes_term = kpis.AddTerm(std::move(outcomes));
  return true;
}

}  // namespace takt
