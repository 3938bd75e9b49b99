// What a record costs on its whole way through the engine without a broker and without a disk: Intake
// (decode, check, encode), the worker's half (decode, prefetch, apply, derive, fold) and the view's half
// (cells). The load is that of the pipeline benchmark: every deal once, then as many changes of them.
//
//   records          nanoseconds per record of the named part, by thread time
//   deltas           deltas that reach the view, per record
#include <benchmark/benchmark.h>
#include <time.h>

#include <memory>
#include <string>
#include <vector>

#include "connectors/protobuf/protobuf_decoder.h"
#include "engine/app/sales_protobuf.h"
#include "engine/cells/cell_table.h"
#include "engine/pipeline/intake.h"
#include "engine/pipeline/worker.h"
#include "engine/settings/settings.h"
#include "engine/time/parse_time.h"
#include "engine/traffic/deal_load.h"

namespace takt {
namespace {

constexpr int kRecordsPerPoll = 512;

double ThreadSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// All records one after the other, and where each begins.
struct Load {
  std::string bytes;
  std::vector<uint32_t> ends;

  Load(uint64_t deals, uint64_t records) {
    DealLoad load({.deals = deals, .start = {1767225600000000}});
    for (uint64_t i = 0; i < records; ++i) {
      bytes += SalesProtobuf(load.Next());
      ends.push_back(static_cast<uint32_t>(bytes.size()));
    }
  }
};

// The parts' time, in seconds.
struct Cost {
  double intake = 0;
  double worker = 0;
  double view = 0;
  uint64_t deltas = 0;
};

class Way {
 public:
  explicit Way(const Definition& definition)
      : decoder_(MakeProtobufDecoder()),
        intake_(definition, SourceSettings{}, *decoder_, 1),
        flow_(1, 1),
        worker_(std::make_unique<Worker>(definition, 0, flow_)),
        cells_(definition.calendar, definition.row_count) {}

  void Run(const Load& load, size_t first, size_t last, Cost& cost) {
    Record record;
    record.has_value = true;
    for (size_t at = first; at < last;) {
      const double begin = ThreadSeconds();
      for (const size_t end = std::min(at + kRecordsPerPoll, last); at < end; ++at) {
        const uint32_t from = at == 0 ? 0 : load.ends[at - 1];
        record.value = absl::string_view(load.bytes).substr(from, load.ends[at] - from);
        intake_.Take(record, absl::FromUnixSeconds(4'000'000'000));
      }
      ChangeBatch& batch = intake_.batches()[0];
      flow_.Began(1);
      flow_.lane(0, 0).batches.TryPush(batch);
      batch = ChangeBatch();
      flow_.lane(0, 0).spare.TryPop(&batch.bytes);
      const double read = ThreadSeconds();
      worker_->Step();
      if (worker_->WantsToPublish() || at == last) worker_->Publish();
      const double worked = ThreadSeconds();
      Published published;
      while (flow_.published(0).TryPop(&published)) {
        cost.deltas += published.deltas.sums.size() + published.deltas.durations.size() +
                       published.deltas.outcomes.size();
        cells_.Add(published.deltas);
        flow_.Ended(1);
      }
      cost.intake += read - begin;
      cost.worker += worked - read;
      cost.view += ThreadSeconds() - worked;
    }
  }

 private:
  std::unique_ptr<Decoder> decoder_;
  Intake intake_;
  Flow flow_;
  std::unique_ptr<Worker> worker_;
  CellTable cells_;
};

void Report(benchmark::State& state, const std::string& phase, const Cost& cost, double records) {
  const double to_nanos = 1e9 / records;
  state.counters[phase + "_intake"] = cost.intake * to_nanos;
  state.counters[phase + "_worker"] = cost.worker * to_nanos;
  state.counters[phase + "_view"] = cost.view * to_nanos;
  state.counters[phase + "_deltas"] = static_cast<double>(cost.deltas) / records;
}

void BM_Way(benchmark::State& state) {
  const auto deals = static_cast<uint64_t>(state.range(0));
  const LoadResult loaded = LoadSettings({"tests/bench/takt.yaml"}, {"config"});
  if (!loaded.ok()) {
    state.SkipWithError("tests/bench/takt.yaml: run this from the root of the tree");
    return;
  }
  const Load load(deals, 2 * deals);
  for (auto _ : state) {
    Way way(*loaded.settings.definition);
    Cost created;
    Cost changed;
    way.Run(load, 0, deals, created);
    way.Run(load, deals, 2 * deals, changed);
    Report(state, "created", created, static_cast<double>(deals));
    Report(state, "changed", changed, static_cast<double>(deals));
  }
}
BENCHMARK(BM_Way)->ArgName("deals")->Arg(50'000)->Arg(1'000'000)->Iterations(1)->Unit(
    benchmark::kMillisecond);

}  // namespace
}  // namespace takt

BENCHMARK_MAIN();
