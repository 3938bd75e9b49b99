#include "engine/app/explain_question.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "engine/app/moment_text.h"
#include "engine/base/status_macros.h"
#include "engine/kpi/evaluate.h"
#include "engine/settings/nearest.h"

namespace takt {
namespace {

using Words = std::map<std::string, std::string>;

absl::Status Unknown(const char* what, const std::string& name,
                     const std::vector<std::string>& valid) {
  return absl::NotFoundError(absl::StrCat("unknown ", what, " \"", Shown(name), "\"",
                                          Suggestion(name.substr(0, 64), valid)));
}

// Takes a word out; empty: it is not there.
std::string Take(Words& words, const std::string& name) {
  const auto found = words.find(name);
  if (found == words.end()) return "";
  std::string value = std::move(found->second);
  words.erase(found);
  return value;
}

// The labels of `{window="28d",sales_region="north"}`, added to `words`.
absl::Status ReadLabels(absl::string_view text, Words& words) {
  const auto wrong = [&] {
    return absl::InvalidArgumentError(absl::StrFormat(
        "series=\"...%s\": write its labels as in {window=\"28d\",sales_region=\"north\"}",
        Shown(text)));
  };
  absl::string_view rest = absl::StripAsciiWhitespace(text);
  if (rest.empty()) return absl::OkStatus();
  if (!absl::ConsumePrefix(&rest, "{") || !absl::ConsumeSuffix(&rest, "}")) return wrong();
  while (!absl::StripAsciiWhitespace(rest).empty()) {
    const size_t equals = rest.find('=');
    if (equals == absl::string_view::npos) return wrong();
    const std::string name(absl::StripAsciiWhitespace(rest.substr(0, equals)));
    rest = absl::StripLeadingAsciiWhitespace(rest.substr(equals + 1));
    if (!absl::ConsumePrefix(&rest, "\"")) return wrong();
    std::string value;
    while (!rest.empty() && rest.front() != '"') {
      if (rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
      value.push_back(rest.front());
      rest.remove_prefix(1);
    }
    if (!absl::ConsumePrefix(&rest, "\"")) return wrong();
    rest = absl::StripLeadingAsciiWhitespace(rest);
    absl::ConsumePrefix(&rest, ",");
    words[name] = std::move(value);
  }
  return absl::OkStatus();
}

// Puts a series' KPI and level, and its labels, in the place of `series`.
absl::Status ReadSeries(const Definition& definition, Words& words) {
  if (!words.contains("series")) return absl::OkStatus();
  const std::string series = Take(words, "series");
  const size_t brace = std::min(series.find('{'), series.size());
  const std::string name(absl::StripAsciiWhitespace(absl::string_view(series).substr(0, brace)));
  std::vector<std::string> valid;
  for (const Kpi& kpi : definition.kpis) {
    if (!kpi.exported) continue;
    for (const LevelId level : kpi.per) {
      for (const SeriesPart& part : SeriesPartsOf(kpi)) {
        const std::string& level_name = definition.levels[level].name;
        valid.push_back(absl::StrCat("sales_", level_name, "_", kpi.name, part.suffix));
        if (valid.back() != name) continue;
        words["kpi"] = kpi.name;
        words["level"] = level_name;
        return ReadLabels(absl::string_view(series).substr(brace), words);
      }
    }
  }
  return Unknown("series", name, valid);
}

absl::StatusOr<KpiId> FindKpi(const Definition& definition, Words& words) {
  const std::string name = Take(words, "kpi");
  std::vector<std::string> exported;
  for (const Kpi& kpi : definition.kpis) {
    if (kpi.exported) exported.push_back(kpi.name);
  }
  if (name.empty()) {
    return absl::InvalidArgumentError(
        "say which value: kpi=win_ratio, and with it level, group and window");
  }
  const auto found = definition.kpi_ids.find(name);
  if (found == definition.kpi_ids.end()) return Unknown("KPI", name, exported);
  if (!definition.kpis[found->second].exported) {
    return absl::NotFoundError(
        absl::StrCat("KPI \"", name, "\" is not exported: it has no `over` and no `per`"));
  }
  return found->second;
}

absl::StatusOr<LevelId> FindLevel(const Definition& definition, const Kpi& kpi, Words& words) {
  std::string name = Take(words, "level");
  if (name.empty()) name = definition.levels[kpi.per.front()].name;
  std::vector<std::string> valid;
  for (const LevelId level : kpi.per) {
    if (definition.levels[level].name == name) return level;
    valid.push_back(definition.levels[level].name);
  }
  return Unknown(absl::StrCat("level of ", kpi.name).c_str(), name, valid);
}

absl::StatusOr<std::optional<Window>> FindWindow(const Kpi& kpi, Words& words) {
  const std::string text = Take(words, "window");
  if (!kpi.windowed) {
    if (text.empty() || text == "now") return std::nullopt;
    return absl::NotFoundError(absl::StrCat("unknown window \"", Shown(text), "\": ", kpi.name,
                                            " is a value of now, without a window"));
  }
  if (text.empty()) return kpi.over.front();
  const absl::StatusOr<Window> parsed = ParseWindow(text);
  const std::string label = parsed.ok() ? parsed->label : text;
  std::vector<std::string> valid;
  for (const Window& window : kpi.over) {
    if (window.label == label) return window;
    valid.push_back(window.label);
  }
  return Unknown(absl::StrCat("window of ", kpi.name).c_str(), text, valid);
}

absl::StatusOr<DimensionValue> FindValue(const Dimension& dimension, std::string value) {
  const auto found = dimension.value_ids.find(value);
  if (found != dimension.value_ids.end()) return found->second;
  if (value.empty()) {
    std::vector<std::string> few(dimension.values.begin(),
                                 dimension.values.begin() + static_cast<int64_t>(std::min<size_t>(
                                                                8, dimension.values.size())));
    return absl::InvalidArgumentError(absl::StrCat("say which ", dimension.name, ": ",
                                                   dimension.label, "=", few.front(),
                                                   Suggestion("", few)));
  }
  return Unknown(dimension.name.c_str(), value, dimension.values);
}

absl::Status FindGroup(const Definition& definition, Words& words, ValueQuestion& question) {
  const Kpi& kpi = definition.kpis[question.kpi];
  const std::optional<DimensionId> of_level = definition.levels[question.level].dimension;
  std::vector<DimensionId> dimensions;
  if (of_level.has_value()) dimensions.push_back(*of_level);
  dimensions.insert(dimensions.end(), kpi.split.begin(), kpi.split.end());
  for (const DimensionId id : dimensions) {
    const Dimension& dimension = definition.dimensions[id];
    std::string value = Take(words, dimension.label);
    if (value.empty()) value = Take(words, dimension.name);
    if (value.empty() && id == dimensions.front()) value = Take(words, "group");
    TAKT_ASSIGN_OR_RETURN(const DimensionValue found, FindValue(dimension, std::move(value)));
    question.values.push_back(found);
  }
  if (dimensions.empty() && words.contains("group")) {
    const std::string group = Take(words, "group");
    if (!group.empty() && group != "company") {
      return absl::NotFoundError(absl::StrCat(
          "unknown group \"", Shown(group),
          "\": the company is one; name a level, such as level=", definition.levels.back().name));
    }
  }
  return absl::OkStatus();
}

absl::Status FindMoments(Words& words, std::optional<EventTime> now, ExplainQuestion& question) {
  const std::string at = Take(words, "at");
  const std::string from = Take(words, "from");
  const std::string to = Take(words, "to");
  if (!at.empty() && !(from.empty() && to.empty())) {
    return absl::InvalidArgumentError("say at, or from and to; not both");
  }
  if (!to.empty() && from.empty()) return absl::InvalidArgumentError("to needs a from");
  const std::string& last = at.empty() ? to : at;
  if (!last.empty()) {
    TAKT_ASSIGN_OR_RETURN(now, ParseMoment(at.empty() ? "to" : "at", last));
  }
  if (!now.has_value()) {
    return absl::FailedPreconditionError(
        "now is not defined yet: a partition has not spoken; say at=2026-01-31T18:00:00Z");
  }
  question.moments = {*now, *now};
  if (from.empty()) return absl::OkStatus();
  TAKT_ASSIGN_OR_RETURN(question.moments[kBefore], ParseMoment("from", from));
  question.moves = true;
  if (question.moments[kBefore] <= question.moments[kAfter]) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("from=", MomentText(question.moments[kBefore]),
                                                 " is later than to=", MomentText(*now)));
}

absl::Status FindLimits(Words& words, ExplainQuestion& question) {
  const std::string limit = Take(words, "limit");
  int listed = 0;
  if (!limit.empty()) {
    if (!absl::SimpleAtoi(limit, &listed) || listed < 1 || listed > kListedMax) {
      return absl::InvalidArgumentError(
          absl::StrFormat("limit=\"%s\" is no number from 1 to %d", Shown(limit), kListedMax));
    }
    question.listed_max = listed;
  }
  const std::string causes = Take(words, "causes");
  if (!causes.empty() && causes != "yes" && causes != "no") {
    return absl::InvalidArgumentError(
        absl::StrFormat("causes=\"%s\" is neither yes nor no", Shown(causes)));
  }
  question.with_causes = causes != "no";
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ExplainQuestion> ParseExplainQuestion(const Definition& definition, Words words,
                                                     std::optional<EventTime> now) {
  ExplainQuestion question;
  TAKT_RETURN_IF_ERROR(ReadSeries(definition, words));
  TAKT_ASSIGN_OR_RETURN(question.value.kpi, FindKpi(definition, words));
  const Kpi& kpi = definition.kpis[question.value.kpi];
  TAKT_ASSIGN_OR_RETURN(question.value.level, FindLevel(definition, kpi, words));
  TAKT_ASSIGN_OR_RETURN(question.value.window, FindWindow(kpi, words));
  TAKT_RETURN_IF_ERROR(FindGroup(definition, words, question.value));
  TAKT_RETURN_IF_ERROR(FindMoments(words, now, question));
  TAKT_RETURN_IF_ERROR(FindLimits(words, question));
  if (words.empty()) return question;
  std::vector<std::string> valid = {"kpi",  "series", "level", "group", "window",
                                    "from", "to",     "at",    "limit", "causes"};
  for (const Dimension& dimension : definition.dimensions) valid.push_back(dimension.label);
  const std::string& name = words.begin()->first;
  return absl::InvalidArgumentError(absl::StrCat("unknown parameter \"", Shown(name), "\"",
                                                 Suggestion(name.substr(0, 64), valid)));
}

}  // namespace takt
