// What is wrong with dimensions, objects, moments and states.
// Each case is a configuration and all that is said of it, with line and column.
#include "tests/settings/error_case.h"

namespace takt {
namespace {

const ErrorCase kCases[] = {
    {.name = "OfWithoutTable",
     .yaml = "dimensions:\n"
             "  team: {of: owner}\n",
     .problems = {"t.yaml:5:3: dimensions.team: `of` and `table` go together"}},
    {.name = "DimensionNothing",
     .yaml = "dimensions:\n"
             "  team: {}\n",
     .problems = {"t.yaml:5:3: dimensions.team: say `values`, or `of` and `table`"}},
    {.name = "MissingTable",
     .yaml = "dimensions:\n"
             "  team: {of: owner, table: nowhere.csv}\n",
     .problems = {"t.yaml:5:28: dimensions.team.table: there is no file \"nowhere.csv\""}},
    {.name = "MissingColumn",
     .yaml = "dimensions:\n"
             "  team: {of: owner, table: a.csv}\n",
     .tables = {{"a.csv",
                 "ownr,team\n"
                 "r1,x\n"}},
     .problems = {"a.csv:1:1: dimensions.team: the header lacks the column \"owner\"; did you mean "
                  "\"ownr\"?"}},
    {.name = "BadDate",
     .yaml = "dimensions:\n"
             "  team: {of: owner, table: a.csv}\n",
     .tables = {{"a.csv",
                 "owner,since,team\n"
                 "r1,2026-01-01,x\n"
                 "r2,2026-13-01,x\n"}},
     .problems = {"a.csv:3:1: dimensions.team: since: \"2026-13-01\" is not a date such as "
                  "2026-01-31"}},
    {.name = "ShortRow",
     .yaml = "dimensions:\n"
             "  team: {of: owner, table: a.csv}\n",
     .tables = {{"a.csv",
                 "owner,team\n"
                 "r1\n"}},
     .problems = {"a.csv:2:1: dimensions.team.table: the row has 1 cells, the header 2"}},
    {.name = "DoubleRow",
     .yaml = "dimensions:\n"
             "  team: {of: owner, table: a.csv}\n",
     .tables = {{"a.csv",
                 "owner,since,team\n"
                 "r1,2026-01-01,x\n"
                 "r1,2026-01-01,y\n"}},
     .problems = {"a.csv:3:1: dimensions.team: a second row for \"r1\" since 2026-01-01"}},
    {.name = "ClosedValue",
     .yaml = "dimensions:\n"
             "  team: {of: owner, table: a.csv, values: [red, blue]}\n",
     .tables = {{"a.csv",
                 "owner,team\n"
                 "r1,rd\n"}},
     .problems = {"a.csv:2:1: dimensions.team: unknown value \"rd\"; did you mean \"red\"?"}},
    {.name = "EmptyCell",
     .yaml = "dimensions:\n"
             "  team: {of: owner, table: a.csv}\n",
     .tables = {{"a.csv",
                 "owner,team\n"
                 "r1,\n"}},
     .problems = {"a.csv:2:1: dimensions.team: \"owner\" and \"team\" must not be empty"}},
    {.name = "EmptyCsv",
     .yaml = "dimensions:\n"
             "  team: {of: owner, table: a.csv}\n",
     .tables = {{"a.csv", ""}},
     .problems = {"a.csv:1:1: dimensions.team.table: the file is empty: a header line is needed"}},
    {.name = "DimensionCircle",
     .yaml = "dimensions:\n"
             "  a: {of: b, table: a.csv}\n"
             "  b: {of: a, table: b.csv}\n",
     .tables = {{"a.csv",
                 "a,b\n"
                 "1,2\n"},
                {"b.csv",
                 "a,b\n"
                 "1,2\n"}},
     .problems = {"t.yaml:5:3: dimensions.a: a circle of dimensions: a -> b -> a"}},
    {.name = "DimensionReserved",
     .yaml = "dimensions:\n"
             "  company: {values: [a]}\n",
     .problems = {"t.yaml:5:3: dimensions.company: \"company\" is a built-in name"}},
    {.name = "DimensionBuiltIn",
     .yaml = "dimensions:\n"
             "  pipeline: {values: [a]}\n",
     .problems = {"t.yaml:5:3: dimensions.pipeline: a dimension of this name is built in"}},
    {.name = "ObjectReserved",
     .with_objects = false,
     .yaml = "objects:\n"
             "  visit: {}\n",
     .problems = {"t.yaml:2:3: objects.visit: \"visit\" is a built-in name"}},
    {.name = "LinkTarget",
     .with_objects = false,
     .yaml = "objects:\n"
             "  deal: {links: {leed: source}}\n"
             "  lead: {}\n",
     .problems = {"t.yaml:2:18: objects.deal.links.leed: unknown object \"leed\"; did you mean "
                  "\"lead\"?"}},
    {.name = "LinkHalf",
     .with_objects = false,
     .yaml = "objects:\n"
             "  deal: {links: {lead: {object: lead}}}\n"
             "  lead: {}\n",
     .problems = {"t.yaml:2:18: objects.deal.links.lead: a link needs `object` and `field`"}},
    {.name = "StageTwice",
     .with_objects = false,
     .yaml = "objects:\n"
             "  deal: {pipelines: {p: {open: [new, new]}}}\n",
     .problems = {"t.yaml:2:38: objects.deal.pipelines.p: the stage \"new\" stands twice"}},
    {.name = "Probability",
     .with_objects = false,
     .yaml = "objects:\n"
             "  deal: {pipelines: {p: {open: {new: 140%}}}}\n",
     .problems = {"t.yaml:2:38: objects.deal.pipelines.p.open.new: \"140%\" is not a share such as "
                  "40% or 0.4"}},
    {.name = "NoStages",
     .with_objects = false,
     .yaml = "objects:\n"
             "  deal: {pipelines: {p: {}}}\n",
     .problems = {"t.yaml:2:22: objects.deal.pipelines.p: a pipeline needs stages: open, won, "
                  "lost, omitted"}},
    {.name = "MomentBuiltIn",
     .with_objects = false,
     .yaml = "objects:\n"
             "  deal: {moments: {created: {first: x}}}\n",
     .problems = {"t.yaml:2:20: objects.deal.moments.created: a moment of this name is built in"}},
    {.name = "MomentNothing",
     .with_objects = false,
     .yaml = "objects:\n"
             "  deal: {moments: {m: {is: x}}}\n",
     .problems = {"t.yaml:2:20: objects.deal.moments.m: say one of first, latest, every or after"}},
    {.name = "MomentTwo",
     .with_objects = false,
     .yaml = "objects:\n"
             "  deal: {moments: {m: {first: a, latest: b}}}\n",
     .problems = {"t.yaml:2:34: objects.deal.moments.m.latest: `latest` does not go with `first`"}},
    {.name = "MomentTypo",
     .with_objects = false,
     .yaml = "objects:\n"
             "  lead: {moments: {answered: {first: creatd}}}\n",
     .problems = {"t.yaml:2:38: objects.lead.moments.answered.first: \"creatd\" is no moment of "
                  "lead; did you mean \"created\"? (If it is a field, declare it under fields.)"}},
    {.name = "AfterWithoutAdd",
     .with_objects = false,
     .yaml = "objects:\n"
             "  lead: {moments: {m: {after: created}}}\n",
     .problems = {"t.yaml:2:20: objects.lead.moments.m: `after` needs `add`"}},
    {.name = "AfterUnknown",
     .with_objects = false,
     .yaml = "objects:\n"
             "  lead: {moments: {m: {after: creatd, add: 1h}}}\n",
     .problems = {"t.yaml:2:31: objects.lead.moments.m.after: unknown moment of lead \"creatd\"; "
                  "did you mean \"created\"?"}},
    {.name = "AddWithoutAfter",
     .with_objects = false,
     .yaml = "objects:\n"
             "  lead: {moments: {m: {first: created, add: 1h}}}\n",
     .problems = {"t.yaml:2:40: objects.lead.moments.m.add: `add` goes only with `after`"}},
    {.name = "OfficeClock",
     .with_objects = false,
     .yaml = "objects:\n"
             "  lead: {moments: {m: {after: created, add: 1h, clock: office_hours}}}\n",
     .problems = {"t.yaml:2:56: objects.lead.moments.m.clock: office_hours cannot be evaluated "
                  "by this version: leave `clock` out to count all hours"}},
    {.name = "LinkedObject",
     .with_objects = false,
     .yaml = "objects:\n"
             "  lead: {moments: {m: {first: dael.won}}}\n",
     .problems =
         {"t.yaml:2:31: objects.lead.moments.m.first: unknown object \"dael\"; known: lead"}},
    {.name = "LinkedMoment",
     .with_objects = false,
     .yaml = "objects:\n"
             "  deal: {links: {lead: source}}\n"
             "  lead: {moments: {m: {first: deal.wn}}}\n",
     .problems = {"t.yaml:3:31: objects.lead.moments.m.first: unknown moment of deal \"wn\"; "
                  "known: created"}},
    {.name = "NoLink",
     .with_objects = false,
     .yaml = "objects:\n"
             "  deal: {}\n"
             "  lead: {moments: {m: {first: deal.created}}}\n",
     .problems =
         {"t.yaml:3:31: objects.lead.moments.m.first: \"deal\" has no link to \"lead\": add "
          "it under objects.deal.links"}},
    {.name = "SeveralLinks",
     .with_objects = false,
     .yaml = "objects:\n"
             "  deal: {links: {a: {object: lead, field: x}, b: {object: lead, field: y}}}\n"
             "  lead: {moments: {m: {first: deal.created}}}\n",
     .problems = {"t.yaml:3:31: objects.lead.moments.m.first: \"deal\" has several links to "
                  "\"lead\": say link: a or b"}},
    {.name = "ListOfLinked",
     .with_objects = false,
     .yaml = "objects:\n"
             "  deal: {links: {lead: x}}\n"
             "  lead: {moments: {m: {first: [created, deal.created]}}}\n",
     .problems = {"t.yaml:3:41: objects.lead.moments.m.first[1]: a list holds moments of this "
                  "object: give \"deal.created\" a name of its own first"}},
    {.name = "MomentCircle",
     .with_objects = false,
     .yaml = "objects:\n"
             "  lead: {moments: {a: {first: b}, b: {latest: [created, a]}}}\n",
     .problems = {"t.yaml:2:20: objects.lead.moments.a: a circle of moments: lead.a -> lead.b -> "
                  "lead.a"}},
    {.name = "CircleOverLinks",
     .with_objects = false,
     .yaml = "objects:\n"
             "  deal: {links: {lead: x}, moments: {m: {first: lead.n}}}\n"
             "  lead: {links: {deal: y}, moments: {n: {first: deal.m}}}\n",
     .problems = {"t.yaml:2:38: objects.deal.moments.m: a circle of moments: deal.m -> lead.n -> "
                  "deal.m"}},
    {.name = "StateEmpty",
     .with_objects = false,
     .yaml = "objects:\n"
             "  lead: {states: {s: {}}}\n",
     .problems = {"t.yaml:2:19: objects.lead.states.s: a state needs conditions"}},
};

INSTANTIATE_TEST_SUITE_P(ObjectErrors, ErrorTest, ::testing::ValuesIn(kCases), ErrorCaseName);

}  // namespace
}  // namespace takt
