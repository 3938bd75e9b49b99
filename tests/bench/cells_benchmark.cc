// What a fact costs to put into cells, and a window to read from them.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <random>
#include <vector>

#include "engine/cells/cell_table.h"

namespace takt {
namespace {

constexpr Minute kStart = 29'000'000;
constexpr int kDays = 365;
constexpr uint32_t kRows = 600;  // 24 terms of company, 4 regions and 20 teams

// A year of traffic: each event counts for company, region and team; one in ten is late.
std::vector<DeltaBatch> YearOfSums(int batches, int events) {
  std::mt19937_64 random(7);
  std::vector<DeltaBatch> year(static_cast<size_t>(batches));
  for (int i = 0; i < batches; ++i) {
    for (int j = 0; j < events; ++j) {
      const int64_t position = int64_t{i} * events + j;
      int64_t minute = position * kDays * 1440 / (int64_t{batches} * events);
      if (random() % 10 == 0) minute -= static_cast<int64_t>(random() % (30 * 1440));
      const uint32_t term = static_cast<uint32_t>(random() % 24) * 25;
      const uint32_t team = static_cast<uint32_t>(random() % 20);
      const int64_t amount = static_cast<int64_t>(random() % 5) - 2;
      for (const uint32_t group : {uint32_t{0}, 1 + team / 5, 5 + team}) {
        year[static_cast<size_t>(i)].sums.push_back(
            {term + group, kStart + static_cast<Minute>(minute), amount});
      }
    }
  }
  return year;
}

void AddSums(benchmark::State& state) {
  const std::vector<DeltaBatch> year = YearOfSums(1000, 1000);
  const Calendar calendar = Calendar::Create("Europe/Paris", 1).value();
  size_t next = 0;
  CellTable table(calendar, kRows);
  for (auto _ : state) {
    table.Add(year[next]);
    next = (next + 1) % year.size();
  }
  state.SetItemsProcessed(state.iterations() * 3000);
  state.counters["bytes_per_fact"] =
      static_cast<double>(table.MemoryBytes()) / static_cast<double>(3000 * state.iterations());
}
BENCHMARK(AddSums)->Iterations(1000);  // once through the year

void ReadWindow(benchmark::State& state) {
  const Calendar calendar = Calendar::Create("Europe/Paris", 1).value();
  CellTable table(calendar, kRows);
  for (const DeltaBatch& batch : YearOfSums(300, 1000)) table.Add(batch);
  const Minute end = kStart + kDays * 1440 - 700;
  const MinuteRange range{calendar.DayStart(calendar.DayOf(end) - static_cast<Day>(state.range(0))),
                          end};
  uint32_t row = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(table.Sum(row, range));
    row = (row + 1) % kRows;
  }
}
BENCHMARK(ReadWindow)->Arg(1)->Arg(28)->Arg(90)->Arg(364);

void ReadLevel(benchmark::State& state) {
  const Calendar calendar = Calendar::Create("Europe/Paris", 1).value();
  CellTable table(calendar, kRows);
  for (const DeltaBatch& batch : YearOfSums(300, 1000)) table.Add(batch);
  uint32_t row = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(table.Sum(row, {kMinuteMin, kStart + kDays * 1440 - 700}));
    row = (row + 1) % kRows;
  }
}
BENCHMARK(ReadLevel);

void ReadQuantiles(benchmark::State& state) {
  const Calendar calendar = Calendar::Create("Europe/Paris", 1).value();
  CellTable table(calendar, 1);
  std::mt19937_64 random(7);
  DeltaBatch batch;
  for (int i = 0; i < 100'000; ++i) {
    batch.durations.push_back({0, kStart + static_cast<Minute>(random() % (kDays * 1440)),
                               static_cast<int64_t>(random() % 8'000'000'000'000) + 1, 1});
  }
  table.Add(batch);
  for (auto _ : state) {
    const DurationSummary summary =
        table.Durations(0, {kStart + 200 * 1440 + 500, kStart + 290 * 1440 + 500});
    benchmark::DoNotOptimize(summary.Quantile(0.5));
  }
}
BENCHMARK(ReadQuantiles);

void ReadLastHundred(benchmark::State& state) {
  const Calendar calendar;
  CellTable table(calendar, 1);
  std::mt19937_64 random(7);
  DeltaBatch batch;
  for (int i = 0; i < 100'000; ++i) {
    batch.outcomes.push_back(
        {0, 1, static_cast<int64_t>(random() % 1'000'000'000'000), random(), random() % 4 == 0});
  }
  table.Add(batch);
  for (auto _ : state) benchmark::DoNotOptimize(table.Last(0, 100, kMinuteMax));
}
BENCHMARK(ReadLastHundred);

}  // namespace
}  // namespace takt

BENCHMARK_MAIN();
