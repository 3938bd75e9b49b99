// One engine without threads around a topic in memory: it reads, can be killed and started again, and
// answers what the KPIs are at any moment.
//
// Threads: one. The topic, the disk and the store of dead letters outlive it.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "engine/base/clock.h"
#include "engine/definition/definition.h"
#include "engine/journal/memory_files.h"
#include "engine/pipeline/pipeline.h"
#include "tests/oracle/compare.h"
#include "tests/scenario/memory_world.h"

namespace takt::scenario {

struct MachineOptions {
  int workers = 1;
  int records_per_poll = 1000;
  int first_partition = 0;
};

class Machine {
 public:
  Machine(std::shared_ptr<const Definition> definition, const MachineOptions& options,
          const MemoryTopic& topic);

  // Makes an engine out of what the disk holds, and restores it.
  absl::Status Start();
  // The same without restoring, for whoever steps the restore too.
  absl::Status Create();
  void Kill() { pipeline_.reset(); }
  // Reads to the end of the topic.
  absl::Status CatchUp();

  std::shared_ptr<const Snapshot> SnapshotAt(EventTime now) const;
  oracle::Values ValuesAt(EventTime now) const;

  Pipeline& pipeline() { return *pipeline_; }
  const Pipeline& pipeline() const { return *pipeline_; }
  bool running() const { return pipeline_ != nullptr; }
  MemorySource& source() { return *source_; }
  MemoryDeadLetters& dead_letters() { return *dead_letters_; }
  DeadLetterStore& store() { return store_; }
  MemoryDisk& disk() { return *disk_; }
  ManualClock& clock() { return clock_; }

 private:
  const std::shared_ptr<const Definition> definition_;
  const MachineOptions options_;
  const MemoryTopic& topic_;
  ManualClock clock_;
  std::shared_ptr<MemoryDisk> disk_;
  DeadLetterStore store_;
  MemorySource* source_ = nullptr;             // the pipeline's
  MemoryDeadLetters* dead_letters_ = nullptr;  // the pipeline's
  std::unique_ptr<Pipeline> pipeline_;
};

// The samples of a snapshot by canonical series text.
oracle::Values ValuesOf(const Definition& definition, const Snapshot& snapshot);

}  // namespace takt::scenario
