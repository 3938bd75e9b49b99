// What is wrong with formulas, goals, and several things at once.
// Each case is a configuration and all that is said of it, with line and column.
#include "tests/settings/error_case.h"

namespace takt {
namespace {

const ErrorCase kCases[] = {
    {.name = "FormulaEquals",
     .yaml = "kpis:\n"
             "  a: {count: deal}\n"
             "  b: {formula: \"a = 7\"}\n",
     .problems = {"t.yaml:6:19: kpis.b.formula: \"=\" has no meaning in a formula"}},
    {.name = "FormulaEnds",
     .yaml = "kpis:\n"
             "  a: {count: deal}\n"
             "  b: {formula: a +}\n",
     .problems = {"t.yaml:6:19: kpis.b.formula: the formula ends too early"}},
    {.name = "FormulaKpi",
     .yaml = "kpis:\n"
             "  won: {count: deal}\n"
             "  b: {formula: 2 * wn}\n",
     .problems = {"t.yaml:6:20: kpis.b.formula: unknown KPI \"wn\"; did you mean \"won\"?"}},
    {.name = "FormulaUnits",
     .yaml = "kpis:\n"
             "  a: {count: deal}\n"
             "  m: {sum: deal.amount}\n"
             "  b: {formula: \"m / a + m\"}\n",
     .problems = {"t.yaml:7:23: kpis.b.formula: \"+\" needs equal units: money/deal and money"}},
    {.name = "FormulaFunction",
     .yaml = "kpis:\n"
             "  a: {count: deal}\n"
             "  b: {formula: median(a)}\n",
     .problems = {"t.yaml:6:16: kpis.b.formula: unknown function \"median\"; known: mean, total, "
                  "count, p50, p90, lower, upper, min, max"}},
    {.name = "FormulaMeanOfCount",
     .yaml = "kpis:\n"
             "  a: {count: deal}\n"
             "  b: {formula: mean(a)}\n",
     .problems = {"t.yaml:6:16: kpis.b.formula: mean is of durations, and \"a\" is none"}},
    {.name = "FormulaBracket",
     .yaml = "kpis:\n"
             "  a: {count: deal}\n"
             "  b: {formula: \"a[90 days]\"}\n",
     .problems = {"t.yaml:6:19: kpis.b.formula: \"90 days\" is neither a window, nor like 30d ago, "
                  "nor a level; known: company, deal_stage, pipeline"}},
    {.name = "FormulaBracketLevel",
     .yaml = "kpis:\n"
             "  a: {count: deal}\n"
             "  b: {formula: \"a[compny]\"}\n",
     .problems = {"t.yaml:6:19: kpis.b.formula: \"compny\" is neither a window, nor like 30d ago, "
                  "nor a level; did you mean \"company\"?"}},
    {.name = "FormulaBracketOpen",
     .yaml = "kpis:\n"
             "  a: {count: deal}\n"
             "  b: {formula: \"a[90d\"}\n",
     .problems = {"t.yaml:6:18: kpis.b.formula: the bracket is not closed"}},
    {.name = "FormulaWindowOfLevel",
     .yaml = "kpis:\n"
             "  a: {level: deal}\n"
             "  b: {formula: \"a[90d]\"}\n",
     .problems = {"t.yaml:6:19: kpis.b.formula: \"a\" is a level: it has no window"}},
    {.name = "FormulaTwice",
     .yaml = "kpis:\n"
             "  a: {count: deal}\n"
             "  b: {formula: \"a[90d, 28d]\"}\n",
     .problems = {"t.yaml:6:24: kpis.b.formula: \"28d\": said twice in one bracket"}},
    {.name = "FormulaConstant",
     .yaml = "kpis:\n"
             "  b: {formula: 1 + 1}\n",
     .problems = {"t.yaml:5:16: kpis.b.formula: a formula needs at least one KPI"}},
    {.name = "FormulaOtherLevel",
     .yaml = "dimensions:\n"
             "  team: {values: [x]}\n"
             "  region: {values: [y]}\n"
             "kpis:\n"
             "  a: {count: deal}\n"
             "  b: {formula: \"a / a[region]\", over: 28d, per: team}\n",
     .problems = {"t.yaml:9:3: kpis.b: in the formula of \"b\", [region] has no one value per "
                  "team: only [company] has one everywhere"}},
    {.name = "FormulaMultiLine",
     .yaml = "kpis:\n"
             "  a: {count: deal}\n"
             "  b:\n"
             "    formula: >-\n"
             "      a +\n"
             "      wn\n",
     .problems = {"t.yaml:7:14: kpis.b.formula: unknown KPI \"wn\"; known: a, b"}},
    {.name = "GoalKpi",
     .yaml = "kpis:\n"
             "  won: {count: deal, over: 28d}\n"
             "goals:\n"
             "  g: {kpi: wn}\n",
     .problems = {"t.yaml:7:3: goals.g: needs `by`", "t.yaml:7:3: goals.g: needs `to`",
                  "t.yaml:7:12: goals.g.kpi: unknown KPI \"wn\"; did you mean \"won\"?"}},
    {.name = "VisitWithoutPipelines",
     .with_objects = false,
     .yaml = "objects: {lead: {}}\n"
             "kpis:\n"
             "  a: {count: visit}\n",
     .problems = {"t.yaml:3:14: kpis.a.count: \"visit\" needs an object with pipelines"}},
    {.name = "FiveMistakes",
     .yaml = "calendar: {time_zone: Europe/Pari}\n"
             "kpis:\n"
             "  won: {count: deal, at: wonn}\n"
             "  closed: {count: deal, at: [won, lost], over: [28d, 3x]}\n"
             "  win_ratio: {share: won, of: closd, over: 28d}\n"
             "  booked: {sum: deal.amount, att: won}\n",
     .problems =
         {"t.yaml:4:23: calendar.time_zone: no such time zone (names are IANA's, such as "
          "Europe/Paris; the package tzdata must be installed): 'Europe/Pari'",
          "t.yaml:6:26: kpis.won.at: unknown moment of deal \"wonn\"; did you mean \"won\"?",
          "t.yaml:7:54: kpis.closed.over[1]: not a window; write 90m, 24h (at most 366 "
          "days), 7d, 12w (at most 4000 days), day, week, month, quarter, year, "
          "fiscal_quarter, fiscal_year, previous month (or another of these), last 100 "
          "(at most 100000) or all: '3x'",
          "t.yaml:8:31: kpis.win_ratio.of: unknown KPI \"closd\"; did you mean \"closed\"?",
          "t.yaml:9:30: kpis.booked.att: unknown key \"att\"; did you mean \"at\"?"}},
};

INSTANTIATE_TEST_SUITE_P(FormulaErrors, ErrorTest, ::testing::ValuesIn(kCases), ErrorCaseName);

}  // namespace
}  // namespace takt
