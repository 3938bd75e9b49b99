#include "engine/ledger/plan.h"

#include <algorithm>

#include "engine/ledger/plan_builder.h"

namespace takt {

bool CompiledCondition::Passes(int64_t value) const {
  using Comparison = Condition::Comparison;
  if (comparison == Comparison::kPresent) return value != kNull;
  if (comparison == Comparison::kAbsent) return value == kNull;
  if (value == kNull && null_is_zero) value = 0;
  if (value == kNull) return comparison == Comparison::kNotIn;
  switch (comparison) {
    case Comparison::kIn:
      return std::find(values.begin(), values.end(), value) != values.end();
    case Comparison::kNotIn:
      return std::find(values.begin(), values.end(), value) == values.end();
    case Comparison::kLess:
      return value < values[0];
    case Comparison::kLessOrEqual:
      return value <= values[0];
    case Comparison::kGreater:
      return value > values[0];
    case Comparison::kGreaterOrEqual:
      return value >= values[0];
    case Comparison::kPresent:
    case Comparison::kAbsent:
      break;
  }
  return false;
}

bool Passes(const Conditions& conditions, const int64_t* values) {
  for (const CompiledCondition& condition : conditions) {
    if (!condition.Passes(condition.column < 0 ? kNull : values[condition.column])) return false;
  }
  return true;
}

std::vector<MomentId> MomentsOf(const Term& term) {
  std::vector<MomentId> all = term.at;
  if (term.dated.has_value()) all.push_back(*term.dated);
  if (term.within.has_value()) all.push_back(term.within_of);
  if (term.before.has_value()) all.push_back(*term.before);
  if (term.kind == TermKind::kDurations) all.push_back(term.from);
  return all;
}

std::vector<MomentId> MomentsUnder(const Moment& moment) {
  if (moment.source == Moment::Source::kOwn) return moment.moments;
  if (moment.source == Moment::Source::kAfter) return {moment.moments[0]};
  return {};
}

int ObjectPlan::LaterPlaceOf(int place, int64_t stage, int64_t pipeline) const {
  for (size_t later = static_cast<size_t>(place) + 1; later < stages.size(); ++later) {
    if (stages[later].stage == stage && stages[later].pipeline == pipeline) {
      return static_cast<int>(later);
    }
  }
  return -1;
}

uint32_t ObjectPlan::StageOrderOf(absl::Span<const StoredField> fields) const {
  if (stages.empty()) return 0;
  int64_t stage = kNull;
  int64_t pipeline = kNull;
  for (const StoredField& field : fields) {
    if (field.kind != ValueKind::kText) continue;
    if (field.field == kStageField) stage = field.value;
    if (field.field == kPipelineField) pipeline = field.value;
  }
  const int place = PlaceOf(stage, pipeline);
  if (place < 0) return 0;
  const bool open = object->stages[place].kind == StageKind::kOpen;
  return 1 + place + (open ? 0 : static_cast<uint32_t>(stages.size()));
}

Column ObjectPlan::ColumnOf(FieldId field) const {
  switch (field) {
    case kExitField:
      return kExitColumn;
    case kStageKindField:
      return kStageKindColumn;
    case kVisitedField:
      return kVisitedColumn;
    case kNextVisitedField:
      return kNextVisitedColumn;
    default:
      return field < columns.size() ? columns[field] : kNoColumn;
  }
}

Plan::Plan(const Definition& the_definition, SymbolTable& symbols)
    : definition(the_definition), tables(the_definition, symbols) {
  exits = {symbols.Intern("forward"), symbols.Intern("backward"), symbols.Intern("won"),
           symbols.Intern("lost"),    symbols.Intern("omitted"),  symbols.Intern("reopened"),
           symbols.Intern("moved")};
  objects = BuildObjectPlans(definition, symbols);
}

}  // namespace takt
