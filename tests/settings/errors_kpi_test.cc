// What is wrong with KPIs: conditions, verbs, shares and exports.
// Each case is a configuration and all that is said of it, with line and column.
#include "tests/settings/error_case.h"

namespace takt {
namespace {

const ErrorCase kCases[] = {
    {.name = "StageValue",
     .yaml = "kpis:\n"
             "  a: {count: deal, where: {stage: wonn}}\n",
     .problems =
         {"t.yaml:5:35: kpis.a.where.stage: unknown value \"wonn\"; did you mean \"won\"?"}},
    {.name = "MoreSeriesThanTheBound",
     .yaml = "kpis:\n"
             "  a: {count: deal, over: [28d, 90d]}\n"
             "engine: {series_max: 1}\n",
     .problems = {"t.yaml:4:1: kpis: up to 2 series, more than engine.series_max (1): leave out "
                  "windows, levels or splits, or raise it"}},
    {.name = "LevelBesideAnotherMistake",
     .yaml = "kpis:\n"
             "  a: {share: won, of: closd, over: 28d, per: [copany]}\n",
     .problems =
         {"t.yaml:5:14: kpis.a.share: unknown KPI \"won\"; known: a",
          "t.yaml:5:23: kpis.a.of: unknown KPI \"closd\"; known: a",
          "t.yaml:5:47: kpis.a.per[0]: unknown level \"copany\"; did you mean \"company\"?"}},
    {.name = "TextOrder",
     .with_objects = false,
     .yaml = "objects:\n"
             "  lead: {fields: {city: text}}\n"
             "kpis:\n"
             "  a: {count: lead, where: {city: \"> 5\"}}\n",
     .problems = {"t.yaml:4:34: kpis.a.where.city: a text has no order: use a value or a list"}},
    {.name = "NotANumber",
     .yaml = "kpis:\n"
             "  a: {count: deal, where: {amount: lots}}\n",
     .problems = {"t.yaml:5:36: kpis.a.where.amount: \"lots\" is not a number"}},
    {.name = "Decimals",
     .yaml = "kpis:\n"
             "  a: {count: deal, where: {amount: \"> 1.234\"}}\n",
     .problems =
         {"t.yaml:5:36: kpis.a.where.amount: \"1.234\" is not possible: at most 2 decimals"}},
    {.name = "NullBeside",
     .yaml = "kpis:\n"
             "  a: {count: deal, where: {city: [null, Paris]}}\n",
     .problems = {"t.yaml:5:34: kpis.a.where.city: null cannot stand beside other values: use "
                  "{not: [...]} or two moments"}},
    {.name = "ConditionMap",
     .yaml = "kpis:\n"
             "  a: {count: deal, where: {city: {is: Paris}}}\n",
     .problems = {"t.yaml:5:35: kpis.a.where.city.is: unknown key \"is\"; known: not"}},
    {.name = "VerbNone",
     .yaml = "kpis:\n"
             "  a: {at: won}\n",
     .problems = {"t.yaml:5:3: kpis.a: say one of count, sum, durations, level, share or formula"}},
    {.name = "VerbTwo",
     .yaml = "kpis:\n"
             "  a: {count: deal, level: deal}\n",
     .problems = {"t.yaml:5:20: kpis.a.level: `level` does not go with `count`"}},
    {.name = "KeyOfOtherVerb",
     .yaml = "kpis:\n"
             "  a: {count: deal, while: open}\n",
     .problems = {"t.yaml:5:20: kpis.a.while: `while` does not go with count; it goes with level"}},
    {.name = "LevelOver",
     .yaml = "kpis:\n"
             "  a: {level: deal, over: 28d}\n",
     .problems = {"t.yaml:5:20: kpis.a.over: a level has no window: leave `over` out, `per` is "
                  "enough to export it"}},
    {.name = "ObjectUnknown",
     .yaml = "kpis:\n"
             "  a: {count: dael}\n",
     .problems = {"t.yaml:5:14: kpis.a.count: unknown object \"dael\"; did you mean \"deal\"?"}},
    {.name = "MomentUnknown",
     .yaml = "kpis:\n"
             "  a: {count: deal, at: woon}\n",
     .problems =
         {"t.yaml:5:24: kpis.a.at: unknown moment of deal \"woon\"; did you mean \"won\"?"}},
    {.name = "StateUnknown",
     .yaml = "kpis:\n"
             "  a: {level: deal, while: opne}\n",
     .problems =
         {"t.yaml:5:27: kpis.a.while: unknown state of deal \"opne\"; did you mean \"open\"?"}},
    {.name = "StateAgo",
     .yaml = "kpis:\n"
             "  a: {level: deal, while: open since}\n",
     .problems = {"t.yaml:5:27: kpis.a.while: \"open since\" is not like \"active 365d ago\""}},
    {.name = "SumNoField",
     .yaml = "kpis:\n"
             "  a: {sum: deal}\n",
     .problems = {"t.yaml:5:12: kpis.a.sum: say of which field: sum: deal.amount"}},
    {.name = "SumText",
     .yaml = "kpis:\n"
             "  a: {sum: deal.stage}\n",
     .problems = {"t.yaml:5:12: kpis.a.sum: \"stage\" is neither money nor a number"}},
    {.name = "CountField",
     .yaml = "kpis:\n"
             "  a: {count: deal.amount}\n",
     .problems = {"t.yaml:5:14: kpis.a.count: takes an object, visit or reach, not its field "
                  "\"amount\""}},
    {.name = "MoneySquared",
     .yaml = "kpis:\n"
             "  a: {sum: deal.amount * deal.price}\n",
     .problems = {"t.yaml:5:12: kpis.a.sum: money times money has no meaning"}},
    {.name = "ProductOfObjects",
     .yaml = "kpis:\n"
             "  a: {sum: deal.amount * lead.score}\n",
     .problems = {"t.yaml:5:12: kpis.a.sum: a product is of two fields of one object"}},
    {.name = "DurationsNoTo",
     .yaml = "kpis:\n"
             "  a: {durations: deal}\n",
     .problems = {"t.yaml:5:3: kpis.a: `durations` needs `to`: the moment of the end"}},
    {.name = "Within",
     .yaml = "kpis:\n"
             "  a: {count: deal, within: 90d after created}\n",
     .problems =
         {"t.yaml:5:28: kpis.a.within: \"90d after created\" is not like \"90d of created\""}},
    {.name = "CreditUnknown",
     .yaml = "kpis:\n"
             "  a: {count: deal, credit: ower}\n",
     .problems =
         {"t.yaml:5:28: kpis.a.credit: unknown object \"ower\"; known: deal, lead, current"}},
    {.name = "CreditNotOrigin",
     .yaml = "kpis:\n"
             "  a: {count: lead, credit: deal}\n",
     .problems = {"t.yaml:5:28: kpis.a.credit: the moment \"created\" of lead does not come from "
                  "\"deal\""}},
    {.name = "OncePerWindowSum",
     .yaml = "kpis:\n"
             "  a: {sum: deal.amount, once_per: window}\n",
     .problems = {"t.yaml:5:35: kpis.a.once_per: once_per: window goes with count; a sum may say "
                  "day, week, month ..."}},
    {.name = "ShareUnknown",
     .yaml = "kpis:\n"
             "  closed: {count: deal, at: [won, lost]}\n"
             "  won: {count: deal, at: won}\n"
             "  r: {share: won, of: closd}\n",
     .problems = {"t.yaml:7:23: kpis.r.of: unknown KPI \"closd\"; did you mean \"closed\"?"}},
    {.name = "ShareNoOf",
     .yaml = "kpis:\n"
             "  won: {count: deal, at: won}\n"
             "  r: {share: won}\n",
     .problems = {"t.yaml:6:3: kpis.r: `share` needs `of`: the KPI that is the whole"}},
    {.name = "ShareUnits",
     .yaml = "kpis:\n"
             "  won: {count: deal, at: won}\n"
             "  b: {sum: deal.amount, at: won}\n"
             "  r: {share: won, of: b}\n",
     .problems = {"t.yaml:7:23: kpis.r.of: a share needs equal units: won is in deal, b in money"}},
    {.name = "ShareKinds",
     .yaml = "kpis:\n"
             "  won: {count: deal, at: won}\n"
             "  o: {level: deal, while: open}\n"
             "  r: {share: won, of: o}\n",
     .problems = {"t.yaml:7:23: kpis.r.of: \"won\" and \"o\" must both have windows, or be levels "
                  "both"}},
    {.name = "ShareOfDurations",
     .yaml = "kpis:\n"
             "  won: {count: deal, at: won}\n"
             "  o: {durations: deal, to: won}\n"
             "  r: {share: won, of: o}\n",
     .problems = {"t.yaml:7:23: kpis.r.of: a share is of counts, sums or levels; use a formula "
                  "for the others"}},
    {.name = "KpiCircle",
     .yaml = "kpis:\n"
             "  a: {formula: b + c}\n"
             "  b: {formula: a * 2}\n"
             "  c: {count: deal}\n",
     .problems = {"t.yaml:6:16: kpis.b.formula: a circle of KPIs: a -> b -> a"}},
    {.name = "Window",
     .yaml = "kpis:\n"
             "  a: {count: deal, over: [28d, 3x]}\n",
     .problems = {"t.yaml:5:32: kpis.a.over[1]: not a window; write 90m, 24h (at most 366 days), "
                  "7d, 12w (at most 4000 days), day, week, month, quarter, year, fiscal_quarter, "
                  "fiscal_year, previous month (or another of these), last 100 (at most 100000) "
                  "or all: '3x'"}},
    {.name = "WindowTwice",
     .yaml = "kpis:\n"
             "  a: {count: deal, over: [28d, 28d]}\n",
     .problems = {"t.yaml:5:32: kpis.a.over[1]: the window \"28d\" stands twice"}},
    {.name = "LevelUnknown",
     .yaml = "kpis:\n"
             "  a: {count: deal, over: 28d, per: tem}\n",
     .problems = {"t.yaml:5:36: kpis.a.per: unknown level \"tem\"; known: company, deal_stage, "
                  "pipeline"}},
    {.name = "SplitUnknown",
     .yaml = "kpis:\n"
             "  a: {count: deal, over: 28d, split: deal_stge}\n",
     .problems = {"t.yaml:5:38: kpis.a.split: unknown dimension \"deal_stge\"; did you mean "
                  "\"deal_stage\"?"}},
    {.name = "SplitAndPer",
     .yaml = "kpis:\n"
             "  a: {count: deal, over: 28d, split: deal_stage, per: deal_stage}\n",
     .problems = {"t.yaml:5:55: kpis.a.per: \"deal_stage\" stands in `split` and in `per`"}},
    {.name = "SplitOfOther",
     .yaml = "kpis:\n"
             "  a: {count: lead, over: 28d, split: deal_stage}\n",
     .problems = {"t.yaml:5:38: kpis.a.split: \"deal_stage\" is of deal, this KPI of lead"}},
    {.name = "NeedsOver",
     .yaml = "kpis:\n"
             "  a: {count: deal, per: company}\n",
     .problems = {"t.yaml:5:3: kpis.a: needs `over`: the windows, such as [28d, month]"}},
    {.name = "FormulaOfLevels",
     .yaml = "kpis:\n"
             "  a: {level: deal}\n"
             "  b: {formula: a / 2, over: 28d}\n",
     .problems = {"t.yaml:6:23: kpis.b.over: is made of levels, which have no window: leave "
                  "`over` out"}},
    {.name = "LastNCount",
     .yaml = "kpis:\n"
             "  a: {count: deal, over: last 100}\n",
     .problems = {"t.yaml:5:26: kpis.a.over: \"last 100\" goes with shares: say it at a share of "
                  "this KPI, which shows its parts too"}},
    {.name = "LastNOtherRows",
     .yaml = "kpis:\n"
             "  a: {count: deal, at: won}\n"
             "  b: {count: deal, at: [won, lost], where: {amount: \"> 5\"}}\n"
             "  r: {share: a, of: b, over: last 100}\n",
     .problems =
         {"t.yaml:7:3: kpis.r: `last n` needs two counts of the same rows, the part at "
          "some of the moments of the whole and equal otherwise: \"a\" has other conditions"}},
    {.name = "LastNInFormula",
     .yaml = "kpis:\n"
             "  a: {count: deal, at: won}\n"
             "  r: {formula: \"a * 2\", over: last 100}\n",
     .problems = {"t.yaml:6:3: kpis.r: \"a\" cannot be read over last 100: only a share of counts "
                  "can"}},
    {.name = "DatedOncePerWindow",
     .yaml = "kpis:\n"
             "  a: {count: deal, at: won, once_per: window, dated: created, over: month}\n",
     .problems = {"t.yaml:5:39: kpis.a.once_per: once_per: window does not go with dated: a "
                  "window holds what happens in it"}},
    {.name = "SeriesClash",
     .yaml = "kpis:\n"
             "  a: {count: deal, at: won}\n"
             "  b: {count: deal, at: [won, lost]}\n"
             "  r: {share: a, of: b, over: 28d}\n"
             "  r_lower: {count: deal, over: 28d}\n",
     .problems = {"t.yaml:8:3: kpis.r_lower: the series sales_company_r_lower would also be one "
                  "of \"r\": rename one of them"}},
};

INSTANTIATE_TEST_SUITE_P(KpiErrors, ErrorTest, ::testing::ValuesIn(kCases), ErrorCaseName);

}  // namespace
}  // namespace takt
