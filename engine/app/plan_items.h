// What it takes to go from one configuration to another, item by item, with the place of each.
//
//   nothing   evaluated from the cells that are there, or for later records alone
//   restart   of the process, which does nothing else
//   fold      the histories are folded again; the journal has all that it takes
//   replay    the journal lacks something: the source must be read again, or dead letters written again
//
// Threads: pure, but for reading the files that the configurations name.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/journal/block.h"
#include "engine/journal/translate.h"
#include "engine/settings/settings.h"
#include "engine/settings/tree.h"

namespace takt {

enum class Effort : uint8_t { kNothing, kRestart, kFold, kReplay };
const char* EffortName(Effort effort);

struct PlanItem {
  Effort effort = Effort::kNothing;
  std::string place;  // "takt.yaml:12:3"; of what was taken out, in the old file
  std::string path;   // "kpis.win_ratio"
  std::string what;   // "changed", "new", "taken out"
  std::string why;
};

// A configuration as it was read: both the tree, which knows places, and what it comes to.
struct LoadedConfig {
  Settings settings;
  Node root;
  std::vector<std::string> files;  // by Place::file
};

// What a journal was found to hold.
struct JournalFacts {
  uint64_t bytes = 0;
  uint64_t changes = 0;
  bool is_whole = true;  // false: it was too large to be gone through; changes are estimated
  // "deal.amount": in how many changes of its object the dictionary of that time had the field.
  std::map<std::string, uint64_t> kept;
  std::map<std::string, uint64_t> of_object;  // changes by object's name
  std::map<std::string, uint64_t> in_stage;   // "deal won": changes into a stage
  TranslationCounts translation;              // to the new configuration
};

std::vector<PlanItem> PlanItems(const LoadedConfig& before, const LoadedConfig& after,
                                const std::optional<JournalFacts>& journal);

}  // namespace takt
