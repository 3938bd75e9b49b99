// One replica under faults: its engine is stepped at random, and crashes.
//
// Threads: one. The topic outlives it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/scenario/machine.h"
#include "tests/simulation/random.h"

namespace takt::simulation {

class Replica {
 public:
  // Without faults it never crashes and everything outside is always there.
  Replica(std::shared_ptr<const Definition> definition, const scenario::MemoryTopic& topic,
          Random& random, bool faults);

  // One step of one part, or one fault.
  void RandomStep(Random& random);

  // Ends all faults, restarts what is down and reads to the end.
  absl::Status HealAndCatchUp();

  // Lets it finish what it has read. False when something of that still waits (a disk, a dead letter).
  bool Settle();

  // The conservation laws that do not hold. After CatchUp.
  std::vector<std::string> BrokenLaws() const;

  scenario::Machine& machine() { return machine_; }
  int crashes() const { return crashes_; }

 private:
  void StepPart(Random& random);
  void StepRestore();
  void Break(Random& random);
  void CrashProcess() { Down(); }
  void CrashMachine(Random& random);
  void Down();

  scenario::Machine machine_;
  const bool faults_;
  bool reading_ = false;  // restored
  int crashes_ = 0;
  std::string error_;  // of a start that failed for good
};

}  // namespace takt::simulation
