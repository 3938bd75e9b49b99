#include "tests/simulation/replica.h"

#include "absl/strings/str_cat.h"

namespace takt::simulation {
namespace {

scenario::MachineOptions RandomOptions(Random& random, const scenario::MemoryTopic& topic) {
  const std::vector<int> batches = {1, 2, 7, 1000};
  return {.workers = 1 + static_cast<int>(random.Below(3)),
          .records_per_poll = random.Pick(batches),
          .first_partition =
              static_cast<int>(random.Below(static_cast<int64_t>(topic.partitions.size())))};
}

}  // namespace

Replica::Replica(std::shared_ptr<const Definition> definition, const scenario::MemoryTopic& topic,
                 Random& random, bool faults)
    : machine_(std::move(definition), RandomOptions(random, topic), topic), faults_(faults) {}

void Replica::RandomStep(Random& random) {
  if (!error_.empty()) return;
  if (!machine_.running()) {
    const absl::Status created = machine_.Create();
    if (!created.ok()) error_ = absl::StrCat("start: ", created.ToString());
    reading_ = false;
  } else if (faults_ && random.Percent(6)) {
    Break(random);
  } else if (!reading_) {
    StepRestore();
  } else {
    StepPart(random);
  }
}

void Replica::StepRestore() {
  Pipeline& pipeline = machine_.pipeline();
  const absl::StatusOr<RestoreStep> step = pipeline.StepRestore();
  if (!step.ok()) {
    error_ = absl::StrCat("restore: ", step.status().ToString());
  } else if (*step == RestoreStep::kDone) {
    pipeline.Settle();
    pipeline.StartReading();
    reading_ = true;
  } else {
    for (int i = 0; i < pipeline.workers(); ++i) {
      pipeline.StepWorker(i);
      pipeline.PublishWorker(i);
    }
    pipeline.StepView();
  }
}

void Replica::StepPart(Random& random) {
  Pipeline& pipeline = machine_.pipeline();
  const int worker = static_cast<int>(random.Below(pipeline.workers()));
  switch (random.Below(8)) {
    case 0:
    case 1:
    case 2:
      pipeline.StepReader(0, absl::ZeroDuration());
      break;
    case 3:
    case 4:
      pipeline.StepWorker(worker);
      break;
    case 5:
      pipeline.PublishWorker(worker);
      break;
    case 6:
      pipeline.StepView();
      break;
    default:
      // A failing sync is the reader's trouble to find out: it appends no more.
      pipeline.SyncJournal().IgnoreError();
      machine_.clock().Advance(absl::Milliseconds(random.Below(1500)));
      break;
  }
}

void Replica::Break(Random& random) {
  switch (random.Below(6)) {
    case 0:
      machine_.source().away = !machine_.source().away;
      break;
    case 1:
      machine_.dead_letters().slow = !machine_.dead_letters().slow;
      break;
    case 2:
      machine_.dead_letters().full = !machine_.dead_letters().full;
      break;
    case 3: {
      uint64_t used = 0;
      for (const auto& [name, bytes] : machine_.disk().Files()) used += bytes.size();
      machine_.disk().SetCapacityBytes(random.Percent(50) ? UINT64_MAX : used + random.Below(500));
      break;
    }
    case 4:
      CrashProcess();
      break;
    default:
      CrashMachine(random);
      break;
  }
}

void Replica::Down() {
  machine_.Kill();
  reading_ = false;
  ++crashes_;
}

// Of what was not synced, the machine finds a part afterwards, or all of it; a byte may be wrong.
void Replica::CrashMachine(Random& random) {
  Down();
  machine_.disk().Crash([&](const std::string& unsynced) {
    std::string left = unsynced;
    if (random.Percent(60)) left.resize(random.Below(static_cast<int64_t>(left.size()) + 1));
    if (!left.empty() && random.Percent(40)) {
      left[random.Below(static_cast<int64_t>(left.size()))] ^=
          static_cast<char>(1 << random.Below(7));
    }
    return left;
  });
}

absl::Status Replica::HealAndCatchUp() {
  if (!error_.empty()) return absl::DataLossError(error_);
  machine_.disk().SetCapacityBytes(UINT64_MAX);
  if (machine_.running() && reading_) {
    machine_.source().away = false;
    machine_.dead_letters().slow = false;
    machine_.dead_letters().full = false;
    return machine_.CatchUp();
  }
  const absl::Status started = machine_.Start();
  if (!started.ok()) return started;
  reading_ = true;
  return machine_.CatchUp();
}

bool Replica::Settle() {
  if (!machine_.running() || !reading_) return false;
  machine_.pipeline().Settle();
  return machine_.pipeline().ReaderIsSettled(0);
}

std::vector<std::string> Replica::BrokenLaws() const {
  std::vector<std::string> broken;
  const EngineStatus status = machine_.pipeline().Status();
  uint64_t changes = status.restore.changes_replayed;
  for (const PartitionStatus& partition : status.partitions) {
    uint64_t told = partition.filtered + partition.admitted;
    for (const uint64_t count : partition.dead_lettered) told += count;
    changes += partition.changes_admitted;
    if (told == partition.polled) continue;
    broken.push_back(absl::StrCat("partition ", partition.partition, ": ", partition.polled,
                                  " polled, but ", told, " told of"));
  }
  const uint64_t counted = status.changes_applied + status.duplicates + status.refused_full;
  if (changes != counted) {
    broken.push_back(absl::StrCat(changes, " changes admitted or replayed, but ", counted,
                                  " applied, duplicate or refused"));
  }
  return broken;
}

}  // namespace takt::simulation
