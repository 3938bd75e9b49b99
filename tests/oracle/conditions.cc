#include "tests/oracle/conditions.h"

#include <algorithm>

namespace takt::oracle {

Datum EffectiveField(const Object& object, const Step& step, FieldId field) {
  const Datum value = step.fields[field];
  if (!value.is_null() || !object.has_pipelines() || step.stage < 0) return value;
  const Stage& stage = object.stages[step.stage];
  if (field == kPipelineField) return {.kind = ValueKind::kText, .text = &stage.pipeline};
  if (field == kProbabilityField) {
    return {.kind = ValueKind::kInteger, .integer = stage.probability_millionths};
  }
  return value;
}

bool Passes(const Condition& condition, const Datum& value) {
  using Comparison = Condition::Comparison;
  if (condition.comparison == Comparison::kPresent) return !value.is_null();
  if (condition.comparison == Comparison::kAbsent) return value.is_null();
  Datum tested = value;
  if (tested.is_null() && condition.type == FieldType::kBool) {
    tested = {.kind = ValueKind::kInteger, .integer = 0};
  }
  if (tested.is_null()) return condition.comparison == Comparison::kNotIn;
  const auto& texts = condition.texts;
  const auto& integers = condition.integers;
  const bool listed =
      condition.type == FieldType::kText
          ? tested.kind == ValueKind::kText &&
                std::find(texts.begin(), texts.end(), *tested.text) != texts.end()
          : std::find(integers.begin(), integers.end(), tested.integer) != integers.end();
  switch (condition.comparison) {
    case Comparison::kIn:
      return listed;
    case Comparison::kNotIn:
      return !listed;
    case Comparison::kLess:
      return tested.integer < integers[0];
    case Comparison::kLessOrEqual:
      return tested.integer <= integers[0];
    case Comparison::kGreater:
      return tested.integer > integers[0];
    case Comparison::kGreaterOrEqual:
      return tested.integer >= integers[0];
    case Comparison::kPresent:
    case Comparison::kAbsent:
      break;
  }
  return false;
}

}  // namespace takt::oracle
