// What is wrong with goals, alerts and receivers.
// Each case is a configuration and all that is said of it, with line and column.
#include "tests/settings/error_case.h"

namespace takt {
namespace {

#define KPIS                                                 \
  "kpis:\n"                                                  \
  "  won: {count: deal, at: won}\n"                          \
  "  closed: {count: deal, at: [won, lost]}\n"               \
  "  ratio: {share: won, of: closed, over: 28d}\n"           \
  "  open_deals: {level: deal, while: open, per: company}\n" \
  "  cycle: {durations: deal, to: won, over: 28d}\n"         \
  "  speed: {formula: won / closed, over: 28d}\n"            \
  "receivers: {managers: Those who lead}\n"

const ErrorCase kCases[] = {
    {.name = "UnknownKpi",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: rato, below: 20%, over: 28d, page: managers}\n",
     .problems = {"t.yaml:13:12: alerts.a.kpi: unknown KPI \"rato\"; did you mean \"ratio\"?"}},
    {.name = "UnknownDetails",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, below: 20%, over: 28d, page: managers, details: spead}\n",
     .problems = {"t.yaml:13:67: alerts.a.details: unknown KPI \"spead\"; did you mean "
                  "\"speed\"?"}},
    {.name = "DetailsOfAnotherWindow",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, below: 20%, over: 90d, page: managers, details: speed}\n",
     .problems = {"t.yaml:13:67: alerts.a.details: \"speed\" has no value for each group of the "
                  "alert over 90d: add that to its `over` and `per`"}},
    {.name = "UnknownLevel",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, below: 20%, over: 28d, per: [copany], page: managers}\n",
     .problems =
         {"t.yaml:13:48: alerts.a.per[0]: unknown level \"copany\"; did you mean \"company\"?"}},
    {.name = "NoCondition",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, over: 28d, page: managers}\n",
     .problems =
         {"t.yaml:13:3: alerts.a: say one of below, above, falls_below, rises_above or behind"}},
    {.name = "TwoConditions",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, over: 28d, below: 20%, above: 30%, page: managers}\n",
     .problems = {"t.yaml:13:42: alerts.a.above: `above` does not go with `below`"}},
    {.name = "ShortBaseline",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, over: 28d, falls_below: own 83d, page: managers}\n",
     .problems = {"t.yaml:13:43: alerts.a.falls_below: the baseline 83d is shorter than three "
                  "windows of 28d: take a longer one, or a shorter window"}},
    {.name = "BaselineOfOutcomes",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, over: 28d, falls_below: own last 400, page: managers}\n",
     .problems = {"t.yaml:13:25: alerts.a.over: the window \"28d\" does not go with the baseline "
                  "\"last 400\": both are lengths of time, or both `last n`"}},
    {.name = "BaselineOfPeriods",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, over: 28d, falls_below: own year, page: managers}\n",
     .problems = {"t.yaml:13:43: alerts.a.falls_below: a baseline rolls: 90d, 2000h or last 400, "
                  "not year"}},
    {.name = "WindowOfPeriods",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, over: month, falls_below: own 90d, page: managers}\n",
     .problems = {"t.yaml:13:25: alerts.a.over: the window \"month\" does not go with the baseline "
                  "\"90d\": both are lengths of time, or both `last n`"}},
    {.name = "FallOfAValue",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, over: 28d, falls_below: 20%, page: managers}\n",
     .problems = {"t.yaml:13:43: alerts.a.falls_below: is against the own past: own 90d; for a "
                  "value say `below`"}},
    {.name = "FallOfAPart",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, over: 28d, falls_below: 80% of own 90d, page: managers}\n",
     .problems = {"t.yaml:13:43: alerts.a.falls_below: \"80% of own 90d\" is not like \"own 90d\"; "
                  "a part of it goes with `below`"}},
    {.name = "BoundOfTheWholePast",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, over: 28d, below: own 90d, page: managers}\n",
     .problems = {"t.yaml:13:37: alerts.a.below: \"own 90d\" is not like \"80% of own 90d\""}},
    {.name = "FormulaHasNoPast",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: speed, over: 28d, below: 80% of own 90d, page: managers}\n",
     .problems = {"t.yaml:13:37: alerts.a.below: \"speed\" has no own past to compare with: only "
                  "counts, sums, shares and durations over windows have one"}},
    {.name = "LevelHasNoPast",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: open_deals, falls_below: own 90d, page: managers}\n",
     .problems = {"t.yaml:13:37: alerts.a.falls_below: \"open_deals\" has no own past to compare "
                  "with: only counts, sums, shares and durations over windows have one"}},
    {.name = "FallOfDurations",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: cycle, over: 28d, rises_above: own 90d, page: managers}\n",
     .problems = {"t.yaml:13:43: alerts.a.rises_above: goes with shares and counts; say `above: "
                  "125% of own 90d`"}},
    {.name = "NoWindow",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, below: 20%, page: managers}\n",
     .problems = {"t.yaml:13:3: alerts.a: needs `over`: the window of \"ratio\", such as 28d"}},
    {.name = "WindowOfALevel",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: open_deals, over: 28d, below: 20, page: managers}\n",
     .problems = {"t.yaml:13:30: alerts.a.over: \"open_deals\" is of now and has no window: leave "
                  "`over` out"}},
    {.name = "LastOfACount",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: closed, over: last 10, below: 20, page: managers}\n",
     .problems = {"t.yaml:13:26: alerts.a.over: \"last 10\" goes with shares"}},
    {.name = "NoShare",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, over: 28d, below: 20, page: managers}\n",
     .problems =
         {"t.yaml:13:37: alerts.a.below: \"20\" is not a share from 0 to 1, such as 24% or 0.24"}},
    {.name = "NoLengthOfTime",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: cycle, over: 28d, above: 60, page: managers}\n",
     .problems = {"t.yaml:13:37: alerts.a.above: \"60\" is not a length of time such as 60d"}},
    {.name = "NoNumber",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: closed, over: 28d, below: few, page: managers}\n",
     .problems = {"t.yaml:13:38: alerts.a.below: \"few\" is not a number in deal, such as 1500"}},
    {.name = "BudgetOfNothing",
     .yaml =
         KPIS "alerts:\n"
              "  a: {kpi: ratio, falls_below: own 90d, false_pages: 0 per year, page: managers}\n",
     .problems = {"t.yaml:13:54: alerts.a.false_pages: no threshold keeps to 0 per year: any test "
                  "errs now and then; say how often is bearable"}},
    {.name = "BudgetTooSmallForItsWindow",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, over: last 10, falls_below: own last 400, min_outcomes: 5, "
                  "false_pages: 0.00001 per year, page: managers}\n",
     .problems =
         {"t.yaml:13:91: alerts.a.false_pages: no threshold over last 10 keeps to 0.00001 per "
          "year: more than 10 failures in a row would be needed; take a longer window"}},
    {.name = "BudgetPeriod",
     .yaml = KPIS
     "alerts:\n"
     "  a: {kpi: ratio, falls_below: own 90d, false_pages: 1 per quater, page: managers}\n",
     .problems = {"t.yaml:13:54: alerts.a.false_pages: unknown period \"quater\"; did you mean "
                  "\"quarter\"?"}},
    {.name = "BudgetWords",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, falls_below: own 90d, false_pages: few, page: managers}\n",
     .problems = {"t.yaml:13:54: alerts.a.false_pages: \"few\" is not like \"1 per quarter\""}},
    {.name = "BudgetOfACount",
     .yaml =
         KPIS "alerts:\n"
              "  a: {kpi: closed, falls_below: own 90d, false_pages: 1 per year, page: managers}\n",
     .problems = {"t.yaml:13:55: alerts.a.false_pages: goes with shares alone"}},
    {.name = "BudgetAndThreshold",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, falls_below: own 90d, false_pages: 1 per year, threshold: 5, "
                  "page: managers}\n",
     .problems = {"t.yaml:13:66: alerts.a.threshold: `threshold` does not go with `false_pages`"}},
    {.name = "BudgetOfABound",
     .yaml =
         KPIS "alerts:\n"
              "  a: {kpi: ratio, over: 28d, below: 20%, false_pages: 1 per year, page: managers}\n",
     .problems = {"t.yaml:13:42: alerts.a.false_pages: `false_pages` goes with the fall or rise of "
                  "a share against its own past"}},
    {.name = "ChangeWithoutABudget",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, falls_below: own 90d, to: 10%, page: managers}\n",
     .problems = {"t.yaml:13:41: alerts.a.to: `to` goes with the fall or rise of a share against "
                  "its own past and with `false_pages` or `threshold`"}},
    {.name = "OutcomesOfALevel",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: open_deals, below: 20, min_outcomes: 5, page: managers}\n",
     .problems = {"t.yaml:13:35: alerts.a.min_outcomes: \"open_deals\" has no outcomes to count"}},
    {.name = "MoreOutcomesThanTheWindow",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, over: last 20, below: 20%, page: managers}\n",
     .problems = {"t.yaml:13:3: alerts.a: over last 20 there are never 30 outcomes: say a smaller "
                  "min_outcomes"}},
    {.name = "UnknownReceiver",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, over: 28d, below: 20%, page: manager}\n",
     .problems =
         {"t.yaml:13:48: alerts.a.page: unknown receiver \"manager\"; did you mean \"managers\"?"}},
    {.name = "NobodyIsTold",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, over: 28d, below: 20%}\n",
     .problems = {"t.yaml:13:3: alerts.a: say who is told: one of `page` (acts today) and `ticket` "
                  "(reads a digest)"}},
    {.name = "PageAndTicket",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, over: 28d, below: 20%, page: managers, ticket: managers}\n",
     .problems = {"t.yaml:13:58: alerts.a.ticket: say who is told: one of `page` (acts today) and "
                  "`ticket` (reads a digest)"}},
    {.name = "UnknownPlaceholder",
     .yaml = KPIS
     "alerts:\n"
     "  a: {kpi: ratio, over: 28d, below: 20%, page: managers, say: '{valu} of {parts}'}\n",
     .problems =
         {"t.yaml:13:63: alerts.a.say: unknown placeholder \"valu\"; did you mean \"value\"?"}},
    {.name = "PlaceholderOfAnotherKind",
     .yaml = KPIS
     "alerts:\n"
     "  a: {kpi: ratio, over: 28d, below: 20%, page: managers, say: 'usually {baseline}'}\n",
     .problems = {"t.yaml:13:63: alerts.a.say: unknown placeholder \"baseline\"; known: group, "
                  "kpi, outcomes, parts, threshold, value, window"}},
    {.name = "OpenBrace",
     .yaml = KPIS "alerts:\n"
                  "  a: {kpi: ratio, over: 28d, below: 20%, page: managers, say: '{value'}\n",
     .problems = {"t.yaml:13:63: alerts.a.say: a brace without its other one; placeholders are "
                  "written {value}"}},
    {.name = "UnknownGoal",
     .yaml = KPIS "alerts:\n"
                  "  a: {behind: more, page: managers}\n",
     .problems = {"t.yaml:13:15: alerts.a.behind: unknown goal \"more\""}},
    {.name = "BehindHasItsKpi",
     .yaml = KPIS "alerts:\n"
                  "  a: {behind: more, kpi: ratio, page: managers}\n",
     .problems = {"t.yaml:13:21: alerts.a.kpi: `kpi` does not go with `behind`: the goal says it"}},
    {.name = "GoalBeforeItsStart",
     .yaml = KPIS "goals:\n"
                  "  g: {kpi: ratio, over: 28d, to: 30%, since: 2026-06-01, by: 2026-05-31}\n",
     .problems =
         {"t.yaml:13:62: goals.g.by: 2026-05-31 is not after the start of the goal, 2026-06-01"}},
    {.name = "GoalWithoutEnd",
     .yaml = KPIS "goals:\n"
                  "  g: {kpi: ratio, over: 28d, to: 30%}\n",
     .problems = {"t.yaml:13:3: goals.g: needs `by`"}},
    {.name = "GoalOfNoShare",
     .yaml = KPIS "goals:\n"
                  "  g: {kpi: ratio, over: 28d, to: 30, by: 2026-12-31}\n",
     .problems =
         {"t.yaml:13:34: goals.g.to: \"30\" is not a share from 0 to 1, such as 24% or 0.24"}},
    {.name = "GoalForNobody",
     .yaml = KPIS "goals:\n"
                  "  g: {kpi: ratio, over: 28d, to: 30%, by: 2026-12-31, for: regin}\n",
     .problems = {"t.yaml:13:60: goals.g.for: unknown level \"regin\"; known: company, "
                  "deal_stage, pipeline"}},
    {.name = "GoalForAValueOfTheCompany",
     .yaml = KPIS "goals:\n"
                  "  g: {kpi: ratio, over: 28d, to: 30%, by: 2026-12-31, for: company north}\n",
     .problems = {"t.yaml:13:60: goals.g.for: \"company\" has no values"}},
    {.name = "GoalWithoutWindow",
     .yaml = KPIS "goals:\n"
                  "  g: {kpi: ratio, to: 30%, by: 2026-12-31}\n",
     .problems = {"t.yaml:13:3: goals.g: needs `over`: the window of \"ratio\", such as 28d"}},
    {.name = "GoalDirection",
     .yaml = KPIS "goals:\n"
                  "  g: {kpi: ratio, over: 28d, to: 30%, by: 2026-12-31, better: up}\n",
     .problems = {"t.yaml:13:63: goals.g.better: \"up\" is not one of higher, lower"}},
    {.name = "TwoAlertsOfOneRule",
     .yaml = KPIS "alerts:\n"
                  "  low_ratio: {kpi: ratio, over: 28d, below: 20%, page: managers}\n"
                  "  low__ratio: {kpi: ratio, over: 28d, below: 20%, page: managers}\n",
     .problems = {"t.yaml:14:3: alerts.low__ratio: the Prometheus rule SalesLowRatio would also be "
                  "that of another alert"}},
};

INSTANTIATE_TEST_SUITE_P(WatchErrors, ErrorTest, ::testing::ValuesIn(kCases), ErrorCaseName);

}  // namespace
}  // namespace takt
