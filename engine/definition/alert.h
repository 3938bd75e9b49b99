// Alerts as compiled: when a KPI's value asks for somebody, who that is and what is said.
//
// An alert watches every group of its levels, the groups with an unknown value left out: nobody is
// responsible for those. What it compares (k successes among n outcomes of the window, the baseline
// b = K/N of the window `baseline` that ends where the window begins):
//
//   kBound    the value is beyond `bound`
//   kOfOwn    the value is beyond `bound` times the own baseline (sums and counts by length of time)
//   kWilson   the near end of the 95 % interval of k/n is beyond b
//   kCusum    the score of the outcomes of the window, in order of time, has come to the threshold
//   kPoisson  a count so small (or large) has a chance of less than 2.5 % where the baseline's rate holds
//   kGoal     the value, of a share the near end of its interval, is on the wrong side of the goal's line
//
// kWilson, kCusum and kPoisson also ask that the latest quarter of the window is still beyond the
// baseline, so that they end soon after things are well again.
//
// All kinds are silent where a value is undefined, and where there are fewer outcomes than
// `outcomes_min` in the window or `baseline_outcomes_min` in the baseline.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/definition/goal.h"

namespace takt {

using AlertId = uint16_t;

enum class AlertKind : uint8_t { kBound, kOfOwn, kWilson, kCusum, kPoisson, kGoal };
enum class Severity : uint8_t { kPage, kTicket };

struct TextPart {  // of what an alert says
  enum class Kind : uint8_t {
    kText,
    kValue,
    kParts,     // "9 of 60"
    kOutcomes,  // n
    kBaseline,
    kThreshold,
    kScore,
    kGroup,      // "north", "north, proposal"; the organisation's name for the company
    kDimension,  // the group's value of one dimension
    kKpi,
    kWindow,
  };
  Kind kind = Kind::kText;
  std::string text;           // kText
  DimensionId dimension = 0;  // kDimension
};

struct Alert {
  std::string name;
  KpiId kpi = 0;
  std::optional<Window> window;  // none: the KPI is of now
  std::vector<LevelId> per;
  AlertKind kind = AlertKind::kBound;
  bool below = true;  // false: it is active above
  double bound = 0;   // kBound: in the units of the page; kOfOwn: a factor

  std::optional<Window> baseline;      // a window of its own that ends where `window` begins
  std::optional<Window> short_window;  // the latest quarter of `window`
  double outcomes_min = 0;
  double baseline_outcomes_min = 0;

  // kCusum: scores are log likelihood ratios of b against the ratio after a change: `change_to`, or
  // half the odds of b (twice the odds for a rise).
  std::optional<double> change_to;
  std::optional<double> threshold;  // as stated; else from the budget
  double false_pages_per_day = 0;   // of all groups together, on average

  std::optional<GoalId> goal;                // kGoal
  std::optional<DimensionValue> only_value;  // kGoal: the one group that the goal is for

  Severity severity = Severity::kPage;
  std::string receiver;
  std::vector<TextPart> say;
  // A page also leads to what this KPI is made of, at the same group and window: the amount of the
  // lost deals of a win ratio.
  std::optional<KpiId> details;
};

// The name of the alert in Prometheus: win_ratio_fell is SalesWinRatioFell.
std::string RuleName(const Alert& alert);

// "page" or "ticket".
const char* SeverityName(Severity severity);

}  // namespace takt
