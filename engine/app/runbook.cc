#include "engine/app/runbook.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "engine/app/ask.h"
#include "engine/kpi/evaluate.h"
#include "engine/kpi/value_text.h"

namespace takt {
namespace {

constexpr char kFolder[] = "/runbooks/";

// A word of a command line.
std::string Word(const std::string& text) {
  return absl::StrContains(text, ' ') ? absl::StrCat("'", text, "'") : text;
}

class RunbookWriter {
 public:
  RunbookWriter(const Definition& definition, const Alert& alert, const std::string& api)
      : definition_(definition), alert_(alert), kpi_(definition.kpis[alert.kpi]), api_(api) {}

  std::string Write() const {
    return absl::StrCat("# ", RuleName(alert_), "\n\n", Meaning(), "\n", "It says: \"", Said(),
                        "\"\n\n## The first question\n\n", Question(), "\n## How to see it\n\n",
                        Seeing(), "\n## What to do\n\n", Doing(), "\n## When to silence it\n\n",
                        Silencing(), "\n", kRunbookMark);
  }

 private:
  std::string Over() const {
    return alert_.window.has_value() ? absl::StrCat("over ", alert_.window->label) : "as of now";
  }

  std::string Shown(double value) const { return ValueWithCurrency(definition_, kpi_, value); }

  std::string Meaning() const {
    std::vector<std::string> levels;
    for (const LevelId level : alert_.per) levels.push_back(definition_.levels[level].name);
    std::string text = absl::StrCat("It watches `", kpi_.name, "` ", Over(), ", by ",
                                    absl::StrJoin(levels, " and "), ".");
    for (const DimensionId split : kpi_.split) {
      absl::StrAppend(&text, " Each ", definition_.dimensions[split].name,
                      " is watched by itself.");
    }
    if (!kpi_.help.empty()) absl::StrAppend(&text, "\n", kpi_.help);
    absl::StrAppend(&text, "\n\n", Condition(), "\n");
    if (alert_.baseline.has_value()) {
      absl::StrAppend(&text, "Usual is what the same KPI of the same group was over the ",
                      alert_.baseline->label, " before the window began.\n");
    }
    return absl::StrCat(text, Least());
  }

  std::string Condition() const {
    const char* side = alert_.below ? "below" : "above";
    const char* moved = alert_.below ? "fallen" : "risen";
    switch (alert_.kind) {
      case AlertKind::kBound:
        return absl::StrCat("It is active while the value is ", side, " ", Shown(alert_.bound),
                            ".");
      case AlertKind::kOfOwn:
        return absl::StrFormat("It is active while the value is %s %.4g %% of what is usual.", side,
                               alert_.bound * 100);
      case AlertKind::kWilson:
        return absl::StrCat(
            "It is active while the ratio is ", side,
            " what is usual, and not by chance: even the near end of its 95 % interval is.");
      case AlertKind::kPoisson:
        return absl::StrCat("It is active while so ", alert_.below ? "few" : "many",
                            " would come about by chance less than once in 40 times.");
      case AlertKind::kCusum:
        return absl::StrCat("It gathers evidence outcome by outcome that the ratio has ", moved,
                            ", and is active once the score has come to the threshold.", Budget());
      case AlertKind::kGoal:
        return GoalLine(definition_.goals[*alert_.goal]);
    }
    return "";
  }

  std::string Budget() const {
    if (alert_.false_pages_per_day <= 0) return "";
    return absl::StrFormat(
        " By chance alone it comes about once in %.0f days, all groups together.",
        1 / alert_.false_pages_per_day);
  }

  std::string GoalLine(const Goal& goal) const {
    return absl::StrFormat(
        "It is active while the goal `%s` is missed: %s on %s, in a straight line to %s on %s.%s",
        goal.name, Shown(goal.from), absl::FormatCivilTime(goal.since), Shown(goal.to),
        absl::FormatCivilTime(goal.by),
        kpi_.kind == KpiKind::kShare
            ? " A ratio misses it once even the near end of its 95 % interval does."
            : "");
  }

  std::string Least() const {
    std::string text;
    if (alert_.outcomes_min > 0) {
      absl::StrAppendFormat(&text, "Fewer than %.0f outcomes in the window wake nobody.\n",
                            alert_.outcomes_min);
    }
    if (alert_.baseline.has_value() && alert_.baseline_outcomes_min > 0) {
      absl::StrAppendFormat(&text, "Nor does a past of fewer than %.0f.\n",
                            alert_.baseline_outcomes_min);
    }
    return text;
  }

  // The words as they were configured.
  std::string Said() const {
    std::string text;
    for (const TextPart& part : alert_.say) absl::StrAppend(&text, Placeholder(part));
    return text;
  }

  std::string Placeholder(const TextPart& part) const {
    switch (part.kind) {
      case TextPart::Kind::kText:
        return part.text;
      case TextPart::Kind::kValue:
        return "{value}";
      case TextPart::Kind::kParts:
        return "{parts}";
      case TextPart::Kind::kOutcomes:
        return "{outcomes}";
      case TextPart::Kind::kBaseline:
        return "{baseline}";
      case TextPart::Kind::kThreshold:
        return alert_.kind == AlertKind::kGoal ? "{target}" : "{threshold}";
      case TextPart::Kind::kScore:
        return "{score}";
      case TextPart::Kind::kGroup:
        return "{group}";
      case TextPart::Kind::kDimension:
        return absl::StrCat("{", definition_.dimensions[part.dimension].name, "}");
      case TextPart::Kind::kKpi:
        return "{kpi}";
      case TextPart::Kind::kWindow:
        return "{window}";
    }
    return "";
  }

  std::string Question() const {
    const char* less = alert_.below ? "less" : "more";
    const char* more = alert_.below ? "more" : "less";
    switch (kpi_.kind) {
      case KpiKind::kShare:
        return absl::StrCat("Is there ", less, " of `", definition_.kpis[kpi_.numerator].name,
                            "`, or ", more, " of the rest of `",
                            definition_.kpis[kpi_.denominator].name,
                            "`? The ratio moves by either.\n");
      case KpiKind::kCount:
        return absl::StrCat("Does ", less, " happen, or is it recorded ",
                            alert_.below ? "later" : "sooner", " than usual?\n");
      case KpiKind::kSum:
        return absl::StrCat("Is it ", alert_.below ? "fewer" : "more", " of them, or ",
                            alert_.below ? "smaller" : "larger", " ones?\n");
      case KpiKind::kLevel:
      case KpiKind::kAge:
        return absl::StrCat("Did ", less, " come in, or did ", more,
                            " go out? `--from` below tells.\n");
      case KpiKind::kDurations:
        return absl::StrCat(
            "All of them, or a few that took very ", alert_.below ? "short" : "long",
            "? The alert judges the mean, which a few can move; p50 and p90 stand beside it.\n");
      case KpiKind::kFormula:
        return absl::StrCat("Which of its parts moved: ", Parts(), "?\n");
    }
    return "";
  }

  std::string Parts() const {
    std::set<std::string> names;
    for (const FormulaNode& node : kpi_.formula) {
      if (node.kind == FormulaNode::Kind::kKpi) {
        names.insert(absl::StrCat("`", definition_.kpis[node.kpi].name, "`"));
      }
    }
    return absl::StrJoin(names, ", ");
  }

  std::string Seeing() const {
    const std::string of = absl::StrCat("{alert=\"", alert_.name, "\"}`");
    std::string text = absl::StrCat("- The board's list of alerts, or `sales_alert_value", of);
    if (alert_.baseline.has_value()) absl::StrAppend(&text, ", `sales_alert_baseline", of);
    absl::StrAppend(&text, ", `sales_alert_threshold", of, ".\n");
    if (alert_.kind == AlertKind::kCusum) {
      absl::StrAppend(&text, "- `sales_alert_score", of,
                      ": how the evidence gathered. Steep is a sudden change, flat a slow one.\n");
    }
    absl::StrAppend(
        &text, "- The KPI itself",
        alert_.window.has_value() ? absl::StrCat(", `window=\"", alert_.window->label, "\"`") : "",
        ":");
    for (const LevelId level : alert_.per) {
      for (const SeriesPart& part : SeriesPartsOf(kpi_)) {
        absl::StrAppend(&text, " `sales_", definition_.levels[level].name, "_", kpi_.name,
                        part.suffix, "`");
      }
    }
    absl::StrAppend(&text,
                    ".\n- The deals, or what else it is made of, and with `--from` what moved it "
                    "since:\n\n```sh\n");
    return absl::StrCat(text, Commands(kpi_), "```\n", Details());
  }

  std::string Details() const {
    if (!alert_.details.has_value()) return "";
    const Kpi& details = definition_.kpis[*alert_.details];
    return absl::StrCat("\nThe largest of `", details.name, "` come first here:\n\n```sh\n",
                        Commands(details), "```\n");
  }

  // One for each level that is watched.
  std::string Commands(const Kpi& kpi) const {
    std::string text;
    for (const LevelId id : alert_.per) {
      const Level& level = definition_.levels[id];
      absl::StrAppend(&text, "takt explain ", kpi.name, " --level ", level.name);
      if (level.dimension.has_value()) absl::StrAppend(&text, " --group ", Group(*level.dimension));
      for (const DimensionId split : kpi.split) {
        const std::string& name = definition_.dimensions[split].name;
        absl::StrAppend(&text, " --split ", name, "=", absl::AsciiStrToUpper(name));
      }
      if (alert_.window.has_value())
        absl::StrAppend(&text, " --window ", Word(alert_.window->label));
      if (api_ != ServerAddress().url) absl::StrAppend(&text, " --server ", api_);
      text += "\n";
    }
    return text;
  }

  // What stands for the group of the page: its name where there is one alone.
  std::string Group(DimensionId id) const {
    const Dimension& dimension = definition_.dimensions[id];
    if (alert_.only_value.has_value()) return Word(dimension.values[*alert_.only_value]);
    return absl::AsciiStrToUpper(dimension.name);
  }

  std::string Doing() const {
    std::vector<std::string> steps = {
        "Are the numbers whole? Look at \"data as of\" and the dead letters on the board, or at "
        "`takt status`.",
        "Answer the first question by the deals above. Many of them changed in one go, by one "
        "person or an "
        "import, is housekeeping, not a turn.",
    };
    if (alert_.per.size() > 1 || !alert_.only_value.has_value()) {
      steps.push_back(
          "One group alone: who leads it has the deals in hand. All of them: price, product or "
          "season.");
    }
    steps.push_back(
        "What was recorded wrongly is corrected where it was recorded; the number follows within "
        "seconds.");
    steps.push_back(Tuning());
    std::string text;
    for (size_t i = 0; i < steps.size(); ++i) absl::StrAppend(&text, i + 1, ". ", steps[i], "\n");
    return text;
  }

  std::string Tuning() const {
    const char* key = alert_.below ? "`below`" : "`above`";
    if (alert_.kind == AlertKind::kCusum)
      key = alert_.threshold.has_value() ? "`threshold`" : "`false_pages`";
    if (alert_.kind == AlertKind::kWilson || alert_.kind == AlertKind::kPoisson)
      key = "`over` or `min_outcomes`";
    if (alert_.kind == AlertKind::kGoal) key = "the goal's line";
    return absl::StrCat("It tells too often, or too late: change ", key, " of the alert `",
                        alert_.name, "` in the configuration.");
  }

  std::string Silencing() const {
    std::string text =
        "When the cause is known and passes by itself: a clean-up of old deals, holidays, a stage "
        "that was "
        "renamed.";
    if (alert_.window.has_value()) {
      absl::StrAppend(&text, " It passes once it has left the window (", alert_.window->label,
                      ").");
    }
    absl::StrAppend(
        &text,
        "\nNot before somebody has looked at the deals.\n\n```sh\namtool silence add alertname=",
        RuleName(alert_));
    const std::optional<DimensionId> dimension = definition_.levels[alert_.per.back()].dimension;
    if (dimension.has_value()) {
      absl::StrAppend(&text, " ", definition_.dimensions[*dimension].label, "=", Group(*dimension));
    }
    return absl::StrCat(text, " --duration=7d --comment='WHY'\n```\n");
  }

  const Definition& definition_;
  const Alert& alert_;
  const Kpi& kpi_;
  const std::string& api_;
};

}  // namespace

std::string Runbook(const Definition& definition, const Alert& alert, const std::string& api) {
  return RunbookWriter(definition, alert, api).Write();
}

std::optional<std::string> RunbookOfPath(const Definition& definition, absl::string_view path) {
  if (!absl::ConsumePrefix(&path, kFolder) || !absl::ConsumeSuffix(&path, ".md"))
    return std::nullopt;
  for (const Alert& alert : definition.alerts) {
    if (path == RuleName(alert)) return Runbook(definition, alert, ServerAddress().url);
  }
  return std::nullopt;
}

}  // namespace takt
