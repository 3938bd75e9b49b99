// What a change costs in the ledger, and what an open deal takes: a million deals of six changes
// each, with the terms of a sales team's usual KPIs over company, region and team.
//
//   per_change       seconds; the whole of Apply: look-up, history, moments, facts, differences
//   bytes_per_deal   all memory of the ledger, ids and hash tables included, by deal
#include <benchmark/benchmark.h>

#include <cstdio>
#include <memory>

#include "engine/ledger/ledger.h"
#include "tests/ledger/definition_builder.h"

namespace takt {
namespace {

// The shape of the shipped catalogue: counts, sums, levels, durations, visits and reaches of deals.
void AddSalesTerms(DefinitionBuilder& build, bool linked) {
  build.AddObject("lead", {{"owner", FieldType::kText}});
  build.AddObject("deal", {{"amount", FieldType::kMoney},
                           {"owner", FieldType::kText},
                           {"source_lead", FieldType::kText}});
  build.AddPipeline("deal", {.name = "sales", .open = {"new", "qualified", "proposal"}});
  std::vector<DefinitionBuilder::TableRow> owners;
  for (int i = 0; i < 200; ++i) {
    owners.push_back({"rep" + std::to_string(i), "", "team" + std::to_string(i % 20)});
  }
  std::vector<DefinitionBuilder::TableRow> teams;
  for (int i = 0; i < 20; ++i) {
    teams.push_back({"team" + std::to_string(i), "", "region" + std::to_string(i % 4)});
  }
  build.AddTable("team", "owner", owners);
  build.AddTable("region", "team", teams);
  build.AddStageDimension("deal");
  const std::vector<std::vector<std::string>> levels = {{}, {"region"}, {"team"}};
  const std::vector<std::vector<std::string>> stages = {{"deal_stage"}, {"region", "deal_stage"}};
  const auto moment = [&](const char* name) { return build.Moment("deal", name); };
  const Measure amount{MeasureKind::kField, build.Field("deal", "amount")};
  const StateUse open{.state = build.State("deal", "open")};
  build.AddTerm({.at = {moment("created")}}, "deal", levels);
  build.AddTerm({.at = {moment("won")}}, "deal", levels);
  build.AddTerm({.at = {moment("lost")}}, "deal", levels);
  build.AddTerm({.at = {moment("won"), moment("lost")}}, "deal", levels);
  build.AddTerm({.measure = amount, .at = {moment("won")}}, "deal", levels);
  build.AddTerm({.kind = TermKind::kOutcomes,
                 .at = {moment("won"), moment("lost")},
                 .success = {moment("won")}},
                "deal", levels);
  build.AddTerm({.kind = TermKind::kDurations, .at = {moment("won")}, .from = moment("created")},
                "deal", levels);
  build.AddTerm({.kind = TermKind::kLevel, .states = {open}}, "deal", levels);
  build.AddTerm({.kind = TermKind::kLevel, .measure = amount, .states = {open}}, "deal", levels);
  build.AddTerm({.kind = TermKind::kLevel,
                 .measure = {MeasureKind::kWeighted, amount.field, kProbabilityField},
                 .states = {open}},
                "deal", levels);
  build.AddTerm({.rows = RowSource::kReach, .at = {kEnteredMoment}}, "deal", stages);
  build.AddTerm({.kind = TermKind::kDurations,
                 .rows = RowSource::kVisit,
                 .at = {kLeftMoment},
                 .from = kEnteredMoment},
                "deal", stages);
  build.AddTerm({.at = {build.Moment("lead", "created")}}, "lead", levels);
  if (!linked) return;
  const LinkId link = build.AddLink("deal", "source_lead", "lead", {.moments = {"won"}});
  const MomentId customer = build.AddMoment("lead", "customer",
                                            {.source = Moment::Source::kLinked,
                                             .moments = {moment("won")},
                                             .origin = build.Object("deal"),
                                             .origin_link = link});
  build.AddTerm({.at = {customer}, .dated = build.Moment("lead", "created")}, "lead", levels);
}

// Six changes of a deal's life: created, owned, qualified, proposed, repriced, won or lost.
class DealTraffic {
 public:
  // `leads`: how many leads the deals come from; 0: each from its own.
  explicit DealTraffic(const DefinitionBuilder& build, int leads = 0)
      : leads_(leads),
        object_(build.Object("deal")),
        amount_(build.Field("deal", "amount")),
        owner_(build.Field("deal", "owner")),
        lead_(build.Field("deal", "source_lead")) {}

  Change Make(int deal, int step) {
    static const char* const kStages[] = {"new", "", "qualified", "proposal", "", "won"};
    Change change;
    change.object = object_;
    change.id = absl::string_view(id_, std::snprintf(id_, sizeof(id_), "0065g%08d", deal));
    // A day and odd seconds between changes; milliseconds, as CRMs say them.
    change.time = {1'767'225'600'000'000 +
                   (int64_t{deal} * 37 + int64_t{step} * 86'461'013) * 1000};
    change.identity = (uint64_t{static_cast<uint32_t>(deal)} * 8 + step) * 0x9e3779b97f4a7c15 | 1;
    if (step == 0) change.kind = ChangeKind::kRecord;
    const char* stage = step == 5 && deal % 4 != 0 ? "lost" : kStages[step];
    if (*stage != 0) change.fields.push_back({kStageField, Value::Text(stage)});
    if (step == 0 || step == 4) {
      change.fields.push_back(
          {amount_, Value::Integer(100'000 + (deal * 7919 + step) % 5'000'000)});
    }
    if (step < 2) {
      const int rep = (deal + step) % 200;
      change.fields.push_back(
          {owner_, Value::Text({rep_, static_cast<size_t>(
                                          std::snprintf(rep_, sizeof(rep_), "rep%d", rep))})});
    }
    if (step == 0) {
      const int lead = leads_ == 0 ? deal : deal % leads_;
      change.fields.push_back(
          {lead_, Value::Text({lead_id_, static_cast<size_t>(std::snprintf(
                                             lead_id_, sizeof(lead_id_), "00Q5g%08d", lead))})});
    }
    return change;
  }

 private:
  int leads_;
  ObjectId object_;
  FieldId amount_, owner_, lead_;
  char id_[32];
  char rep_[32];
  char lead_id_[32];
};

// Rounds over all deals, so that every change finds its deal cold, as traffic does.
void BM_Apply(benchmark::State& state) {
  const int deals = static_cast<int>(state.range(0));
  const bool linked = state.range(1) != 0;
  for (auto _ : state) {
    state.PauseTiming();
    DefinitionBuilder build;
    AddSalesTerms(build, linked);
    auto ledger = std::make_unique<Ledger>(build.Finish(), 0, 1);
    DealTraffic traffic(build);
    DeltaBatch deltas;
    std::vector<HandOver> outbox;
    uint64_t delta_count = 0;
    state.ResumeTiming();
    for (int step = 0; step < 6; ++step) {
      for (int deal = 0; deal < deals; ++deal) {
        ledger->Apply(traffic.Make(deal, step), deltas, outbox);
        if (deltas.sums.size() < 4096) continue;
        delta_count += deltas.sums.size() + deltas.durations.size() + deltas.outcomes.size();
        deltas.clear();
      }
    }
    state.PauseTiming();
    const double changes = 6.0 * deals;
    state.counters["per_change"] = benchmark::Counter(
        changes, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
    state.counters["deltas_per_change"] = static_cast<double>(delta_count) / changes;
    state.counters["bytes_per_deal"] =
        static_cast<double>(ledger->State().memory_bytes) / static_cast<double>(deals);
    ledger.reset();
    state.ResumeTiming();
  }
}
BENCHMARK(BM_Apply)
    ->ArgNames({"deals", "linked"})
    ->Args({10'000, 0})
    ->Args({10'000, 1})
    ->Args({1'000'000, 0})
    ->Args({1'000'000, 1})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

// All deals come from one lead, which is told of each that is won.
void BM_OneTarget(benchmark::State& state) {
  const int deals = static_cast<int>(state.range(0));
  DefinitionBuilder build;
  AddSalesTerms(build, true);
  build.Finish();
  for (auto _ : state) {
    Ledger ledger(build.definition(), 0, 1);
    DealTraffic traffic(build, 1);
    DeltaBatch deltas;
    std::vector<HandOver> outbox;
    ledger.Apply(build.Record("lead", "00Q5g00000000", "2026-01-01", {}), deltas, outbox);
    for (int step = 0; step < 6; ++step) {
      for (int deal = 0; deal < deals; ++deal) {
        ledger.Apply(traffic.Make(deal, step), deltas, outbox);
        deltas.clear();
      }
    }
    state.counters["bytes_per_deal"] =
        static_cast<double>(ledger.State().memory_bytes) / static_cast<double>(deals);
  }
  state.counters["per_change"] = benchmark::Counter(
      6.0 * deals, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(BM_OneTarget)
    ->ArgName("deals")
    ->Arg(5'000)
    ->Arg(50'000)
    ->Arg(200'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

// Folding all histories again: a change of configuration, the audit, a restore's second half.
void BM_FoldAgain(benchmark::State& state) {
  const int deals = static_cast<int>(state.range(0));
  DefinitionBuilder build;
  AddSalesTerms(build, false);
  Ledger ledger(build.Finish(), 0, 1);
  DealTraffic traffic(build);
  DeltaBatch deltas;
  std::vector<HandOver> outbox;
  for (int step = 0; step < 6; ++step) {
    for (int deal = 0; deal < deals; ++deal) {
      ledger.Apply(traffic.Make(deal, step), deltas, outbox);
      deltas.clear();
    }
  }
  for (auto _ : state) {
    uint64_t facts = 0;
    ledger.FoldAgain([&](const DeltaBatch& batch) {
      facts += batch.sums.size();
      return true;
    });
    benchmark::DoNotOptimize(facts);
  }
  state.counters["per_change"] = benchmark::Counter(
      6.0 * deals, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(BM_FoldAgain)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace takt

BENCHMARK_MAIN();
