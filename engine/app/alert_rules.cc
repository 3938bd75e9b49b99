#include "engine/app/alert_rules.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/kpi/value_text.h"

namespace takt {
namespace {

// What stands in a template as it is.
std::string Literal(const std::string& text) {
  return absl::StrReplaceAll(text, {{"{{", "{{ \"{{\" }}"}, {"\n", " "}});
}

// Inside of double quotes of YAML.
std::string Quoted(const std::string& text) {
  return absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}});
}

std::string UrlText(const std::string& window) { return absl::StrReplaceAll(window, {{" ", "+"}}); }

// A length of time as Prometheus writes it.
std::string RuleDuration(absl::Duration length) {
  return absl::StrCat(absl::ToInt64Seconds(length), "s");
}

// The rule of one alert.
class RuleWriter {
 public:
  RuleWriter(const Definition& definition, const RuleOptions& options, const Alert& alert)
      : definition_(definition),
        options_(options),
        alert_(alert),
        kpi_(definition.kpis[alert.kpi]) {
    for (const LevelId level : alert.per) {
      if (const auto dimension = definition.levels[level].dimension) AddLabel(*dimension);
    }
    for (const DimensionId dimension : kpi_.split) AddLabel(dimension);
  }

  std::string Write() const {
    const std::string name = RuleName(alert_);
    return absl::StrCat(
        "      - alert: ", name, "\n",
        "        expr: max without (instance, pod) (sales_alert_active{alert=\"", alert_.name,
        "\"}) == 1\n", "        for: ", RuleDuration(options_.stands), "\n",
        "        keep_firing_for: ", RuleDuration(options_.keeps), "\n",
        "        labels: {severity: ", SeverityName(alert_.severity),
        ", domain: sales, receiver: \"", Quoted(Literal(alert_.receiver)), "\"}\n",
        "        annotations:\n",
        Annotation("summary", absl::StrCat(kpi_.name, " of ", Group(), " ", Verdict(), ".")),
        Annotation("description", Said()),
        Annotation("runbook_url", absl::StrCat(Runbooks(), name, ".md")),
        Annotation("dashboard_url", absl::StrCat(options_.dashboard, Variables())),
        Annotation("explain", Explain(kpi_)),
        alert_.details.has_value()
            ? Annotation("details", Explain(definition_.kpis[*alert_.details]))
            : "");
  }

 private:
  void AddLabel(DimensionId dimension) {
    const std::string& label = definition_.dimensions[dimension].label;
    for (const std::string& known : labels_) {
      if (known == label) return;
    }
    labels_.push_back(label);
  }

  // The engine serves a page of each alert.
  std::string Runbooks() const {
    return options_.runbooks.empty() ? absl::StrCat(options_.api, "/runbooks/") : options_.runbooks;
  }

  // Folded, so that quotes and colons need no care; a line feed would end the text.
  static std::string Annotation(const char* name, const std::string& text) {
    return absl::StrCat("          ", name, ": >-\n            ", text, "\n");
  }

  bool HasCompany() const {
    for (const LevelId level : alert_.per) {
      if (!definition_.levels[level].dimension.has_value()) return true;
    }
    return false;
  }

  // The group's values, whichever of the labels an alert has.
  std::string Group() const {
    const std::string company = Literal(
        definition_.organisation.empty() ? definition_.levels[0].name : definition_.organisation);
    std::string text;
    for (const std::string& label : labels_) {
      absl::StrAppend(&text, "{{ with $labels.", label, " }}", text.empty() ? "" : " ",
                      "{{ . }}{{ end }}");
    }
    if (labels_.empty()) return company;
    if (!HasCompany() || !kpi_.split.empty()) return text;
    return absl::StrCat("{{ if not (or", LabelList(), ") }}", company, "{{ end }}", text);
  }

  std::string LabelList() const {
    std::string list;
    for (const std::string& label : labels_) absl::StrAppend(&list, " $labels.", label);
    // `or` of one value is that value.
    return list;
  }

  std::string Verdict() const {
    const char* side = alert_.below ? "below" : "above";
    switch (alert_.kind) {
      case AlertKind::kBound:
        return absl::StrCat("is ", side, " ",
                            Literal(ValueWithCurrency(definition_, kpi_, alert_.bound)));
      case AlertKind::kOfOwn:
        return absl::StrCat("is ", side, " what is usual");
      case AlertKind::kWilson:
      case AlertKind::kCusum:
      case AlertKind::kPoisson:
        return alert_.below ? "has fallen" : "has risen";
      case AlertKind::kGoal:
        return absl::StrCat("is behind the goal ", definition_.goals[*alert_.goal].name);
    }
    return "";
  }

  // Looks a series of this alert and group up.
  std::string LookUp(const char* series, const std::string& format) const {
    std::string selector = absl::StrCat(series, "{alert=\\\"", alert_.name, "\\\"");
    std::string values;
    for (const std::string& label : labels_) {
      absl::StrAppend(&selector, ",", label, "=%q");
      absl::StrAppend(&values, " $labels.", label);
    }
    return absl::StrCat("{{ with printf \"", selector, "}\"", values,
                        " | query }}{{ . | first | value", format, " }}{{ end }}");
  }

  // Behind a value: how it is shown, in the KPI's unit.
  std::string ValueOf(const char* series) const {
    if (kpi_.kind == KpiKind::kShare) return LookUp(series, " | humanizePercentage");
    const int money = UnitPower(kpi_.unit, "money");
    if (UnitPower(kpi_.unit, "seconds") == 1 && kpi_.unit.powers.size() == 1) {
      return LookUp(series, " | humanizeDuration");
    }
    if (money == 1) {
      return absl::StrCat(LookUp(series, " | printf \"%.0f\""), " ", definition_.currency.code);
    }
    // Of a plain number humanize would make thousandths: 0.4 is "400m".
    if (kpi_.unit.powers.empty()) return LookUp(series, " | printf \"%.2f\"");
    return LookUp(series, " | humanize");
  }

  std::string PartOf(const TextPart& part) const {
    switch (part.kind) {
      case TextPart::Kind::kText:
        return Literal(part.text);
      case TextPart::Kind::kValue:
        return ValueOf("sales_alert_value");
      case TextPart::Kind::kParts:
        return absl::StrCat(LookUp("sales_alert_successes", " | printf \"%.0f\""), " of ",
                            LookUp("sales_alert_outcomes", " | printf \"%.0f\""));
      case TextPart::Kind::kOutcomes:
        return LookUp("sales_alert_outcomes", " | printf \"%.0f\"");
      case TextPart::Kind::kBaseline:
        return ValueOf("sales_alert_baseline");
      case TextPart::Kind::kThreshold:
        if (alert_.kind == AlertKind::kCusum) {
          return LookUp("sales_alert_threshold", " | printf \"%.2f\"");
        }
        return ValueOf("sales_alert_threshold");
      case TextPart::Kind::kScore:
        return LookUp("sales_alert_score", " | printf \"%.2f\"");
      case TextPart::Kind::kGroup:
        return Group();
      case TextPart::Kind::kDimension:
        return absl::StrCat("{{ $labels.", definition_.dimensions[part.dimension].label, " }}");
      case TextPart::Kind::kKpi:
        return kpi_.name;
      case TextPart::Kind::kWindow:
        return alert_.window.has_value() ? alert_.window->label : "now";
    }
    return "";
  }

  std::string Said() const {
    std::string text;
    for (const TextPart& part : alert_.say) text += PartOf(part);
    return text;
  }

  // The window and the group as variables of the dashboard.
  std::string Variables() const {
    std::string text;
    if (alert_.window.has_value())
      text = absl::StrCat("?var-window=", UrlText(alert_.window->label));
    const char* const separator = text.empty() ? "?" : "&";
    return absl::StrCat(text, OfGroup(
                                  [&](const Level&, const std::string& label) {
                                    return absl::StrCat(separator, "var-", label, "={{ $labels.",
                                                        label, " | urlquery }}");
                                  },
                                  ""));
  }

  // What a value of the group is made of, as /api/v1/explain is asked for it.
  std::string Explain(const Kpi& kpi) const {
    std::string url = absl::StrCat(options_.api, "/api/v1/explain?kpi=", kpi.name, LevelWords());
    for (const DimensionId split : kpi.split) {
      const std::string& label = definition_.dimensions[split].label;
      absl::StrAppend(&url, "&", label, "={{ $labels.", label, " | urlquery }}");
    }
    if (alert_.window.has_value()) {
      absl::StrAppend(&url, "&window=", UrlText(alert_.window->label));
    }
    return url;
  }

  // From how many dimensions a dimension is looked up: a team from none, its region from the team.
  size_t Lookups(DimensionId dimension) const {
    size_t count = 0;
    for (auto of = definition_.dimensions[dimension].of_dimension; of.has_value(); ++count) {
      of = definition_.dimensions[*of].of_dimension;
    }
    return count;
  }

  std::string LevelWords() const {
    return OfGroup(
        [](const Level& level, const std::string& label) {
          return absl::StrCat("&level=", level.name, "&", label, "={{ $labels.", label,
                              " | urlquery }}");
        },
        "&level=company");
  }

  // Words by the level of the group. An alert of a team has its region's label as well: the finest counts.
  template <typename Words>
  std::string OfGroup(const Words& words, const std::string& of_company) const {
    std::vector<LevelId> levels;
    for (const LevelId level : alert_.per) {
      if (definition_.levels[level].dimension.has_value()) levels.push_back(level);
    }
    std::stable_sort(levels.begin(), levels.end(), [&](LevelId a, LevelId b) {
      return Lookups(*definition_.levels[a].dimension) < Lookups(*definition_.levels[b].dimension);
    });
    std::string text;
    for (const LevelId id : levels) {
      const Level& level = definition_.levels[id];
      const std::string& label = definition_.dimensions[*level.dimension].label;
      absl::StrAppend(&text, text.empty() ? "{{ if $labels." : "{{ else if $labels.", label, " }}",
                      words(level, label));
    }
    if (text.empty()) return of_company;
    const bool has_words = HasCompany() && !of_company.empty();
    return absl::StrCat(text, has_words ? absl::StrCat("{{ else }}", of_company) : "", "{{ end }}");
  }

  const Definition& definition_;
  const RuleOptions& options_;
  const Alert& alert_;
  const Kpi& kpi_;
  std::vector<std::string> labels_;  // that an alert of this rule may have
};

}  // namespace

std::string AlertRules(const Definition& definition, const RuleOptions& options) {
  std::string rules =
      "# The alerts of a configuration, made by `takt generate rules`; do not edit. The engine "
      "judges, these\n"
      "# rules tell. `takt generate runbooks` writes the pages that they link to, and the engine "
      "serves them.\n"
      "groups:\n"
      "  - name: sales_alerts\n"
      "    rules:";
  if (definition.alerts.empty()) return absl::StrCat(rules, " []\n");
  rules += "\n";
  for (const Alert& alert : definition.alerts) {
    absl::StrAppend(&rules, RuleWriter(definition, options, alert).Write(), "\n");
  }
  rules.pop_back();
  return rules;
}

}  // namespace takt
