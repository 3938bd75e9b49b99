#include "tests/simulation/simulation.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/hash.h"
#include "engine/kpi/page.h"
#include "engine/settings/settings.h"
#include "tests/oracle/admission.h"
#include "tests/oracle/compare.h"
#include "tests/oracle/oracle.h"
#include "tests/simulation/replica.h"
#include "tests/simulation/world.h"

namespace takt::simulation {
namespace {

constexpr size_t kDivergencesShown = 5;

class Run {
 public:
  Run(uint64_t seed, const Definitions& definitions)
      : random_(seed),
        world_(MakeWorld(random_)),
        definition_(definitions.at(world_.config)),
        topic_(1 + static_cast<int>(random_.Below(4))),
        admission_(*definition_, absl::Minutes(10)),
        oracle_(*definition_) {}

  Verdict Simulate() {
    const bool faults = random_.Percent(80);
    for (int i = 0; i < 2; ++i) {
      replicas_.push_back(std::make_unique<Replica>(definition_, topic_, random_, faults));
    }
    size_t next = 0;
    while (next < world_.records.size()) {
      for (int64_t portion = 1 + random_.Below(60); portion > 0; --portion) {
        if (next < world_.records.size()) Put(world_.records[next++]);
      }
      for (int64_t step = random_.Below(80); step > 0; --step) {
        replicas_[random_.Below(2)]->RandomStep(random_);
      }
      if (random_.Percent(10)) CompareInTheMiddle(*replicas_[random_.Below(2)]);
    }
    for (auto& replica : replicas_) Heal(*replica);
    if (verdict_.failures.empty()) CheckEnd();
    return std::move(verdict_);
  }

 private:
  void Put(const SentRecord& record) {
    topic_.Put(record.entity, record.bytes);
    std::vector<Change> changes;
    admission_.Admit(record.bytes, 0, &changes);
    for (const Change& change : changes) oracle_.Add(change);
  }

  void Heal(Replica& replica) {
    const absl::Status status = replica.HealAndCatchUp();
    if (!status.ok()) Fail(status.ToString());
    verdict_.crashes += replica.crashes();
  }

  void CheckEnd() {
    std::vector<std::string> pages;
    for (auto& replica : replicas_) {
      std::string page;
      for (const EventTime now : world_.nows) {
        page += RenderPage(*definition_, *replica->machine().SnapshotAt(now),
                           PageFormat::kPrometheusText);
      }
      pages.push_back(std::move(page));
      CheckReplica(*replica);
    }
    if (pages[0] != pages[1]) Fail("the pages of the two replicas differ");
    if (CellsOf(*replicas_[0]) != CellsOf(*replicas_[1])) Fail("the cells of the replicas differ");
    verdict_.digest = StableHash(absl::StrCat(pages[0], verdict_.crashes));
  }

  void CheckReplica(Replica& replica) {
    Pipeline& pipeline = replica.machine().pipeline();
    for (const EventTime now : world_.nows) {
      Compare(oracle_, replica.machine().ValuesAt(now), now, "at the end");
    }
    if (pipeline.Audit() != 0) Fail("cells are not all histories folded again");
    for (const std::string& broken : replica.BrokenLaws()) Fail(broken);
    const EngineStatus status = pipeline.Status();
    CheckCount("changes", status.changes_applied, oracle_.histories().ChangeCount());
    CheckCount("entities", status.entities, oracle_.histories().EntityCount());
    if (replica.machine().store().Counts() != admission_.refused()) {
      Fail(absl::StrCat("dead letters: ", replica.machine().store().letters.size(),
                        " kept, other ones than the oracle's"));
    }
  }

  void CheckCount(absl::string_view what, uint64_t found, uint64_t expected) {
    if (found != expected) Fail(absl::StrCat(found, " ", what, ", expected ", expected));
  }

  // What a replica shows once it has settled is what an oracle says that was given what it had read.
  void CompareInTheMiddle(Replica& replica) {
    if (!replica.Settle()) return;
    oracle::Admission admission(*definition_, absl::Minutes(10));
    oracle::Oracle oracle(*definition_);
    std::vector<Change> changes;
    for (const PartitionState& read : replica.machine().source().Partitions()) {
      for (int64_t offset = 0; offset < read.next_offset; ++offset) {
        admission.Admit(topic_.partitions[read.partition][offset], 0, &changes);
        for (const Change& change : changes) oracle.Add(change);
      }
    }
    const EventTime now = random_.Pick(world_.nows);
    Compare(oracle, replica.machine().ValuesAt(now), now, "in the middle");
  }

  void Compare(oracle::Oracle& oracle, const oracle::Values& found, EventTime now,
               absl::string_view when) {
    const oracle::Comparison comparison = oracle::Compare(oracle.Series(now), found);
    verdict_.values_compared += comparison.compared;
    if (comparison.divergences.empty()) return;
    Fail(absl::StrCat(comparison.divergences.size(), " divergences ", when, ", now ",
                      absl::FormatTime(absl::RFC3339_full, now.ToTime(), absl::UTCTimeZone())));
    const size_t shown = std::min(comparison.divergences.size(), kDivergencesShown);
    for (size_t i = 0; i < shown; ++i) Fail(comparison.divergences[i]);
  }

  static std::string CellsOf(Replica& replica) {
    return replica.machine().pipeline().view().cells().Encode();
  }
  void Fail(absl::string_view text) { verdict_.failures.emplace_back(text); }

  Random random_;
  const World world_;
  const std::shared_ptr<const Definition> definition_;
  scenario::MemoryTopic topic_;
  oracle::Admission admission_;
  oracle::Oracle oracle_;
  std::vector<std::unique_ptr<Replica>> replicas_;
  Verdict verdict_;
};

}  // namespace

absl::StatusOr<Definitions> LoadDefinitions(const std::string& folder) {
  Definitions definitions;
  for (const char* name : {"sales.yaml", "plain.yaml"}) {
    const LoadResult loaded = LoadSettings({absl::StrCat(folder, "/", name)}, {"config"});
    std::vector<std::string> problems;
    for (const Problem& problem : loaded.problems) problems.push_back(ProblemText(problem));
    if (!loaded.ok()) return absl::InvalidArgumentError(absl::StrJoin(problems, "\n"));
    definitions[name] = loaded.settings.definition;
  }
  return definitions;
}

Verdict Simulate(uint64_t seed, const Definitions& definitions) {
  return Run(seed, definitions).Simulate();
}

}  // namespace takt::simulation
