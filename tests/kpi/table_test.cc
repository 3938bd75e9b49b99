#include "engine/kpi/table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "engine/kpi/evaluate.h"
#include "engine/kpi/number_text.h"
#include "tests/kpi/small_definition.h"

namespace takt {
namespace {

class TableTest : public testing::Test {
 protected:
  TableTest() : small_(Calendar::Create("Europe/Paris", 1).value()), facts_(small_.definition) {
    small_.AddKpi("won", KpiKind::kCount, {"28d", "month"}).term = kWonTerm;
    small_.AddKpi("closed", KpiKind::kCount, {"28d"}).term = kClosedTerm;
    Kpi& ratio = small_.AddKpi("win_ratio", KpiKind::kShare, {"28d"});
    ratio.numerator = small_.Id("won");
    ratio.denominator = small_.Id("closed");
    Kpi& booked = small_.AddKpi("booked", KpiKind::kSum, {"28d"});
    booked.term = kBookedTerm;
    booked.unit = {{{"money", 1}}};
    Kpi& cycle = small_.AddKpi("cycle", KpiKind::kDurations, {"28d"});
    cycle.term = kCycleTerm;
    cycle.unit = {{{"seconds", 1}}};
    small_.AddKpi("open_deals", KpiKind::kLevel, {}).term = kOpenTerm;
    Kpi& velocity = small_.AddKpi("velocity", KpiKind::kFormula, {"28d"});
    velocity.unit = {{{"money", 1}, {"seconds", -1}}};
    velocity.formula = {small_.Of("booked"), small_.Of("cycle", Statistic::kMean),
                        SmallDefinition::Binary(FormulaNode::Kind::kDivide, 0, 1)};
  }
  std::string Table(const TableOptions& options = {}) const {
    const EventTime now = At("2026-01-20T12:00:00Z");
    return RenderTable(small_.definition, *Evaluate(small_.definition, facts_.cells, now), options);
  }

  SmallDefinition small_;
  Facts facts_;
};

TEST_F(TableTest, ShowsTheCompanyThenEachLevel) {
  const EventTime time = At("2026-01-20T10:00:00Z");
  for (int i = 0; i < 3; ++i) {
    facts_.Sum(kClosedTerm, time, 1);
    if (i > 0) continue;
    facts_.Sum(kWonTerm, time, 1);
    facts_.Sum(kBookedTerm, time, 123'456'700);
    facts_.Duration(time, int64_t{50} * 86'400'000'000);
    facts_.Sum(kOpenTerm, time, 1234);
  }
  EXPECT_EQ(Table(), R"(as of 2026-01-20 13:00 (Europe/Paris)

company         now            28d  month
won                              1      1
closed                           3
win_ratio            33.3 % (6-79)
booked EUR               1,234,567
cycle mean                  50.0 d
cycle p50                   49.9 d
cycle p90                   49.9 d
open_deals    1,234
velocity EUR             24,691 /d

region        over      north  south
won            28d          1      0
closed         28d          3      0
win_ratio      28d     33.3 %      -
booked EUR     28d  1,234,567      0
cycle mean     28d     50.0 d      -
open_deals     now      1,234      0
velocity EUR   28d  24,691 /d      -
)");
}

TEST_F(TableTest, ContinuesBelowWhereTheTerminalEnds) {
  const std::string table = Table({.width = 30});
  size_t begin = 0;
  for (size_t end = table.find('\n'); end != std::string::npos; end = table.find('\n', begin)) {
    if (begin > 0) {
      EXPECT_LE(end - begin, 30) << table.substr(begin, end - begin);
    }
    begin = end + 1;
  }
  EXPECT_NE(table.find("region        south\n"), std::string::npos) << table;
}

TEST_F(TableTest, AWindowThatFewHaveStandsBesideItsValue) {
  small_.AddKpi("lost", KpiKind::kCount, {"7d", "90d"}).term = kWonTerm;
  small_.AddKpi("made", KpiKind::kCount, {"7d", "90d"}).term = kWonTerm;
  small_.AddKpi("rare", KpiKind::kCount, {"365d"}).term = kWonTerm;
  const std::string table = Table();
  EXPECT_NE(table.find(" 0 over 365d\n"), std::string::npos) << table;
}

class ManyGroupsTest : public TableTest {
 protected:
  ManyGroupsTest() {
    for (const char* kpi : {"won", "win_ratio"}) {
      Family& family = snapshot_.families.emplace_back();
      family.name = kpi;
      family.kpi = small_.Id(kpi);
      family.level = kRegionLevel;
      for (int i = 0; i < 8; ++i) {
        family.samples.push_back(
            {.labels = {{"window", "28d"}, {"sales_region", "region-" + std::to_string(i)}},
             .value = 0.125 * i});
      }
    }
  }
  Snapshot snapshot_{.now = At("2026-01-20T12:00:00Z")};
};

TEST_F(ManyGroupsTest, StandBelowEachOtherWithTheMostTellingFirst) {
  const std::string table = RenderTable(small_.definition, snapshot_, {.rows_per_level_max = 2});
  EXPECT_EQ(table, R"(as of 2026-01-20 13:00 (Europe/Paris)

region    win_ratio   won
                28d   28d
region-0      0.0 %     0
region-1     12.5 %  0.13
... and 6 more
)");
}

TEST_F(ManyGroupsTest, LeaveOutWhatDoesNotFit) {
  const std::string table = RenderTable(small_.definition, snapshot_, {.width = 20});
  EXPECT_NE(table.find("region-7     87.5 %\n"), std::string::npos) << table;
  EXPECT_EQ(table.find("won"), std::string::npos) << table;
}

TEST_F(TableTest, NothingIsTheTimeAlone) {
  EXPECT_EQ(RenderTable(small_.definition, {.now = At("2026-01-20T12:00:00Z")}),
            "as of 2026-01-20 13:00 (Europe/Paris)\n");
}

TEST_F(TableTest, LeavesSplitsOut) {
  small_.AddKpi("by_source", KpiKind::kCount, {"28d"}).split = {kLeadSource};
  EXPECT_EQ(Table().find("by_source"), std::string::npos);
}

TEST(WithThousandsTest, PutsCommas) {
  struct Case {
    double value;
    int decimals;
    const char* text;
  };
  for (const Case& c :
       {Case{0, 0, "0"}, Case{999, 0, "999"}, Case{1000, 0, "1,000"}, Case{999.5, 0, "1,000"},
        Case{1234567.891, 1, "1,234,567.9"}, Case{-1234.5, 2, "-1,234.50"}, Case{-0.001, 2, "0.00"},
        Case{0.5, 0, "1"}, Case{12.345, 1, "12.3"}, Case{1e15, 0, "1,000,000,000,000,000"}}) {
    EXPECT_EQ(WithThousands(c.value, c.decimals), c.text) << c.value;
  }
}

}  // namespace
}  // namespace takt
