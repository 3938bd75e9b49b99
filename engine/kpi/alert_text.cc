#include "engine/kpi/alert_text.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "engine/kpi/number_text.h"
#include "engine/kpi/value_text.h"

namespace takt {
namespace {

std::string CountText(double count) { return std::isnan(count) ? "-" : WithThousands(count, 0); }

std::string ScoreText(double score) { return std::isnan(score) ? "-" : WithThousands(score, 2); }

std::string PartText(const Definition& definition, const AlertState& state, const TextPart& part) {
  const Alert& alert = definition.alerts[state.alert];
  const Kpi& kpi = definition.kpis[alert.kpi];
  switch (part.kind) {
    case TextPart::Kind::kText:
      return part.text;
    case TextPart::Kind::kValue:
      return ValueWithCurrency(definition, kpi, state.value);
    case TextPart::Kind::kParts:
      return absl::StrCat(CountText(state.successes), " of ", CountText(state.outcomes));
    case TextPart::Kind::kOutcomes:
      return CountText(state.outcomes);
    case TextPart::Kind::kBaseline:
      return ValueWithCurrency(definition, kpi, state.baseline);
    case TextPart::Kind::kThreshold:
      if (alert.kind == AlertKind::kCusum) return ScoreText(state.threshold);
      return ValueWithCurrency(definition, kpi, state.threshold);
    case TextPart::Kind::kScore:
      return ScoreText(state.score);
    case TextPart::Kind::kGroup:
      return GroupText(definition, state.group);
    case TextPart::Kind::kDimension: {
      const std::string* value = state.group.Find(definition.dimensions[part.dimension].label);
      return value == nullptr ? "-" : *value;
    }
    case TextPart::Kind::kKpi:
      return kpi.name;
    case TextPart::Kind::kWindow:
      return alert.window.has_value() ? alert.window->label : "now";
  }
  return "";
}

}  // namespace

std::string AlertText(const Definition& definition, const AlertState& state) {
  std::string text;
  for (const TextPart& part : definition.alerts[state.alert].say) {
    text += PartText(definition, state, part);
  }
  return text;
}

std::string GroupText(const Definition& definition, const Labels& group) {
  if (group.empty()) {
    return definition.organisation.empty() ? definition.levels[0].name : definition.organisation;
  }
  std::string text;
  for (const Labels::Pair& pair : group) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", pair.second);
  }
  return text;
}

}  // namespace takt
