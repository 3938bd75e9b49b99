// What is wrong with a file, its shape and its single values.
// Each case is a configuration and all that is said of it, with line and column.
#include "tests/settings/error_case.h"

namespace takt {
namespace {

const ErrorCase kCases[] = {
    {.name = "UnknownSection",
     .yaml = "kpi: {}\n",
     .problems = {"t.yaml:4:1: kpi: unknown key \"kpi\"; did you mean \"kpis\"?"}},
    {.name = "UnknownKeyInKpi",
     .yaml = "kpis:\n"
             "  won: {cuont: deal, at: won}\n",
     .problems = {"t.yaml:5:9: kpis.won.cuont: unknown key \"cuont\"; did you mean \"count\"?"}},
    {.name = "DuplicateKey",
     .yaml = "kpis:\n"
             "  won: {count: deal}\n"
             "  lost: {count: deal}\n"
             "  won: {count: deal}\n",
     .problems = {"t.yaml:7:3: won: the key \"won\" stands twice; the first is on line 5"}},
    {.name = "MergeKey",
     .yaml = "kpis:\n"
             "  a: {<<: {count: deal}}\n",
     .problems = {"t.yaml:5:7: merge keys (<<) are not supported: write the entries out"}},
    {.name = "Alias",
     .yaml = "kpis:\n"
             "  a: &x {count: deal}\n"
             "  b: *x\n",
     .problems = {"t.yaml:6:6: aliases (*name) are not supported: write the value out"}},
    {.name = "Syntax",
     .yaml = "kpis: {a: [}\n",
     .problems = {"t.yaml:4:12: not valid YAML: illegal flow end"}},
    {.name = "Tab",
     .yaml = "kpis:\n"
             "\ta: 1\n",
     .problems = {"t.yaml:5:3: not valid YAML: illegal map value"}},
    {.name = "NotAMap",
     .with_objects = false,
     .yaml = "- a\n"
             "- b\n",
     .problems = {"t.yaml:1:1: expected a map of sections, found a list"}},
    {.name = "Empty",
     .with_objects = false,
     .yaml = "",
     .problems = {"t.yaml: the file says nothing"}},
    {.name = "WrongShape",
     .yaml = "kpis: [a, b]\n",
     .problems = {"t.yaml:4:7: kpis: expected a map, found a list"}},
    {.name = "ListForOne",
     .yaml = "kpis:\n"
             "  a: {count: [deal, lead]}\n",
     .problems = {"t.yaml:5:14: kpis.a.count: expected a single value, found a list"}},
    {.name = "MapForList",
     .yaml = "kpis:\n"
             "  a: {count: deal, over: {x: 1}}\n",
     .problems = {"t.yaml:5:26: kpis.a.over: expected a value or a list of values, found a map"}},
    {.name = "NoValue",
     .yaml = "kpis:\n"
             "  a: {count: , over: [28d]}\n",
     .problems = {"t.yaml:5:7: kpis.a.count: has no value"}},
    {.name = "BadName",
     .yaml = "kpis:\n"
             "  Won-Deals: {count: deal}\n",
     .problems = {"t.yaml:5:3: kpis.Won-Deals: \"Won-Deals\" is not a name of a-z, digits and _ "
                  "that begins with a letter"}},
    {.name = "ReservedEnding",
     .yaml = "kpis:\n"
             "  won_total: {count: deal}\n",
     .problems = {"t.yaml:5:3: kpis.won_total: the ending _total is kept for other kinds of "
                  "series"}},
    {.name = "FunctionName",
     .yaml = "kpis:\n"
             "  mean: {count: deal}\n",
     .problems = {"t.yaml:5:3: kpis.mean: \"mean\" is a function of formulas"}},
    {.name = "Zone",
     .yaml = "calendar: {time_zone: Europe/Pari}\n",
     .problems = {"t.yaml:4:23: calendar.time_zone: no such time zone (names are IANA's, such as "
                  "Europe/Paris; the package tzdata must be installed): 'Europe/Pari'"}},
    {.name = "Month",
     .yaml = "calendar: {fiscal_year: febuary}\n",
     .problems = {"t.yaml:4:25: calendar.fiscal_year: \"febuary\" is not a month; did you mean "
                  "\"february\"?"}},
    {.name = "Currency",
     .yaml = "money: {report_in: EURO}\n",
     .problems = {"t.yaml:4:20: money.report_in: \"EURO\" is not a currency code of ISO 4217, such "
                  "as EUR or USD"}},
    {.name = "Duration",
     .yaml = "sources:\n"
             "  s: {file: t.yaml, max_ahead: 10 minutes}\n",
     .problems = {"t.yaml:5:32: sources.s.max_ahead: \"10 minutes\" is not a length of time such "
                  "as 10s, 90m, 36h, 14d or 2w"}},
    {.name = "Bool",
     .yaml = "sources:\n"
             "  s: {file: t.yaml, follow: \"true\"}\n",
     .problems = {"t.yaml:5:29: sources.s.follow: \"true\" is not true or false: leave the quotes "
                  "out"}},
    {.name = "Choice",
     .yaml = "sources:\n"
             "  s: {file: t.yaml, format: jsn}\n",
     .problems = {"t.yaml:5:29: sources.s.format: \"jsn\" is not one of json, protobuf, csv; did "
                  "you mean \"json\"?"}},
    {.name = "SourceBoth",
     .yaml = "sources:\n"
             "  s: {file: t.yaml, kafka: {brokers: a, topics: b}}\n",
     .problems = {"t.yaml:5:3: sources.s: say one of `kafka` and `file`"}},
    {.name = "SourceNone",
     .yaml = "sources:\n"
             "  s: {format: json}\n",
     .problems = {"t.yaml:5:3: sources.s: say one of `kafka` and `file`"}},
    {.name = "KafkaWithoutTopics",
     .yaml = "sources:\n"
             "  s: {kafka: {brokers: a}}\n",
     .problems = {"t.yaml:5:7: sources.s.kafka: needs `topics`"}},
    {.name = "KafkaKey",
     .yaml = "sources:\n"
             "  s: {kafka: {broker: a, topics: b}}\n",
     .problems = {"t.yaml:5:15: sources.s.kafka.broker: unknown key \"broker\"; did you mean "
                  "\"brokers\"?"}},
    {.name = "MissingSecret",
     .yaml = "sources:\n"
             "  s: {kafka: {brokers: a, topics: b, sasl.password_file: nowhere}}\n",
     .problems = {"t.yaml:5:58: sources.s.kafka.sasl.password_file: there is no file \"nowhere\""}},
    {.name = "MissingMapping",
     .yaml = "sources:\n"
             "  s: {file: t.yaml, mapping: nowhere.yaml}\n",
     .problems = {"t.yaml:5:30: sources.s.mapping: there is no file \"nowhere.yaml\""}},
    {.name = "MissingSourceFile",
     .yaml = "sources:\n"
             "  s: {file: nowhere.csv}\n",
     .problems = {"t.yaml:5:13: sources.s.file: there is no file \"nowhere.csv\""}},
    {.name = "Bytes",
     .yaml = "engine: {memory_max: 2 gigs}\n",
     .problems =
         {"t.yaml:4:22: engine.memory_max: \"2 gigs\" is not a size such as 512MiB or 2GiB"}},
    {.name = "Workers",
     .yaml = "engine: {workers: 0}\n",
     .problems = {"t.yaml:4:19: engine.workers: \"0\" is not from 1 to 64"}},
    {.name = "Integer",
     .yaml = "engine: {workers: two}\n",
     .problems = {"t.yaml:4:19: engine.workers: \"two\" is not a whole number"}},
    {.name = "Address",
     .yaml = "engine: {listen: localhost}\n",
     .problems = {"t.yaml:4:18: engine.listen: \"localhost\" is not an address such as "
                  "127.0.0.1:9464"}},
    {.name = "Use",
     .yaml = "use: [catalogue/wining]\n",
     .problems = {"t.yaml:4:7: use[0]: unknown file \"catalogue/wining\"; did you mean "
                  "\"catalogue/winning\"?"}},
    {.name = "TwoDocuments",
     .with_objects = false,
     .yaml = "kpis: {}\n"
             "---\n"
             "goals: {}\n",
     .problems = {"t.yaml:3:1: a second document begins here: use several files"}},
};

INSTANTIATE_TEST_SUITE_P(FileErrors, ErrorTest, ::testing::ValuesIn(kCases), ErrorCaseName);

}  // namespace
}  // namespace takt
