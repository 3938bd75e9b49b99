#include "engine/settings/alert_say.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/settings/nearest.h"

namespace takt {
namespace {

using Placeholders = std::map<std::string, TextPart>;

// Those that have a value for every group of the alert.
Placeholders PlaceholdersOf(const Definition& definition, const Alert& alert) {
  using Kind = TextPart::Kind;
  const Kpi& kpi = definition.kpis[alert.kpi];
  Placeholders known = {{"value", {Kind::kValue}},
                        {"threshold", {Kind::kThreshold}},
                        {"group", {Kind::kGroup}},
                        {"kpi", {Kind::kKpi}},
                        {"window", {Kind::kWindow}}};
  if (kpi.kind == KpiKind::kShare) known["parts"] = {Kind::kParts};
  if (kpi.kind == KpiKind::kShare || kpi.kind == KpiKind::kDurations) {
    known["outcomes"] = {Kind::kOutcomes};
  }
  if (alert.baseline.has_value()) known["baseline"] = {Kind::kBaseline};
  if (alert.kind == AlertKind::kCusum) known["score"] = {Kind::kScore};
  if (alert.kind == AlertKind::kGoal) known["target"] = {Kind::kThreshold};
  const auto add = [&](DimensionId id) {
    known.emplace(definition.dimensions[id].name,
                  TextPart{.kind = Kind::kDimension, .dimension = id});
  };
  for (const DimensionId id : kpi.split) add(id);
  const std::optional<DimensionId> level = definition.levels[alert.per.front()].dimension;
  if (alert.per.size() == 1 && level.has_value()) add(*level);
  return known;
}

std::string WordsFor(const Definition& definition, const Alert& alert) {
  std::string words = "{kpi} of {group}";
  if (alert.window.has_value()) absl::StrAppend(&words, " over {window}");
  absl::StrAppend(&words, " is {value}");
  if (definition.kpis[alert.kpi].kind == KpiKind::kShare) absl::StrAppend(&words, " ({parts})");
  switch (alert.kind) {
    case AlertKind::kBound:
      return absl::StrCat(words, ", ", alert.below ? "below" : "above", " {threshold}.");
    case AlertKind::kOfOwn:
    case AlertKind::kWilson:
    case AlertKind::kCusum:
    case AlertKind::kPoisson:
      return absl::StrCat(words, ", usually {baseline}.");
    case AlertKind::kGoal:
      return absl::StrCat(words, "; the goal is at {target}.");
  }
  return words;
}

}  // namespace

bool CompileSay(KpiCompilation& kpis, const Node& node, Alert& alert) {
  const Node* say = node.Get("say");
  const std::string words = say != nullptr ? say->text : WordsFor(kpis.definition(), alert);
  const Placeholders known = PlaceholdersOf(kpis.definition(), alert);
  std::vector<std::string> names;
  for (const auto& [name, part] : known) names.push_back(name);
  const auto fail = [&](std::string text) {
    Error(kpis.problems(), say != nullptr ? *say : node, std::move(text));
    return false;
  };
  for (size_t at = 0; at < words.size();) {
    const size_t open = words.find_first_of("{}", at);
    const std::string text = words.substr(at, open - at);
    if (!text.empty()) alert.say.push_back({.text = text});
    if (open == std::string::npos) break;
    const size_t close = words.find('}', open);
    if (words[open] == '}' || close == std::string::npos) {
      return fail("a brace without its other one; placeholders are written {value}");
    }
    const std::string name = words.substr(open + 1, close - open - 1);
    const auto found = known.find(name);
    if (found == known.end()) return fail(UnknownName("placeholder", name, names));
    alert.say.push_back(found->second);
    at = close + 1;
  }
  return true;
}

}  // namespace takt
