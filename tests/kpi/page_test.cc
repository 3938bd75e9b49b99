#include "engine/kpi/page.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>

#include "engine/kpi/evaluate.h"
#include "tests/kpi/small_definition.h"

namespace takt {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class PageTest : public testing::Test {
 protected:
  PageTest() {
    Kpi& booked = small_.AddKpi("booked", KpiKind::kSum, {"28d", "previous month"});
    booked.term = kBookedTerm;
    booked.unit = {{{"money", 1}}};
    Kpi& cycle = small_.AddKpi("cycle", KpiKind::kDurations, {"28d"});
    cycle.term = kCycleTerm;
    cycle.unit = {{{"seconds", 1}}};
  }
  Snapshot OneSample(double value, Labels labels = {}) const {
    return {.now = At("2026-01-20T12:00:00.250Z"),
            .families = {{.name = "sales_company_booked",
                          .help = "Money.",
                          .samples = {{.labels = std::move(labels), .value = value}}}}};
  }
  std::string Text(const Snapshot& snapshot) const {
    return RenderPage(small_.definition, snapshot, PageFormat::kPrometheusText);
  }
  std::string OpenMetrics(const Snapshot& snapshot) const {
    return RenderPage(small_.definition, snapshot, PageFormat::kOpenMetrics);
  }

  SmallDefinition small_;
};

TEST_F(PageTest, IsThis) {
  EXPECT_EQ(Text(OneSample(12.5, {{"window", "28d"}, {"sales_region", "north"}})),
            R"(# HELP sales_company_booked Money.
# TYPE sales_company_booked gauge
sales_company_booked{window="28d",sales_region="north"} 12.5
# HELP takt_kpi_info What each KPI is: its unit, its currency where it is money, its definition.
# TYPE takt_kpi_info gauge
takt_kpi_info{kpi="booked",unit="money",currency="EUR",definition="What booked is."} 1
takt_kpi_info{kpi="cycle",unit="seconds",currency="",definition="What cycle is."} 1
# HELP takt_data_as_of_timestamp_seconds The moment that the KPIs are as of, in event time.
# TYPE takt_data_as_of_timestamp_seconds gauge
takt_data_as_of_timestamp_seconds 1768910400.25
)");
}

TEST_F(PageTest, IsThisInOpenMetrics) {
  EXPECT_EQ(OpenMetrics(OneSample(12.5)),
            R"(# HELP sales_company_booked Money.
# TYPE sales_company_booked gauge
sales_company_booked 12.5
# HELP takt_kpi What each KPI is: its unit, its currency where it is money, its definition.
# TYPE takt_kpi info
takt_kpi_info{kpi="booked",unit="money",currency="EUR",definition="What booked is."} 1
takt_kpi_info{kpi="cycle",unit="seconds",currency="",definition="What cycle is."} 1
# HELP takt_data_as_of_timestamp_seconds The moment that the KPIs are as of, in event time.
# TYPE takt_data_as_of_timestamp_seconds gauge
# UNIT takt_data_as_of_timestamp_seconds seconds
takt_data_as_of_timestamp_seconds 1768910400.25
# EOF
)");
}

struct NumberCase {
  const char* name;
  double value;
  const char* text;
};

class PageNumber : public testing::TestWithParam<NumberCase> {};

TEST_P(PageNumber, IsWrittenShortest) {
  const Snapshot snapshot{
      .families = {{.name = "x", .help = "h", .samples = {{.value = GetParam().value}}}}};
  SmallDefinition small;
  small.AddKpi("x", KpiKind::kCount, {}).exported = false;
  const std::string page = RenderPage(small.definition, snapshot, PageFormat::kPrometheusText);
  EXPECT_NE(page.find(std::string("\nx ") + GetParam().text + "\n"), std::string::npos) << page;
}

INSTANTIATE_TEST_SUITE_P(Numbers, PageNumber,
                         testing::Values(NumberCase{"NotANumber", NAN, "NaN"},
                                         NumberCase{"NegativeNotANumber", -NAN, "NaN"},
                                         NumberCase{"Infinite", kInfinity, "+Inf"},
                                         NumberCase{"MinusInfinite", -kInfinity, "-Inf"},
                                         NumberCase{"Zero", 0, "0"},
                                         NumberCase{"MinusZero", -0.0, "0"},
                                         NumberCase{"LargeWhole", 1234567890, "1234567890"},
                                         NumberCase{"RoundWhole", 100000, "100000"},
                                         NumberCase{"Third", 1.0 / 3, "0.3333333333333333"},
                                         NumberCase{"Tenth", 0.1, "0.1"},
                                         NumberCase{"Small", 1e-9, "1e-09"},
                                         NumberCase{"Huge", 1e300, "1e+300"},
                                         NumberCase{"Negative", -12345.67, "-12345.67"}),
                         [](const auto& info) { return info.param.name; });

TEST_F(PageTest, EscapesLabelsAndHelp) {
  Snapshot snapshot = OneSample(1, {{"sales_region", "a\\b\"c\nd"}});
  snapshot.families[0].help = "Say \"hi\" \\ and\ngo.";
  EXPECT_NE(Text(snapshot).find(R"({sales_region="a\\b\"c\nd"} 1)"), std::string::npos);
  EXPECT_NE(Text(snapshot).find("booked Say \"hi\" \\\\ and\\ngo.\n"), std::string::npos);
  EXPECT_NE(OpenMetrics(snapshot).find("booked Say \\\"hi\\\" \\\\ and\\ngo.\n"),
            std::string::npos);
}

TEST_F(PageTest, LeavesOutFamiliesWithoutSamples) {
  Snapshot snapshot = OneSample(1);
  snapshot.families[0].samples.clear();
  EXPECT_EQ(Text(snapshot).find("sales_company_booked"), std::string::npos);
}

TEST_F(PageTest, EqualSnapshotsGiveEqualBytes) {
  Facts facts(small_.definition);
  facts.Sum(kBookedTerm, At("2026-01-20T12:00:00Z"), 12345);
  const Evaluator evaluator(small_.definition);
  const EventTime now = At("2026-01-21T00:00:00Z");
  EXPECT_EQ(Text(*evaluator.Evaluate(facts.cells, now)),
            Text(*Evaluate(small_.definition, facts.cells, now)));
}

TEST_F(PageTest, PassesTheLinterOfPrometheus) {
  if (std::system("command -v promtool > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "promtool is not installed";
  }
  small_.AddKpi("won", KpiKind::kCount, {"28d", "last 100"}).term = kWonTerm;
  Kpi& closed = small_.AddKpi("closed", KpiKind::kCount, {"28d"});
  closed.term = kClosedTerm;
  Kpi& ratio = small_.AddKpi("win_ratio", KpiKind::kShare, {"28d"});
  ratio.numerator = small_.Id("won");
  ratio.denominator = small_.Id("closed");
  ratio.help = "With \\ and \"quotes\" and\na second line.";
  small_.AddKpi("open_deals", KpiKind::kLevel, {}).term = kOpenTerm;
  Kpi& velocity = small_.AddKpi("velocity", KpiKind::kFormula, {"28d"});
  velocity.unit = {{{"money", 1}, {"seconds", -1}}};
  velocity.formula = {small_.Of("booked")};
  small_.definition.dimensions[kRegion].values[0] = "nor\"th\\ and\nmore";
  Facts facts(small_.definition);
  facts.Sum(kBookedTerm, At("2026-01-20T12:00:00Z"), 12345, {.region = 2});
  facts.Duration(At("2026-01-20T12:00:00Z"), 86'400'000'000);
  const auto snapshot = Evaluate(small_.definition, facts.cells, At("2026-01-21T00:00:00Z"));
  const std::string path = testing::TempDir() + "/takt_page_test.prom";
  std::FILE* file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr);
  const std::string page = Text(*snapshot);
  ASSERT_EQ(std::fwrite(page.data(), 1, page.size(), file), page.size());
  ASSERT_EQ(std::fclose(file), 0);
  EXPECT_EQ(std::system(("promtool check metrics < " + path).c_str()), 0) << page;
  std::remove(path.c_str());
}

}  // namespace
}  // namespace takt
