#include "engine/kpi/select.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"

namespace takt {
namespace {

constexpr size_t kNamesToldMax = 40;

absl::Status Unknown(const char* key, const std::string& value, std::vector<std::string> known) {
  const bool more = known.size() > kNamesToldMax;
  if (more) known.resize(kNamesToldMax);
  return absl::InvalidArgumentError(
      absl::StrFormat("there is no %s \"%s\"; there are %s%s", key, absl::CHexEscape(value),
                      absl::StrJoin(known, ", "), more ? ", ..." : ""));
}

absl::StatusOr<LevelId> ParseLevel(const Definition& definition, const std::string& name) {
  std::vector<std::string> known;
  for (size_t level = 0; level < definition.levels.size(); ++level) {
    if (definition.levels[level].name == name) return static_cast<LevelId>(level);
    known.push_back(definition.levels[level].name);
  }
  return Unknown("level", name, std::move(known));
}

absl::Status CheckGroup(const Definition& definition, LevelId level, const std::string& group) {
  const std::optional<DimensionId> dimension = definition.levels[level].dimension;
  if (!dimension.has_value()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "group=\"%s\" needs a level that has groups, as in level=region", absl::CHexEscape(group)));
  }
  const Dimension& known = definition.dimensions[*dimension];
  if (known.value_ids.contains(group)) return absl::OkStatus();
  return Unknown("group", group, known.values);
}

bool IsWanted(const Definition& definition, const Labels& labels, const Selection& selection) {
  if (selection.window.has_value()) {
    const std::string* window = labels.Find("window");
    if (window != nullptr && *window != *selection.window) return false;
  }
  if (!selection.group.has_value() || !selection.level.has_value()) return true;
  const Level& level = definition.levels[*selection.level];
  if (!level.dimension.has_value()) return true;
  const std::string* group = labels.Find(definition.dimensions[*level.dimension].label);
  return group != nullptr && *group == *selection.group;
}

}  // namespace

const Window* FindWindow(const Definition& definition, const std::string& label) {
  for (const Kpi& kpi : definition.kpis) {
    if (!kpi.exported || !kpi.windowed) continue;
    for (const Window& window : kpi.over) {
      if (window.label == label) return &window;
    }
  }
  return nullptr;
}

absl::StatusOr<Selection> ParseSelection(const Definition& definition,
                                         const std::map<std::string, std::string>& query) {
  Selection selection;
  if (const auto level = query.find("level"); level != query.end()) {
    TAKT_ASSIGN_OR_RETURN(selection.level, ParseLevel(definition, level->second));
  }
  if (const auto group = query.find("group"); group != query.end()) {
    TAKT_RETURN_IF_ERROR(CheckGroup(definition, selection.level.value_or(0), group->second));
    selection.group = group->second;
  }
  if (const auto window = query.find("window"); window != query.end()) {
    if (FindWindow(definition, window->second) == nullptr) {
      std::set<std::string> known;
      for (const Kpi& kpi : definition.kpis) {
        for (const Window& each : kpi.over) known.insert(each.label);
      }
      return Unknown("window", window->second, {known.begin(), known.end()});
    }
    selection.window = window->second;
  }
  return selection;
}

Snapshot Select(const Definition& definition, const Snapshot& snapshot,
                const Selection& selection) {
  Snapshot selected = snapshot;
  std::vector<Family> families;
  for (Family& family : selected.families) {
    if (selection.level.has_value() && family.level != *selection.level) continue;
    const auto unwanted = [&](const Sample& sample) {
      return !IsWanted(definition, sample.labels, selection);
    };
    family.samples.erase(std::remove_if(family.samples.begin(), family.samples.end(), unwanted),
                         family.samples.end());
    if (!family.samples.empty()) families.push_back(std::move(family));
  }
  selected.families = std::move(families);
  return selected;
}

}  // namespace takt
