// The oracle's own parts against tables worked out by hand. That its KPIs are right is shown by
// tests/scenario, where the worked examples have their figures written out.
#include "tests/oracle/oracle.h"

#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/oracle/admission.h"
#include "tests/oracle/compare.h"
#include "tests/oracle/numbers.h"

namespace takt::oracle {
namespace {

int64_t MinuteAt(const char* text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return MinuteHolding(absl::ToUnixMicros(time));
}

struct WindowCase {
  const char* name;
  const char* zone;
  int fiscal_month;
  Window window;
  const char* end;
  const char* begin_expected;
  const char* end_expected;
};

class Windows : public testing::TestWithParam<WindowCase> {};

TEST_P(Windows, CoverTheMinutesWorkedOutByHand) {
  const WindowCase& c = GetParam();
  const Span span = Civil(c.zone, c.fiscal_month).Resolve(c.window, MinuteAt(c.end));
  EXPECT_EQ(span.begin, MinuteAt(c.begin_expected));
  EXPECT_EQ(span.end, MinuteAt(c.end_expected));
}

Window Days(int count) { return {.kind = Window::Kind::kDays, .count = count}; }
Window ToDate(Period period) { return {.kind = Window::Kind::kPeriod, .period = period}; }
Window Previous(Period period) { return {.kind = Window::Kind::kPreviousPeriod, .period = period}; }

INSTANTIATE_TEST_SUITE_P(
    Civil, Windows,
    testing::Values(
        WindowCase{"minutes",
                   "UTC",
                   1,
                   {.kind = Window::Kind::kMinutes, .count = 90},
                   "2026-01-10T10:00:00Z",
                   "2026-01-10T08:30:00Z",
                   "2026-01-10T10:00:00Z"},
        WindowCase{"day_of_23_hours", "Europe/Paris", 1, Days(1), "2026-03-29T22:00:00Z",
                   "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"},
        WindowCase{"seven_days_over_the_clock_change", "Europe/Paris", 1, Days(7),
                   "2026-04-01T10:01:00Z", "2026-03-25T23:00:00Z", "2026-04-01T10:01:00Z"},
        WindowCase{"week_begins_on_monday", "UTC", 1, ToDate(Period::kWeek), "2026-01-11T12:00:00Z",
                   "2026-01-05T00:00:00Z", "2026-01-11T12:00:00Z"},
        WindowCase{"quarter_in_paris", "Europe/Paris", 1, ToDate(Period::kQuarter),
                   "2026-03-31T22:31:00Z", "2026-03-31T22:00:00Z", "2026-03-31T22:31:00Z"},
        WindowCase{"quarter_in_new_york", "America/New_York", 1, ToDate(Period::kQuarter),
                   "2026-03-31T22:31:00Z", "2026-01-01T05:00:00Z", "2026-03-31T22:31:00Z"},
        WindowCase{"fiscal_year_from_february", "UTC", 2, ToDate(Period::kFiscalYear),
                   "2026-01-31T00:01:00Z", "2025-02-01T00:00:00Z", "2026-01-31T00:01:00Z"},
        WindowCase{"fiscal_quarter_from_february", "UTC", 2, ToDate(Period::kFiscalQuarter),
                   "2026-01-31T00:01:00Z", "2025-11-01T00:00:00Z", "2026-01-31T00:01:00Z"},
        WindowCase{"previous_month", "UTC", 1, Previous(Period::kMonth), "2026-03-01T00:01:00Z",
                   "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"},
        WindowCase{"end_on_a_boundary_is_the_old_day", "UTC", 1, Days(1), "2026-01-11T00:00:00Z",
                   "2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z"}),
    [](const auto& info) { return info.param.name; });

TEST(CivilMove, KeepsTheTimeOfDayAndClampsTheDayOfMonth) {
  const Civil paris("Europe/Paris", 1);
  const CivilSpan month{1, CivilSpan::Unit::kMonths};
  EXPECT_EQ(paris.Move(MinuteAt("2026-03-31T10:00:00Z"), month, -1),
            MinuteAt("2026-02-28T11:00:00Z"));
  const CivilSpan day{1, CivilSpan::Unit::kDays};
  // 02:30 on 30 March has no 02:30 on 29 March: the next instant that exists is 03:00.
  EXPECT_EQ(paris.Move(MinuteAt("2026-03-30T00:30:00Z"), day, -1),
            MinuteAt("2026-03-29T01:00:00Z"));
}

struct DecimalCase {
  const char* text;
  std::optional<Reason> money;
  int64_t cents;
};

TEST(Numbers, MoneyIsExactOrRefused) {
  const DecimalCase cases[] = {{"10000.00", std::nullopt, 1000000},
                               {"-0", std::nullopt, 0},
                               {".5", std::nullopt, 50},
                               {"1e3", std::nullopt, 100000},
                               {"1.100", std::nullopt, 110},
                               {"123e-2", std::nullopt, 123},
                               {"0.001", Reason::kTooManyDecimals, 0},
                               {"1e-3", Reason::kTooManyDecimals, 0},
                               {"1e999", Reason::kBadNumber, 0},
                               {"99999999999999999999", Reason::kBadNumber, 0},
                               {"12a", Reason::kBadNumber, 0},
                               {"", Reason::kBadNumber, 0},
                               {"40%", Reason::kBadNumber, 0}};
  for (const DecimalCase& c : cases) {
    int64_t cents = 0;
    EXPECT_EQ(MoneyOf(c.text, 2, &cents), c.money) << c.text;
    EXPECT_EQ(cents, c.money.has_value() ? 0 : c.cents) << c.text;
  }
}

TEST(Numbers, MillionthsRoundHalfToEven) {
  const std::pair<const char*, int64_t> cases[] = {
      {"40%", 400000}, {"0.0000005", 0}, {"0.0000015", 2}, {"0.00000051", 1}, {"-0.0000015", -2}};
  for (const auto& [text, expected] : cases) {
    int64_t value = -1;
    EXPECT_EQ(MillionthsOf(text, &value), std::nullopt) << text;
    EXPECT_EQ(value, expected) << text;
  }
}

TEST(Json, RefusesWhatIsNotJsonWithItsReason) {
  const std::pair<std::string, Reason> cases[] = {{"{\"a\":1", Reason::kMalformed},
                                                  {"{} {}", Reason::kMalformed},
                                                  {"{\"a\":1,\"a\":2}", Reason::kMalformed},
                                                  {"\"\\ud800\"", Reason::kMalformed},
                                                  {"[01]", Reason::kMalformed},
                                                  {"[NaN]", Reason::kBadNumber},
                                                  {"\"\xc3\x28\"", Reason::kInvalidUtf8},
                                                  {std::string(40, '['), Reason::kTooLarge}};
  for (const auto& [text, reason] : cases) {
    const std::variant<Json, Reason> parsed = ParseJson(text);
    ASSERT_TRUE(std::holds_alternative<Reason>(parsed)) << text;
    EXPECT_EQ(std::get<Reason>(parsed), reason) << text;
  }
}

// A definition of one object "deal" with one pipeline, enough for the record rules.
Definition DealDefinition() {
  Definition definition;
  Object deal;
  deal.name = "deal";
  deal.fields = {{"merged_into", FieldType::kText},   {"created_at", FieldType::kTime},
                 {"stage", FieldType::kText},         {"pipeline", FieldType::kText},
                 {"probability", FieldType::kNumber}, {"amount", FieldType::kMoney}};
  for (size_t i = 0; i < deal.fields.size(); ++i) {
    deal.field_ids[deal.fields[i].name] = static_cast<FieldId>(i);
  }
  deal.pipelines = {"main"};
  deal.stages = {{.pipeline = "main", .name = "s1", .rank = 0},
                 {.pipeline = "main", .name = "s2", .rank = 1},
                 {.pipeline = "main", .name = "s3", .rank = 2},
                 {.pipeline = "main", .name = "won", .kind = StageKind::kWon, .rank = 3},
                 {.pipeline = "main", .name = "lost", .kind = StageKind::kLost, .rank = -1}};
  definition.objects.push_back(deal);
  definition.object_ids["deal"] = 0;
  return definition;
}

TEST(Admission, GivesEveryRefusedRecordItsReason) {
  const Definition definition = DealDefinition();
  Admission admission(definition, absl::Minutes(10));
  const std::string head = R"({"object":"deal","id":"D","time":"2026-01-10T09:30:00Z")";
  const std::pair<std::string, std::optional<Reason>> cases[] = {
      {head + "}", std::nullopt},
      {head + R"(,"fields":{"stage":"won","amount":"10.00","other":[1]}})", Reason::kBadValue},
      {head + R"(,"fields":{"stage":"won","amount":10.5,"other":true}})", std::nullopt},
      {"", Reason::kEmptyValue},
      {"{\"object\":\"deal\"}", Reason::kMissingId},
      {"{\"object\":\"deal\",\"id\":\"D\"}", Reason::kMissingTime},
      {"{\"object\":\"dael\",\"id\":\"D\",\"time\":0}", Reason::kUnknownObject},
      {"{\"object\":\"deal\",\"id\":\"D\",\"time\":0}", Reason::kBadTime},
      {"{\"object\":\"deal\",\"id\":\"D\",\"time\":\"9999-01-01T00:00:00Z\"}", Reason::kBadTime},
      {"{\"object\":\"deal\",\"id\":\"D\",\"time\":\"yesterday\"}", Reason::kBadTime},
      {head + R"(,"fields":{"stage":"wno"}})", Reason::kUnknownStage},
      {head + R"(,"fields":{"amount":"1.001"}})", Reason::kTooManyDecimals},
      {head + R"(,"fields":{"amount":1e999}})", Reason::kBadNumber},
      {head + R"(,"fields":{"currency":"USD"}})", Reason::kUnknownCurrency},
      {head + R"(,"fields":{"currency":"EUR"}})", std::nullopt},
      {head + R"(,"op":"drop"})", Reason::kBadValue},
      {std::string("\0\0\0\0\1avro", 9), Reason::kUnsupportedFrame}};
  std::vector<Change> changes;
  for (const auto& [record, reason] : cases) {
    EXPECT_EQ(admission.Admit(record, 0, &changes), reason) << record;
    EXPECT_EQ(changes.size(), reason.has_value() ? 0 : 1) << record;
  }
  const int64_t hour_before = MinuteAt("2026-01-10T08:30:00Z") * kMicrosInMinute;
  EXPECT_EQ(admission.Admit(head + "}", hour_before, &changes), Reason::kFutureTime);
}

Change At(const char* id, const char* time, ChangeKind kind, const char* stage) {
  Change change{.kind = kind, .id = id};
  change.time = {MinuteAt(time) * kMicrosInMinute};
  if (stage != nullptr) change.fields.push_back({kStageField, Value::Text(stage)});
  return change;
}

const Entity& Only(Histories& histories, const std::string& id) {
  return histories.Entities().at({0, id});
}

TEST(Histories, SameChangesInAnyOrderAndNumberAreOneHistory) {
  const Definition definition = DealDefinition();
  const Change created = At("D", "2026-01-01T00:00:00Z", ChangeKind::kRecord, "s1");
  const Change won = At("D", "2026-01-03T00:00:00Z", ChangeKind::kPatch, "won");
  const Change proposal = At("D", "2026-01-02T00:00:00Z", ChangeKind::kPatch, "s3");
  Histories histories(definition);
  for (const Change& change : {won, created, won, proposal, created}) histories.Add(change);
  const Entity& deal = Only(histories, "D");
  ASSERT_EQ(deal.steps.size(), 3);
  ASSERT_EQ(deal.visits.size(), 3);
  EXPECT_EQ(deal.visits[1].exit, "won");
  EXPECT_EQ(*deal.created, created.time.micros);
  ASSERT_EQ(deal.reaches.size(), 4);
  EXPECT_FALSE(deal.reaches[1].visited);  // s2 was skipped, and reached all the same
  EXPECT_EQ(deal.reaches[1].entered, proposal.time.micros);
}

TEST(Histories, OfOneIdentityTheSmallestStands) {
  const Definition definition = DealDefinition();
  Change first = At("D", "2026-01-01T00:00:00Z", ChangeKind::kRecord, "s1");
  Change second = At("D", "2026-01-02T00:00:00Z", ChangeKind::kRecord, "s2");
  first.identity = second.identity = 7;
  Histories histories(definition);
  histories.Add(second);
  histories.Add(first);
  ASSERT_EQ(Only(histories, "D").steps.size(), 1);
  EXPECT_EQ(Only(histories, "D").steps[0].stage, 0);
}

TEST(Histories, MergeUnitesAndClearingItParts) {
  const Definition definition = DealDefinition();
  Histories histories(definition);
  histories.Add(At("A", "2026-01-02T00:00:00Z", ChangeKind::kRecord, "s1"));
  histories.Add(At("B", "2026-01-01T00:00:00Z", ChangeKind::kRecord, "s2"));
  Change merge = At("B", "2026-01-05T00:00:00Z", ChangeKind::kPatch, nullptr);
  merge.fields.push_back({kMergedIntoField, Value::Text("A")});
  histories.Add(merge);
  // The loser's deletion is part of the merge.
  histories.Add(At("B", "2026-01-05T00:01:00Z", ChangeKind::kDelete, nullptr));
  ASSERT_EQ(histories.Entities().size(), 1);
  EXPECT_EQ(*Only(histories, "A").created, MinuteAt("2026-01-01T00:00:00Z") * kMicrosInMinute);
  EXPECT_FALSE(Only(histories, "A").deleted);
  Change parted = At("B", "2026-01-06T00:00:00Z", ChangeKind::kUndelete, nullptr);
  parted.fields.push_back({kMergedIntoField, Value::Null()});
  histories.Add(parted);
  ASSERT_EQ(histories.Entities().size(), 2);
  EXPECT_FALSE(Only(histories, "B").deleted);
}

TEST(Histories, InACircleOfMergesTheSmallestIdSurvives) {
  const Definition definition = DealDefinition();
  Histories histories(definition);
  const std::pair<const char*, const char*> merges[] = {{"C", "B"}, {"B", "A"}, {"A", "B"}};
  for (const auto& [loser, survivor] : merges) {
    Change merge = At(loser, "2026-01-05T00:00:00Z", ChangeKind::kRecord, nullptr);
    merge.fields.push_back({kMergedIntoField, Value::Text(survivor)});
    histories.Add(merge);
  }
  ASSERT_EQ(histories.Entities().size(), 1);
  EXPECT_EQ(Only(histories, "A").steps.size(), 3);
}

TEST(Compare, FindsWrongAbsentAndSurplusValues) {
  const SeriesMap expected = {{"sales_a{window=\"7d\",b=\"x\"}", {.value = 1}},
                              {"sales_b", {.value = std::nan("")}},
                              {"sales_c", {.value = 100, .tolerance = 0.0101}},
                              {"sales_d", {.value = 0, .optional = true}},
                              {"sales_e", {.value = 3, .optional = true}}};
  const absl::StatusOr<Values> page = ReadPage(
      "# HELP sales_a A.\nsales_a{b=\"x\",window=\"7d\"} 1\nsales_b NaN\nsales_c 101\nsales_f 1\n");
  ASSERT_TRUE(page.ok()) << page.status();
  const Comparison comparison = Compare(expected, *page);
  EXPECT_EQ(comparison.compared, 5);
  EXPECT_THAT(comparison.divergences, testing::SizeIs(2));  // sales_e absent, sales_f surplus
  EXPECT_FALSE(ReadPage("sales_a{b=\"x\" 1\n").ok());
  EXPECT_FALSE(Close(1, 1.1, 1e-12));
  EXPECT_FALSE(Close(1, std::nan(""), 1));
}

}  // namespace
}  // namespace takt::oracle
