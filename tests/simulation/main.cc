// takt-simulate [--seeds 200] [--from 1] [--folder tests/simulation]
//
// Runs that many seeds from the first one on, and those of seeds.txt, where seeds that once failed are
// kept; every tenth is run twice and must come out the same. The failing seed is printed first. Exit
// code 0, or 1 at the first failure.
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/simulation/simulation.h"

namespace takt::simulation {
namespace {

struct Arguments {
  uint64_t seeds = 200;
  uint64_t from = 1;
  std::string folder = "tests/simulation";
};

bool ParseArguments(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i];
    if (i + 1 == argc) return false;
    const std::string value = argv[i + 1];
    if (name == "--folder") {
      arguments.folder = value;
    } else if (name == "--seeds") {
      if (!absl::SimpleAtoi(value, &arguments.seeds)) return false;
    } else if (name != "--from" || !absl::SimpleAtoi(value, &arguments.from)) {
      return false;
    }
  }
  return true;
}

std::vector<uint64_t> KeptSeeds(const std::string& path) {
  std::vector<uint64_t> seeds;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    uint64_t seed = 0;
    if (absl::SimpleAtoi(line.substr(0, line.find(' ')), &seed)) seeds.push_back(seed);
  }
  return seeds;
}

struct Totals {
  uint64_t seeds = 0;
  int64_t crashes = 0;
  int64_t values = 0;
};

bool RunSeed(uint64_t seed, const Definitions& definitions, Totals& totals) {
  Verdict verdict = Simulate(seed, definitions);
  if (verdict.failures.empty() && seed % 10 == 0 &&
      Simulate(seed, definitions).digest != verdict.digest) {
    verdict.failures.push_back("the same seed came out differently");
  }
  ++totals.seeds;
  totals.crashes += verdict.crashes;
  totals.values += verdict.values_compared;
  if (verdict.failures.empty()) return true;
  std::cout << "failing seed " << seed << "\n";
  for (const std::string& failure : verdict.failures) std::cout << "  " << failure << "\n";
  return false;
}

int Main(int argc, char** argv) {
  Arguments arguments;
  if (!ParseArguments(argc, argv, arguments)) {
    std::cerr << "takt-simulate [--seeds 200] [--from 1] [--folder tests/simulation]\n";
    return 2;
  }
  const auto definitions = LoadDefinitions(arguments.folder + "/configs");
  if (!definitions.ok()) {
    std::cerr << definitions.status().message() << "\n";
    return 2;
  }
  std::vector<uint64_t> seeds = KeptSeeds(arguments.folder + "/seeds.txt");
  for (uint64_t i = 0; i < arguments.seeds; ++i) seeds.push_back(arguments.from + i);
  const absl::Time begin = absl::Now();
  Totals totals;
  for (const uint64_t seed : seeds) {
    if (!RunSeed(seed, *definitions, totals)) return 1;
  }
  std::cout << "seeds " << totals.seeds << ", crashes " << totals.crashes << ", values compared "
            << totals.values << ", divergences 0, "
            << absl::ToInt64Milliseconds(absl::Now() - begin) << " ms\n";
  return 0;
}

}  // namespace
}  // namespace takt::simulation

int main(int argc, char** argv) { return takt::simulation::Main(argc, argv); }
