#include "engine/ledger/merge_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/ledger/dimension_tables.h"

namespace takt {
namespace {

// Follows the map until an id comes again: then the smallest of that circle survives.
std::string Follow(const std::map<std::string, std::string>& into, std::string id) {
  std::set<std::string> seen;
  while (into.count(id) > 0 && seen.insert(id).second) id = into.at(id);
  if (into.count(id) == 0) return id;
  std::string smallest = id;
  for (std::string at = into.at(id); at != id; at = into.at(at)) smallest = std::min(smallest, at);
  return smallest;
}

TEST(MergeMap, SurvivorsAreThoseOfFollowingEveryStep) {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    SymbolTable symbols;
    MergeMap merges(symbols);
    std::map<std::string, std::string> into;
    const auto draw = [&] { return absl::StrCat("E", random() % 12); };
    for (int step = 0; step < 60; ++step) {
      const std::string loser = draw();
      const std::string target = draw();
      if (loser == target) {
        into.erase(loser);
        merges.Set(0, symbols.Intern(loser), kNull);
      } else {
        into[loser] = target;
        merges.Set(0, symbols.Intern(loser), symbols.Intern(target));
      }
      for (int i = 0; i < 12; ++i) {
        const std::string id = absl::StrCat("E", i);
        ASSERT_EQ(symbols.Text(merges.SurvivorOf(0, symbols.Intern(id))), Follow(into, id))
            << "round " << round << ", step " << step << ", " << id;
      }
    }
  }
}

}  // namespace
}  // namespace takt
