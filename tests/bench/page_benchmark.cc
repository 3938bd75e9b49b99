// What 100,000 series cost: evaluated from cells, rendered as a page and as JSON.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "engine/cells/cell_table.h"
#include "engine/definition/definition.h"
#include "engine/kpi/evaluate.h"
#include "engine/kpi/json_view.h"
#include "engine/kpi/page.h"

namespace takt {
namespace {

constexpr int kTeams = 499;  // and strangers
constexpr int kKpis = 50;
const char* const kWindows[] = {"7d", "28d", "90d", "month"};

Definition ManySeries() {
  Definition definition;
  Dimension team{.name = "team", .label = "sales_team"};
  for (int i = 0; i < kTeams; ++i) team.values.push_back("team-" + std::to_string(i));
  team.values.push_back("unassigned");
  definition.dimensions = {team};
  definition.levels = {{.name = "company"}, {.name = "team", .dimension = DimensionId{0}}};
  definition.group_sets = {{}, {.dimensions = {0}, .size = kTeams + 1}};
  for (int i = 0; i < kKpis; ++i) {
    definition.terms.push_back({.group_sets = {{.group_set = 0}, {.group_set = 1}}});
    Kpi kpi{.name = "kpi_" + std::to_string(i),
            .help = "A count.",
            .exported = true,
            .per = {0, 1},
            .term = static_cast<TermId>(i)};
    for (const char* window : kWindows) kpi.over.push_back(ParseWindow(window).value());
    definition.kpis.push_back(kpi);
  }
  NumberRows(definition);
  return definition;
}

class ManySeriesFixture : public benchmark::Fixture {
 public:
  void SetUp(const benchmark::State&) override {
    definition_ = ManySeries();
    cells_ = std::make_unique<CellTable>(definition_.calendar, definition_.row_count);
    std::mt19937_64 random(7);
    DeltaBatch batch;
    for (int i = 0; i < 1'000'000; ++i) {
      batch.sums.push_back({static_cast<uint32_t>(random() % definition_.row_count),
                            kNow - static_cast<Minute>(random() % (100 * 1440)), 1});
    }
    cells_->Add(batch);
    evaluator_ = std::make_unique<Evaluator>(definition_);
  }
  void TearDown(const benchmark::State&) override {
    evaluator_.reset();
    cells_.reset();
  }

 protected:
  static constexpr Minute kNow = 29'480'000;
  static EventTime Now() { return {kNow * kMicrosPerMinute}; }

  Definition definition_;
  std::unique_ptr<CellTable> cells_;
  std::unique_ptr<Evaluator> evaluator_;
};

BENCHMARK_F(ManySeriesFixture, Evaluate)(benchmark::State& state) {
  size_t series = 0;
  for (auto _ : state) {
    const auto snapshot = evaluator_->Evaluate(*cells_, Now());
    series = 0;
    for (const Family& family : snapshot->families) series += family.samples.size();
  }
  state.counters["series"] = static_cast<double>(series);
}

BENCHMARK_F(ManySeriesFixture, RenderPage)(benchmark::State& state) {
  const auto snapshot = evaluator_->Evaluate(*cells_, Now());
  for (auto _ : state) {
    benchmark::DoNotOptimize(RenderPage(definition_, *snapshot, PageFormat::kPrometheusText));
  }
}

BENCHMARK_F(ManySeriesFixture, RenderJson)(benchmark::State& state) {
  const auto snapshot = evaluator_->Evaluate(*cells_, Now());
  for (auto _ : state) benchmark::DoNotOptimize(RenderJson(definition_, *snapshot));
}

}  // namespace
}  // namespace takt

BENCHMARK_MAIN();
