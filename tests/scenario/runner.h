// Runs a scenario in one shape, through the whole pipeline and beside the oracle. Every shape must give
// the figures that the file expects, and every value of every KPI must be the oracle's.
//
// Threads: one. Errors: a list of what was wrong, with the scenario's line.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/definition/definition.h"
#include "tests/scenario/scenario.h"

namespace takt::scenario {

// How records come to the engine. What stands between two lines `now` or `expect` is one portion: it is
// known at the latter and unknown at the former, whatever the shape.
enum class Arrival : uint8_t {
  kAsWritten,
  kRestarted,  // the engine is killed and restarted in the middle of every portion and behind it
  kShuffled,   // each portion in another order
  kTwice,      // each portion comes twice
};

struct Shape {
  int partitions = 1;
  int workers = 1;
  int batch = 1000;
  Arrival arrival = Arrival::kAsWritten;
};
std::string ShapeName(const Shape& shape);  // "P4W3B1Shuffled"
std::vector<Shape> AllShapes();

// The definition that the scenario's configuration says. `folder` takes its files.
absl::StatusOr<std::shared_ptr<const Definition>> LoadDefinition(const Scenario& scenario,
                                                                 const std::string& folder);

struct Outcome {
  int expectations = 0;
  int compared = 0;  // values with the oracle
  std::vector<std::string> failures;
};
Outcome RunScenario(const Scenario& scenario, std::shared_ptr<const Definition> definition,
                    const Shape& shape);

}  // namespace takt::scenario
