// What count, sum, durations and level are of: "deal", "visit", "deal.amount",
// "deal.amount * deal.probability", "visit.age".
//
// Threads: one. Errors: reported at the verb.
#pragma once

#include <optional>

#include "engine/settings/compilation.h"

namespace takt {

struct WrittenMeasure {
  RowsOf rows;
  Measure measure;
  bool age = false;  // how long the state has held
};

// Reads the text of the verb's entry, by what the verb allows.
std::optional<WrittenMeasure> ReadMeasure(Compilation& compilation, const Node& verb);

}  // namespace takt
