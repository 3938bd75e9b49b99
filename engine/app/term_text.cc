#include "engine/app/term_text.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace takt {
namespace {

class TermWriter {
 public:
  TermWriter(const Definition& definition, const Term& term)
      : definition_(definition), term_(term), object_(definition.objects[term.object]) {}

  std::string Text() const {
    std::string text = absl::StrCat(object_.name, " kind ", static_cast<int>(term_.kind), " rows ",
                                    static_cast<int>(term_.rows), " measure ",
                                    static_cast<int>(term_.measure.kind), " credit ",
                                    static_cast<int>(term_.credit));
    if (term_.measure.kind == MeasureKind::kField || term_.measure.kind == MeasureKind::kWeighted) {
      absl::StrAppend(&text, " of ", FieldName(term_.measure.field));
    }
    if (term_.measure.kind == MeasureKind::kWeighted) {
      absl::StrAppend(&text, " by ", FieldName(term_.measure.weight_field));
    }
    for (const Condition& condition : term_.where) {
      absl::StrAppend(
          &text, " where ", FieldName(condition.field), " ", static_cast<int>(condition.comparison),
          " ", absl::StrJoin(condition.texts, "|"), " ", absl::StrJoin(condition.integers, "|"));
    }
    for (const MomentId moment : term_.at) absl::StrAppend(&text, " at ", MomentName(moment));
    for (const MomentId moment : term_.success) absl::StrAppend(&text, " win ", MomentName(moment));
    if (term_.dated.has_value()) absl::StrAppend(&text, " dated ", MomentName(*term_.dated));
    if (term_.within.has_value()) {
      absl::StrAppend(&text, " within ", absl::FormatDuration(*term_.within), " of ",
                      MomentName(term_.within_of));
    }
    if (term_.before.has_value()) absl::StrAppend(&text, " before ", MomentName(*term_.before));
    if (term_.once_per.has_value())
      absl::StrAppend(&text, " once ", static_cast<int>(*term_.once_per));
    if (term_.as_posted) absl::StrAppend(&text, " posted");
    if (term_.kind == TermKind::kDurations)
      absl::StrAppend(&text, " from ", MomentName(term_.from));
    for (const StateUse& use : term_.states) AddState(use, &text);
    if (term_.recent.has_value()) absl::StrAppend(&text, " recent ", term_.recent->label);
    AddRows(&text);
    return text;
  }

 private:
  std::string FieldName(FieldId field) const {
    return field < object_.fields.size() ? object_.fields[field].name : absl::StrCat("#", field);
  }

  std::string MomentName(MomentId moment) const {
    if (term_.rows != RowSource::kEntity) return absl::StrCat("#", moment);
    return object_.moments[moment].name;
  }

  void AddState(const StateUse& use, std::string* text) const {
    absl::StrAppend(text, " while ", object_.states[use.state].name);
    if (!use.ago.has_value()) return;
    absl::StrAppend(text, " ", use.ago->count, " ", static_cast<int>(use.ago->unit), " ago");
  }

  void AddRows(std::string* text) const {
    std::set<std::string> sets;
    for (const TermRows& rows : term_.group_sets) {
      std::string set = "company";
      for (const DimensionId dimension : definition_.group_sets[rows.group_set].dimensions) {
        absl::StrAppend(&set, "*", definition_.dimensions[dimension].name);
      }
      sets.insert(std::move(set));
    }
    absl::StrAppend(text, " per ", absl::StrJoin(sets, " "));
  }

  const Definition& definition_;
  const Term& term_;
  const Object& object_;
};

void Collect(const Definition& definition, KpiId id, std::set<KpiId>& seen,
             std::set<std::string>& texts) {
  if (!seen.insert(id).second) return;
  const Kpi& kpi = definition.kpis[id];
  const auto add = [&](TermId term) { texts.insert(TermText(definition, definition.terms[term])); };
  if (kpi.start_term.has_value()) add(*kpi.start_term);
  if (kpi.outcomes_term.has_value()) add(*kpi.outcomes_term);
  for (const auto& [window, term] : kpi.recent_terms) add(term);
  switch (kpi.kind) {
    case KpiKind::kShare:
      Collect(definition, kpi.numerator, seen, texts);
      Collect(definition, kpi.denominator, seen, texts);
      return;
    case KpiKind::kFormula:
      for (const FormulaNode& node : kpi.formula) {
        if (node.kind == FormulaNode::Kind::kKpi) Collect(definition, node.kpi, seen, texts);
      }
      return;
    case KpiKind::kCount:
      if (kpi.recent_terms.empty()) add(kpi.term);
      return;
    case KpiKind::kSum:
    case KpiKind::kLevel:
    case KpiKind::kAge:
    case KpiKind::kDurations:
      add(kpi.term);
      return;
  }
}

}  // namespace

std::string TermText(const Definition& definition, const Term& term) {
  return TermWriter(definition, term).Text();
}

std::set<std::string> TermTextsOf(const Definition& definition, KpiId kpi) {
  std::set<KpiId> seen;
  std::set<std::string> texts;
  Collect(definition, kpi, seen, texts);
  return texts;
}

}  // namespace takt
