#include "connectors/grafana/kpi_series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/kpi/small_definition.h"

namespace takt {
namespace {

using testing::ElementsAre;

struct TitleCase {
  const char* name;
  const char* title;
};

class TitleTest : public testing::TestWithParam<TitleCase> {};

TEST_P(TitleTest, Reads) { EXPECT_EQ(KpiSeries::Title(GetParam().name), GetParam().title); }

INSTANTIATE_TEST_SUITE_P(Names, TitleTest,
                         testing::Values(TitleCase{"win_ratio", "Win ratio"},
                                         TitleCase{"nrr_90d", "NRR 90d"}, TitleCase{"mrr", "MRR"},
                                         TitleCase{"won", "Won"}, TitleCase{"x", "X"}),
                         [](const auto& each) { return std::string(each.param.name); });

class KpiSeriesTest : public testing::Test {
 protected:
  KpiSeriesTest() {
    small_.AddKpi("won", KpiKind::kCount, {"7d", "28d"});
    small_.AddKpi("closed", KpiKind::kCount, {"7d", "28d"});
    Kpi& ratio = small_.AddKpi("ratio", KpiKind::kShare, {"7d", "28d"});
    ratio.numerator = small_.Id("won");
    ratio.denominator = small_.Id("closed");
    small_.AddKpi("booked", KpiKind::kSum, {"90d"}).unit = {{{"money", 1}}};
    small_.AddKpi("open", KpiKind::kLevel, {}).unit = {{{"deal", 1}}};
  }
  const Kpi& Of(const std::string& name) { return small_.definition.kpis[small_.Id(name)]; }

  SmallDefinition small_;
};

TEST_F(KpiSeriesTest, QueriesTheChosenWindowAndDropsReplicas) {
  const KpiSeries series(small_.definition);
  EXPECT_EQ(series.Query(Of("ratio"), kRegionLevel, "lower", ",sales_region=\"north\""),
            "max without (instance, pod) (sales_region_ratio_lower{job=~\"$job\","
            "window=\"$window\",sales_region=\"north\"})");
  EXPECT_EQ(series.Query(Of("open"), kCompanyLevel, ""),
            "max without (instance, pod) (sales_company_open{job=~\"$job\"})");
  EXPECT_EQ(series.Query(Of("open"), kCompanyLevel, "lower"), "");
}

TEST_F(KpiSeriesTest, KpiWithoutTheDefaultWindowKeepsItsOwnAndSaysSo) {
  const KpiSeries series(small_.definition);
  EXPECT_THAT(series.Windows(), ElementsAre("28d", "7d", "90d"));
  EXPECT_THAT(series.Query(Of("booked"), kCompanyLevel, ""), testing::HasSubstr("window=\"90d\""));
  EXPECT_EQ(series.TitleOf(Of("booked")), "Booked (90d)");
  EXPECT_EQ(series.TitleOf(Of("ratio")), "Ratio");
}

TEST_F(KpiSeriesTest, SharesAreOfTheirDenominator) {
  const KpiSeries series(small_.definition);
  EXPECT_EQ(series.OutcomesQuery(Of("ratio"), kCompanyLevel),
            "max without (instance, pod) (sales_company_closed{job=~\"$job\",window=\"$window\"})");
  EXPECT_EQ(series.OutcomesQuery(Of("booked"), kCompanyLevel), "");
}

TEST_F(KpiSeriesTest, PartsOfSharesAreNoHeadlines) {
  const KpiSeries series(small_.definition);
  EXPECT_THAT(series.Headlines(kRegionLevel),
              ElementsAre(&Of("ratio"), &Of("booked"), &Of("open")));
}

TEST_F(KpiSeriesTest, UnitsAreThoseOfGrafana) {
  small_.definition.currency.code = "CHF";
  const KpiSeries series(small_.definition);
  EXPECT_EQ(series.UnitOf(Of("booked")), "currencyCHF");
  EXPECT_EQ(series.UnitOf(Of("ratio")), "percentunit");
  EXPECT_EQ(series.UnitOf(Of("open")), "none");
  small_.definition.currency.code = "XOF";
  EXPECT_EQ(series.UnitOf(Of("booked")), "currency:XOF");
}

TEST_F(KpiSeriesTest, PeopleAreWhatOthersAreLookedUpBy) {
  Dimension group;
  group.name = "group";
  group.of = "region";
  group.of_dimension = kRegion;
  EXPECT_FALSE(KpiSeries(small_.definition).IsOfPeople(kRegionLevel));
  small_.definition.dimensions.push_back(group);
  EXPECT_TRUE(KpiSeries(small_.definition).IsOfPeople(kRegionLevel));
  small_.definition.dimensions[kRegion].of = "owner";
  EXPECT_FALSE(KpiSeries(small_.definition).IsOfPeople(kRegionLevel));
  EXPECT_FALSE(KpiSeries(small_.definition).IsOfPeople(kCompanyLevel));
}

}  // namespace
}  // namespace takt
