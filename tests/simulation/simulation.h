// One simulated life of two replicas: records arrive in portions and disorder, the replicas read them in
// different orders with different workers, dead letters are slow, the disk fills, sources go away, and
// engines and machines crash between any two steps, journals torn. Then everything heals, and:
//
//   equal     pages of both are byte-identical at the same moments, and so are their cells
//   right     every value is the oracle's; so it is in the middle, for what a replica had read by then
//   kept      dead letters are those of the oracle, to the last record; nothing else is
//   conserved polled = dead-lettered + filtered + admitted; changes = applied + duplicate
//   a cache   cells = all histories folded again
//
// A pure function of its seed. Threads: one.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/definition/definition.h"

namespace takt::simulation {

// By the name of the file; InvalidArgument with the problems.
using Definitions = std::map<std::string, std::shared_ptr<const Definition>>;
absl::StatusOr<Definitions> LoadDefinitions(const std::string& folder);

struct Verdict {
  uint64_t digest = 0;  // of pages and counts: the same for the same seed
  int crashes = 0;
  int values_compared = 0;
  std::vector<std::string> failures;
};

Verdict Simulate(uint64_t seed, const Definitions& definitions);

}  // namespace takt::simulation
