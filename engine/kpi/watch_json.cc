#include "engine/kpi/watch_json.h"

#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/kpi/alert_text.h"
#include "engine/kpi/json_writer.h"

namespace takt {
namespace {

std::optional<std::string> LabelOf(const std::optional<Window>& window) {
  if (!window.has_value()) return std::nullopt;
  return window->label;
}

// Where an alert or a goal looks.
struct Place {
  LevelId level;
  const std::optional<Window>& window;
  const Labels& group;
};

void WritePlace(const Definition& definition, const Place& place, JsonWriter& json) {
  json.Member("level", definition.levels[place.level].name);
  json.Member("window", LabelOf(place.window));
  json.Key("group").Object([&] {
    for (const Labels::Pair& pair : place.group) json.Member(pair.first, pair.second);
  });
}

void WriteAlert(const Definition& definition, const AlertState& state, JsonWriter& json) {
  const Alert& alert = definition.alerts[state.alert];
  json.Object([&] {
    json.Member("alert", alert.name);
    json.Member("severity", SeverityName(alert.severity));
    json.Member("receiver", alert.receiver);
    json.Member("kpi", definition.kpis[alert.kpi].name);
    WritePlace(definition, {state.level, alert.window, state.group}, json);
    json.Member("active", state.active);
    json.Member("value", state.value);
    json.Member("baseline", state.baseline);
    json.Member("successes", state.successes);
    json.Member("outcomes", state.outcomes);
    json.Member("score", state.score);
    json.Member("threshold", state.threshold);
    json.Member("text", AlertText(definition, state));
  });
}

void WriteGoal(const Definition& definition, const GoalState& state, JsonWriter& json) {
  const Goal& goal = definition.goals[state.goal];
  json.Object([&] {
    json.Member("goal", goal.name);
    json.Member("kpi", definition.kpis[goal.kpi].name);
    WritePlace(definition, {state.level, goal.window, state.group}, json);
    json.Member("target", state.target);
    json.Member("value", state.value);
    std::optional<bool> met;
    if (!std::isnan(state.met)) met = state.met == 1;
    json.Member("met", met);
  });
}

}  // namespace

std::string WatchMembers(const Definition& definition, const Snapshot& snapshot) {
  JsonWriter alerts;
  alerts.Array([&] {
    for (const AlertState& state : snapshot.alerts) WriteAlert(definition, state, alerts);
  });
  JsonWriter goals;
  goals.Array([&] {
    for (const GoalState& state : snapshot.goals) WriteGoal(definition, state, goals);
  });
  return absl::StrCat("\"alerts\":", std::move(alerts).Finish(),
                      ",\"goals\":", std::move(goals).Finish());
}

}  // namespace takt
