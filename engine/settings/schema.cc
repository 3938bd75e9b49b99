#include "engine/settings/schema.h"

namespace takt {
namespace {

using S = Shape;
using T = ValueType;
constexpr Support kLater = Support::kCheckedOnly;

std::vector<SchemaRow> GeneralRows() {
  return {
      {"organisation", S::kOne, T::kText, "", "Whose numbers these are; shown on pages."},
      {"use", S::kOneOrMore, T::kText, "",
       "Files of this same kind that are read first, without .yaml: catalogue/winning. Looked up "
       "beside "
       "this file, one folder up, then in the shipped catalogue. Whatever stands here overrides "
       "them: "
       "entries whole and by name, objects key by key."},
      {"calendar", S::kMap, T::kText, "", "The organisation's days, weeks and years."},
      {"calendar.time_zone", S::kOne, T::kText, "UTC", "IANA zone, such as Europe/Paris."},
      {"calendar.fiscal_year", S::kOne, T::kMonth, "january",
       "Month in which the fiscal year begins."},
      {"calendar.office_hours", S::kOne, T::kText, "", "Such as Mon-Fri 09:00-18:00.", "", kLater},
      {"calendar.holidays", S::kOne, T::kFile, "", "CSV of days without office hours.", "", kLater},
      {"money", S::kMap, T::kText, "", "In what money is counted."},
      {"money.report_in", S::kOne, T::kCurrency, "EUR",
       "ISO 4217 code of the reporting currency; its decimals are those of the smallest unit "
       "kept."},
      {"money.rates", S::kOne, T::kFile, "", "CSV with the columns day, currency, rate.", "",
       kLater},
  };
}

std::vector<SchemaRow> SourceRows() {
  return {
      {"sources", S::kMap, T::kText, "", "Where records come from, by name."},
      {"sources.<name>", S::kMap, T::kText, "", "One source: `kafka` or `file`."},
      {"sources.<name>.kafka", S::kMap, T::kText, "", "Topics of a Kafka cluster."},
      {"sources.<name>.kafka.brokers", S::kOne, T::kText, "", "host:port, several by commas."},
      {"sources.<name>.kafka.topics", S::kOneOrMore, T::kText, "",
       "Topics, all partitions of each."},
      {"sources.<name>.kafka.<dotted>", S::kOne, T::kText, "",
       "Any property of librdkafka, such as security.protocol. With _file behind its name, the "
       "value is "
       "read from that file: sasl.password_file."},
      {"sources.<name>.file", S::kOne, T::kPath, "", "A file of records, one a line, or a CSV."},
      {"sources.<name>.follow", S::kOne, T::kBool, "false",
       "Go on reading what is appended; the file need not exist yet."},
      {"sources.<name>.format", S::kOne, T::kChoice, "json",
       "How records are written; csv by itself "
       "where the file's name ends so.",
       "json|protobuf|csv"},
      {"sources.<name>.mapping", S::kOne, T::kFile, "",
       "File that says how records of another system become changes. Without it: the canonical "
       "form."},
      {"sources.<name>.tombstones", S::kOne, T::kChoice, "ignore",
       "What records without a value get.", "ignore|dead_letter"},
      {"sources.<name>.out_of_orderness", S::kOne, T::kDuration, "1m",
       "How far behind its highest event time a partition is taken to be complete."},
      {"sources.<name>.max_ahead", S::kOne, T::kDuration, "10m",
       "An event further ahead of its record's time is a dead letter."},
      {"sources.<name>.silent_after", S::kOne, T::kDuration, "1h",
       "Silence after which the source counts as broken."},
      {"dead_letters", S::kMap, T::kText, "",
       "Where records go that do not count, with their reason."},
      {"dead_letters.topic", S::kOne, T::kText, "", "Topic of the Kafka source's own cluster."},
      {"dead_letters.file", S::kOne, T::kPath, "dead-letters.jsonl", "File to append to."},
      {"dimensions", S::kMap, T::kText, "",
       "By what numbers are split, for every object that has the field. Values are a closed list."},
      {"dimensions.<name>", S::kMap, T::kText, "",
       "A table or a list of values. The label is sales_<name>; the name serves in per and split."},
      {"dimensions.<name>.of", S::kOne, T::kField, "",
       "Field or dimension that the table starts from."},
      {"dimensions.<name>.table", S::kOne, T::kFile, "",
       "CSV with a header: the column of `of`, one named like the dimension, and `since` (a date, "
       "may "
       "be empty) where values change over time; the latest row at or before a date holds."},
      {"dimensions.<name>.values", S::kOneOrMore, T::kText, "",
       "The values, in the order shown. With a table: the only ones it may hold."},
      {"dimensions.<name>.unknown", S::kOne, T::kText, "unknown",
       "What everything else is called."},
  };
}

std::vector<SchemaRow> ObjectRows() {
  return {
      {"objects", S::kMap, T::kText, "", "The kinds of entity that records speak of."},
      {"objects.<name>", S::kMap, T::kText, "", "One kind: deal, lead, customer ..."},
      {"objects.<name>.fields", S::kMap, T::kText, "",
       "Types of fields, where name and use do not tell. Known names: amount, recurring, price, "
       "cost, "
       "margin, revenue, budget, value are money; probability, quantity, seats, score are "
       "numbers."},
      {"objects.<name>.fields.<field>", S::kOne, T::kChoice, "", "Type of the field.",
       "text|money|number|bool|time"},
      {"objects.<name>.links", S::kMap, T::kText, "",
       "Which field holds the id of which other object."},
      {"objects.<name>.links.<name>", S::kOneOrMap, T::kField, "",
       "The field; the key is the object pointed at. Two links to one object: any key, with a "
       "map."},
      {"objects.<name>.links.<name>.object", S::kOne, T::kName, "", "The object pointed at."},
      {"objects.<name>.links.<name>.field", S::kOne, T::kField, "", "The field with its id."},
      {"objects.<name>.pipelines", S::kMap, T::kText, "",
       "Stages, by pipeline. Gives the object its field `stage`, the moments and states of its "
       "stages, "
       "and the rows `visit` (one stay in one stage) and `reach` (one stage reached or passed)."},
      {"objects.<name>.pipelines.<name>", S::kMap, T::kText, "", "One pipeline."},
      {"objects.<name>.pipelines.<name>.open", S::kOneOrMoreOrMap, T::kText, "",
       "Open stages in order: a list, or a map with the probability to win."},
      {"objects.<name>.pipelines.<name>.open.<text>", S::kOne, T::kShare, "0%", "Probability."},
      {"objects.<name>.pipelines.<name>.won", S::kOneOrMore, T::kText, "",
       "Stages that are a win."},
      {"objects.<name>.pipelines.<name>.lost", S::kOneOrMore, T::kText, "",
       "Stages that are a loss."},
      {"objects.<name>.pipelines.<name>.omitted", S::kOneOrMore, T::kText, "",
       "Stages that count nowhere: tests, duplicates."},
      {"objects.<name>.keep", S::kOne, T::kDuration, "",
       "Changes older than this are refused, and what is older is forgotten."},
      {"objects.<name>.accrue", S::kOneOrMore, T::kField, "",
       "First and last day over which amounts are spread.", "", kLater},
  };
}

std::vector<SchemaRow> MomentRows() {
  return {
      {"objects.<name>.moments", S::kMap, T::kText, "",
       "Named points of a history. Built in: created; with pipelines won, lost, omitted, closed, "
       "and "
       "the first entry into each stage, by its name."},
      {"objects.<name>.moments.<name>", S::kMap, T::kText, "",
       "One of first, latest, every and after."},
      {"objects.<name>.moments.<name>.first", S::kOneOrMore, T::kReference, "",
       "The earliest time at which: a field takes a value (or one of `is`); a moment of this "
       "object, or "
       "one of several, happens; object.moment, a moment of entities that link here, happens."},
      {"objects.<name>.moments.<name>.latest", S::kOneOrMore, T::kReference, "",
       "The latest such time."},
      {"objects.<name>.moments.<name>.every", S::kOneOrMore, T::kReference, "", "Each such time."},
      {"objects.<name>.moments.<name>.is", S::kOneOrMoreOrMap, T::kValue, "",
       "Values of the field."},
      {"objects.<name>.moments.<name>.is.not", S::kOneOrMore, T::kValue, "", "All other values."},
      {"objects.<name>.moments.<name>.where", S::kMap, T::kText, "",
       "Conditions on the fields as of then; for object.moment on that object's fields."},
      {"objects.<name>.moments.<name>.where.<field>", S::kOneOrMoreOrMap, T::kValue, "",
       "A value, several, or a comparison such as \"> 0\"."},
      {"objects.<name>.moments.<name>.where.<field>.not", S::kOneOrMore, T::kValue, "",
       "All other values; null: any value at all."},
      {"objects.<name>.moments.<name>.link", S::kOne, T::kName, "",
       "Which link of the other object is meant, where it has several to this one."},
      {"objects.<name>.moments.<name>.after", S::kOne, T::kName, "", "A moment to count from."},
      {"objects.<name>.moments.<name>.add", S::kOne, T::kDuration, "",
       "How much later than `after`; it may lie ahead."},
      {"objects.<name>.moments.<name>.clock", S::kOne, T::kChoice, "wall",
       "What clock `add` goes by. office_hours is refused by this version.", "wall|office_hours"},
      {"objects.<name>.states", S::kMap, T::kText, "",
       "Conditions that hold for a time. Built in: exists; with pipelines open, won, lost and "
       "stages."},
      {"objects.<name>.states.<name>", S::kMap, T::kText, "",
       "Conditions, all of which must hold."},
      {"objects.<name>.states.<name>.<field>", S::kOneOrMoreOrMap, T::kValue, "",
       "A value, several, or a comparison such as \"> 0\"."},
      {"objects.<name>.states.<name>.<field>.not", S::kOneOrMore, T::kValue, "",
       "All other values."},
  };
}

std::vector<SchemaRow> KpiRows() {
  return {
      {"kpis", S::kMap, T::kText, "", "The numbers. Those with over or per are exported."},
      {"kpis.<name>", S::kMap, T::kText, "",
       "One of count, sum, durations, level, share and formula, and what goes with it."},
      {"kpis.<name>.count", S::kOne, T::kReference, "",
       "How many of an object (or visit, reach) have the moments `at` in the window."},
      {"kpis.<name>.sum", S::kOne, T::kFormula, "",
       "Sum of object.field, or object.field * object.field, at the moments `at`."},
      {"kpis.<name>.durations", S::kOne, T::kReference, "",
       "Lengths of time between the moments `from` and `to`: mean, p50 and p90."},
      {"kpis.<name>.level", S::kOne, T::kFormula, "",
       "How many, or the sum of object.field, or the total object.age, while the states hold."},
      {"kpis.<name>.share", S::kOne, T::kName, "",
       "A KPI as a share of the KPI `of`, with bounds."},
      {"kpis.<name>.formula", S::kOne, T::kFormula, "",
       "Arithmetic on KPIs: + - * / ( ) min max; mean total count p50 p90 of durations; lower "
       "upper of a "
       "share. Brackets name window, shift or level: x[90d], x[30d ago], x[company], x[90d, "
       "company]."},
      {"kpis.<name>.at", S::kOneOrMore, T::kName, "created", "count, sum: the moments that count."},
      {"kpis.<name>.from", S::kOne, T::kName, "created", "durations: the moment of the start."},
      {"kpis.<name>.to", S::kOneOrMore, T::kName, "", "durations: the moments of the end."},
      {"kpis.<name>.while", S::kOneOrMore, T::kText, "exists",
       "level: states that must hold, all of them; \"active 365d ago\": must have held then."},
      {"kpis.<name>.of", S::kOne, T::kName, "", "share: the KPI that is the whole."},
      {"kpis.<name>.where", S::kMap, T::kText, "", "Conditions on the fields as of the moment."},
      {"kpis.<name>.where.<field>", S::kOneOrMoreOrMap, T::kValue, "",
       "A value, several, or a comparison such as \"> 0\"."},
      {"kpis.<name>.where.<field>.not", S::kOneOrMore, T::kValue, "",
       "All other values; null: any value at all."},
      {"kpis.<name>.within", S::kOne, T::kText, "",
       "Only what happens so soon after another moment: 90d of created."},
      {"kpis.<name>.dated", S::kOne, T::kName, "",
       "Count it in the window of this moment instead."},
      {"kpis.<name>.before", S::kOne, T::kName, "",
       "Only what happens before this moment, if it ever does."},
      {"kpis.<name>.once_per", S::kOne, T::kChoice, "",
       "Count an entity once in each such period, or once in each window.",
       "day|week|month|quarter|year|fiscal_quarter|fiscal_year|window"},
      {"kpis.<name>.credit", S::kOne, T::kReference, "",
       "Whose team and region count: by default the entity's at that time; current, the entity's "
       "of today; "
       "an object (or object.field), the linked entity's that the moment came from."},
      {"kpis.<name>.view", S::kOne, T::kChoice, "as_now",
       "sum: as_posted leaves a later edit's difference in the window of the edit.",
       "as_now|as_posted"},
      {"kpis.<name>.split", S::kOneOrMore, T::kName, "", "Dimensions as further labels."},
      {"kpis.<name>.over", S::kOneOrMore, T::kWindow, "",
       "Windows: 90m, 24h, 28d, 12w; day, week, month, quarter, year, fiscal_quarter, fiscal_year "
       "to date; "
       "previous month ...; last 100 (shares); all."},
      {"kpis.<name>.per", S::kOneOrMore, T::kName, "company",
       "Levels: company, and dimensions. Each has series of its own name."},
      {"kpis.<name>.help", S::kOne, T::kText, "", "One line for dashboards."},
      {"kpis.<name>.cohorts", S::kOne, T::kText, "", "Months of entry to follow.", "", kLater},
  };
}

std::vector<SchemaRow> GoalRows() {
  return {
      {"goals", S::kMap, T::kText, "", "Where KPIs shall be at which date."},
      {"goals.<name>", S::kMap, T::kText, "",
       "One goal: a straight line by local days. Shown as sales_goal_target, sales_goal_value and "
       "sales_goal_met."},
      {"goals.<name>.kpi", S::kOne, T::kName, "", "The KPI; of durations, their mean."},
      {"goals.<name>.over", S::kOne, T::kWindow, "", "Its window; levels have none."},
      {"goals.<name>.for", S::kOne, T::kText, "company",
       "A level, each of whose groups has the goal, or a level and a value: region north."},
      {"goals.<name>.from", S::kOne, T::kText, "",
       "Where the line starts: 24%, 1500000, 60d. Without it the target is `to` all the time."},
      {"goals.<name>.to", S::kOne, T::kText, "", "Where it ends."},
      {"goals.<name>.since", S::kOne, T::kDate, "",
       "Its first day. Without it: the first day of the fiscal year in which `by` lies."},
      {"goals.<name>.by", S::kOne, T::kDate, "", "Its last day."},
      {"goals.<name>.better", S::kOne, T::kChoice, "",
       "Which side of the line is met. Without it: higher, but lower where `to` is below `from`.",
       "higher|lower"},
      {"receivers", S::kMap, T::kText, "",
       "Who may be told: the receivers that the routes of your Alertmanager know."},
      {"receivers.<text>", S::kOne, T::kText, "", "Who that is."},
  };
}

std::vector<SchemaRow> AlertRows() {
  return {
      {"alerts", S::kMap, T::kText, "", "When somebody is told."},
      {"alerts.<name>", S::kMap, T::kText, "",
       "One alert: one of below, above, falls_below, rises_above and behind. Shown as "
       "sales_alert_active and what stands beside it."},
      {"alerts.<name>.kpi", S::kOne, T::kName, "",
       "The KPI; of durations, their mean: p50 and p90 cannot be watched."},
      {"alerts.<name>.over", S::kOne, T::kWindow, "",
       "Its window; levels have none. With `own`: a third of the baseline, if left out."},
      {"alerts.<name>.per", S::kOneOrMore, T::kName, "company",
       "Levels whose groups are watched; the groups of unknown values are not."},
      {"alerts.<name>.below", S::kOne, T::kText, "",
       "Active while the value is below this: 20%, 1500, 60d; or below a part of the own past: 80% "
       "of own 90d."},
      {"alerts.<name>.above", S::kOne, T::kText, "", "The same above: 125% of own 365d."},
      {"alerts.<name>.falls_below", S::kOne, T::kText, "",
       "Active while a share or count has fallen below the own past beyond chance: own 90d. The "
       "baseline ends where the window begins and is at least three times as long."},
      {"alerts.<name>.rises_above", S::kOne, T::kText, "", "The same for a rise."},
      {"alerts.<name>.behind", S::kOne, T::kName, "",
       "Active while a goal is missed; kpi, over and per are the goal's."},
      {"alerts.<name>.false_pages", S::kOne, T::kText, "",
       "For falls_below and rises_above of a share: how many false ones are bearable, of all "
       "groups "
       "together: 1 per quarter (day, week, month, year). A CUSUM then watches every outcome, in "
       "place of the interval of the window."},
      {"alerts.<name>.threshold", S::kOne, T::kText, "",
       "The CUSUM's threshold itself, in place of a budget of false pages."},
      {"alerts.<name>.to", S::kOne, T::kText, "",
       "The fallen (risen) share that the CUSUM is to find fastest. Without it: half (twice) the "
       "odds of the baseline."},
      {"alerts.<name>.min_outcomes", S::kOne, T::kInteger, "30",
       "Fewer outcomes in the window, or three times fewer in the baseline, wake nobody. For "
       "counts: "
       "so many in the baseline."},
      {"alerts.<name>.page", S::kOne, T::kText, "",
       "Who acts on it today: a receiver. An alert has a page or a ticket."},
      {"alerts.<name>.ticket", S::kOne, T::kText, "", "Who reads of it in a digest: a receiver."},
      {"alerts.<name>.say", S::kOne, T::kText, "",
       "The words, with {value}, {group}, {kpi}, {window}, {threshold}, dimensions such as "
       "{region}; "
       "{parts} and {outcomes} of shares; {baseline}, {score}, {target} where there is one."},
  };
}

std::vector<SchemaRow> EngineRows() {
  return {
      {"alerts.<name>.details", S::kOne, T::kName, "",
       "A page also leads to what this KPI is made of, the largest first: the amount of the lost "
       "deals of "
       "a win ratio. It must be exported for the alert's levels and window."},
      {"engine", S::kMap, T::kText, "", "How this process keeps and serves."},
      {"engine.journal", S::kOne, T::kPath, "takt-journal",
       "Folder of the journal; \"\" keeps nothing."},
      {"engine.fsync_every", S::kOne, T::kDuration, "1s", "How often the journal is made durable."},
      {"engine.workers", S::kOne, T::kInteger, "1", "Threads that apply changes, 1 to 64."},
      {"engine.listen", S::kOne, T::kAddress, "127.0.0.1:9464",
       "Address of /kpis, /metrics and health."},
      {"engine.listen_api", S::kOne, T::kAddress, "127.0.0.1:9465",
       "Address of /api/v1; \"\" for none."},
      {"engine.web_config", S::kOne, T::kFile, "",
       "File with TLS, client certificates and passwords of both listeners, in the web.config "
       "format of Prometheus and its exporters. Without it: plain HTTP for everybody."},
      {"engine.memory_max", S::kOne, T::kBytes, "0",
       "Memory at which reading pauses; 0 for no bound."},
      {"engine.series_max", S::kOne, T::kInteger, "100000",
       "Exported series at most; a configuration that can come to more is refused."},
      {"engine.evaluate_every", S::kOne, T::kDuration, "200ms",
       "How often numbers are computed at most."},
      {"engine.changes_per_entity_max", S::kOne, T::kInteger, "4096",
       "Changes of one entity. What comes beyond stays in the journal and is not applied: "
       "takt_changes_refused_total counts it; a higher bound and a restart bring it in."},
  };
}

}  // namespace

const std::vector<SchemaRow>& SchemaTable() {
  static const std::vector<SchemaRow>* const kTable = [] {
    auto* table = new std::vector<SchemaRow>(GeneralRows());
    for (auto* rows :
         {&SourceRows, &ObjectRows, &MomentRows, &KpiRows, &GoalRows, &AlertRows, &EngineRows}) {
      for (const SchemaRow& row : (*rows)()) table->push_back(row);
    }
    return table;
  }();
  return *kTable;
}

}  // namespace takt
