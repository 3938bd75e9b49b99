#include "tests/kpi/small_definition.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/time/time.h"

namespace takt {
namespace {

constexpr FieldId kAmountField = 2;
constexpr FieldId kScoreField = 3;

Dimension MakeDimension(const std::string& name, const std::string& label,
                        std::vector<std::string> values) {
  Dimension dimension{.name = name, .label = label, .values = std::move(values)};
  for (size_t i = 0; i < dimension.values.size(); ++i) {
    dimension.value_ids[dimension.values[i]] = static_cast<DimensionValue>(i);
  }
  return dimension;
}

Term MakeTerm(TermKind kind, MeasureKind measure = MeasureKind::kOne, FieldId field = 0) {
  Term term{.kind = kind, .measure = {.kind = measure, .field = field}};
  for (GroupSetId set = 0; set < 4; ++set) term.group_sets.push_back({.group_set = set});
  return term;
}

}  // namespace

SmallDefinition::SmallDefinition(Calendar calendar) {
  definition.calendar = std::move(calendar);
  definition.dimensions = {
      MakeDimension("region", "sales_region", {"north", "south", "unassigned"}),
      MakeDimension("lead_source", "lead_source", {"web", "event", "other"})};
  definition.levels = {{.name = "company"}, {.name = "region", .dimension = kRegion}};
  definition.group_sets = {{.dimensions = {}, .size = 1},
                           {.dimensions = {kRegion}, .size = 3},
                           {.dimensions = {kLeadSource}, .size = 3},
                           {.dimensions = {kRegion, kLeadSource}, .size = 9}};
  definition.objects = {{.name = "deal",
                         .fields = {{"merged_into", FieldType::kText},
                                    {"created_at", FieldType::kTime},
                                    {"amount", FieldType::kMoney},
                                    {"score", FieldType::kNumber}}}};
  definition.terms.resize(kTermCount);
  definition.terms[kWonTerm] = MakeTerm(TermKind::kSum);
  definition.terms[kClosedTerm] = MakeTerm(TermKind::kSum);
  definition.terms[kBookedTerm] = MakeTerm(TermKind::kSum, MeasureKind::kField, kAmountField);
  definition.terms[kOpenTerm] = MakeTerm(TermKind::kLevel);
  definition.terms[kStartsTerm] = MakeTerm(TermKind::kLevel, MeasureKind::kStart);
  definition.terms[kCycleTerm] = MakeTerm(TermKind::kDurations);
  definition.terms[kOutcomesTerm] = MakeTerm(TermKind::kOutcomes);
  definition.terms[kRecentWeekTerm] = MakeTerm(TermKind::kLevel);
  definition.terms[kRecentMonthTerm] = MakeTerm(TermKind::kLevel);
  definition.terms[kScoreTerm] = MakeTerm(TermKind::kSum, MeasureKind::kField, kScoreField);
  NumberRows(definition);
}

Kpi& SmallDefinition::AddKpi(const std::string& name, KpiKind kind,
                             const std::vector<std::string>& windows) {
  Kpi kpi{.name = name,
          .help = "What " + name + " is.",
          .kind = kind,
          .exported = true,
          .windowed = !windows.empty(),
          .per = {kCompanyLevel, kRegionLevel}};
  for (const std::string& window : windows) kpi.over.push_back(ParseWindow(window).value());
  definition.kpi_ids[name] = static_cast<KpiId>(definition.kpis.size());
  definition.kpis.push_back(std::move(kpi));
  return definition.kpis.back();
}

FormulaNode SmallDefinition::Of(const std::string& name, Statistic statistic) const {
  return {.kind = FormulaNode::Kind::kKpi, .kpi = Id(name), .statistic = statistic};
}

FormulaNode SmallDefinition::Number(double number) {
  return {.kind = FormulaNode::Kind::kNumber, .number = number};
}

FormulaNode SmallDefinition::Binary(FormulaNode::Kind kind, int left, int right) {
  return {.kind = kind, .left = left, .right = right};
}

std::vector<RowId> Facts::RowsOf(TermId term, FactGroup group) const {
  const std::vector<TermRows>& sets = definition_.terms[term].group_sets;
  return {sets[0].first_row, sets[1].first_row + group.region, sets[2].first_row + group.source,
          sets[3].first_row + 3 * group.region + group.source};
}

void Facts::Sum(TermId term, EventTime time, int64_t amount, FactGroup group) {
  DeltaBatch batch;
  for (const RowId row : RowsOf(term, group)) {
    batch.sums.push_back({.row = row, .minute = MinuteOf(time.micros), .amount = amount});
  }
  cells.Add(batch);
}

void Facts::Duration(EventTime time, int64_t micros, FactGroup group) {
  DeltaBatch batch;
  for (const RowId row : RowsOf(kCycleTerm, group)) {
    batch.durations.push_back(
        {.row = row, .minute = MinuteOf(time.micros), .duration_micros = micros, .count = 1});
  }
  cells.Add(batch);
}

void Facts::Outcome(EventTime time, bool success, FactGroup group) {
  DeltaBatch batch;
  for (const RowId row : RowsOf(kOutcomesTerm, group)) {
    batch.outcomes.push_back(
        {.row = row, .count = 1, .time_micros = time.micros, .entity = 1, .success = success});
  }
  cells.Add(batch);
}

EventTime At(const std::string& rfc3339) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, rfc3339, &time, &error)) << error;
  return EventTime::From(time);
}

}  // namespace takt
