// A definition with every kind of term over four linked objects, and random histories of it:
// disorder, edits, reopened deals, two pipelines, re-pointed links, merges in chains and circles,
// deletes, changes of one moment, event ids with conflicts.
//
// Threads: one.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "tests/ledger/definition_builder.h"

namespace takt {

class SalesWorld {
 public:
  SalesWorld();

  const Definition& definition() { return build_.definition(); }
  DefinitionBuilder& build() { return build_; }
  // Few entities, so that they meet.
  std::vector<Change> RandomChanges(uint32_t seed, int count);

 private:
  void AddObjects();
  void AddMoments();
  void AddTerms();
  void AddLevelTerms();
  Change RandomChange();
  DefinitionBuilder::Fields RandomFields(const std::string& object);
  std::optional<std::string> Pick(const std::vector<std::string>& from);
  std::string RandomTime();
  bool OneIn(uint32_t n) { return random_() % n == 0; }

  DefinitionBuilder build_;
  std::mt19937 random_;
};

}  // namespace takt
