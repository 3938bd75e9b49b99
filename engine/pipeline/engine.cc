#include "engine/pipeline/engine.h"

#include <utility>

#include "engine/base/status_macros.h"
#include "engine/pipeline/engine_threads.h"

namespace takt {
namespace {

constexpr absl::Duration kDrainLook = absl::Milliseconds(2);
// Who asks over HTTP holds one of the server's two threads meanwhile.
constexpr absl::Duration kAnswerLimit = absl::Seconds(3);
constexpr absl::Duration kExplainLimit = absl::Seconds(10);
constexpr absl::Duration kEffectsLimit = absl::Seconds(1);

}  // namespace

absl::StatusOr<std::unique_ptr<Engine>> Engine::Create(EngineParts parts) {
  TAKT_ASSIGN_OR_RETURN(std::unique_ptr<Pipeline> pipeline, Pipeline::Create(std::move(parts)));
  return std::unique_ptr<Engine>(new Engine(std::make_unique<Threads>(std::move(pipeline))));
}

Engine::Engine(std::unique_ptr<Threads> threads) : threads_(std::move(threads)) {}

Engine::~Engine() { Stop(); }

absl::Status Engine::Start() {
  if (threads_->running || threads_->IsStopping()) {
    return absl::FailedPreconditionError("the engine was started before");
  }
  threads_->Start();
  return absl::OkStatus();
}

void Engine::Stop() { threads_->Stop(); }

void Engine::Retire() { threads_->Retire(); }

absl::Status Engine::WaitUntilRestored(absl::Duration limit) {
  return threads_->WaitForRestore(limit);
}

absl::Status Engine::Drain(absl::Duration limit) {
  const absl::Duration deadline = threads_->real.Monotonic() + limit;
  TAKT_RETURN_IF_ERROR(threads_->WaitForRestore(limit));
  // A whole step of every reader must begin and end after this call.
  std::vector<uint64_t> turns;
  for (int i = 0; i < threads_->pipeline->readers(); ++i) {
    turns.push_back(threads_->pipeline->reader(i).Turns() + 2);
  }
  while (!threads_->IsDrained(turns)) {
    TAKT_RETURN_IF_ERROR(threads_->CheckSources());
    if (threads_->real.Monotonic() >= deadline) {
      return absl::DeadlineExceededError("the engine did not come to the end of its sources");
    }
    threads_->drain_bell.WaitFor(kDrainLook);
  }
  return threads_->requests.Ask(std::nullopt, deadline - threads_->real.Monotonic()).status();
}

std::shared_ptr<const Snapshot> Engine::CurrentSnapshot() const {
  return threads_->pipeline->CurrentSnapshot();
}

absl::StatusOr<std::shared_ptr<const Snapshot>> Engine::SnapshotAt(EventTime now) {
  if (!threads_->IsRestored()) {
    return absl::UnavailableError("the journal is still being replayed");
  }
  return threads_->SnapshotAt(now, kAnswerLimit);
}

EngineStatus Engine::Status() const { return threads_->Status(); }

bool Engine::Alive() const { return threads_->StuckLoop().empty(); }
bool Engine::Ready() const { return threads_->IsRestored(); }
bool Engine::Started() const { return threads_->IsRestored(); }

absl::StatusOr<uint64_t> Engine::Audit() { return threads_->Audit(); }

absl::StatusOr<Explanation> Engine::Explain(const ExplainQuestion& question) {
  if (!threads_->IsRestored()) {
    return absl::UnavailableError("the journal is still being replayed");
  }
  return takt::Explain(definition(), question, threads_->jobs, kExplainLimit);
}

TapPage Engine::TakeTapped(const TapQuestion& question,
                           std::vector<std::vector<ChangeEffects>>* effects) {
  TapPage page = threads_->pipeline->tap().Take(question);
  effects->assign(page.records.size(), {});
  std::vector<std::string> changes;
  for (const TappedRecord& record : page.records) {
    changes.insert(changes.end(), record.changes.begin(), record.changes.end());
  }
  if (changes.empty() || !threads_->IsRestored()) return page;
  const absl::StatusOr<std::vector<ChangeEffects>> found =
      FindEffects(changes, threads_->jobs, kEffectsLimit);
  if (!found.ok()) return page;
  size_t next = 0;
  for (size_t i = 0; i < page.records.size(); ++i) {
    for (size_t j = 0; j < page.records[i].changes.size(); ++j) {
      (*effects)[i].push_back((*found)[next++]);
    }
  }
  return page;
}

const Definition& Engine::definition() const { return *threads_->pipeline->parts().definition; }

}  // namespace takt
