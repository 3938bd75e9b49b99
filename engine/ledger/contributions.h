// What single entities contribute to a KPI's value, and why: the words that a ledger and whoever
// asks it share (ledger/explainer.h finds the answers).
//
//   part          one sum of facts that a value is made of: a term's row of cells over a range of
//                 minutes, such as the deals won in the north over 28 days
//   contribution  what one entity has in a part
//   cause         a change of the entity, or something handed to it over a link, without which its
//                 contribution would be another
//
// Every part is looked at for two moments, "before" and "after"; who asks about one moment gives the
// same twice.
//
// Threads: values; made on a worker's thread, read on others.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/cells/cell_table.h"
#include "engine/definition/dimension.h"
#include "engine/definition/term.h"
#include "engine/model/change.h"
#include "engine/time/pane.h"

namespace takt {

inline constexpr int kBefore = 0;
inline constexpr int kAfter = 1;

struct WantedPart {
  TermId term = 0;
  RowId row = 0;
  // Of an age: the level of starts. A contribution is amount x age - start.
  std::optional<TermId> start_term;
  RowId start_row = 0;
  std::array<MinuteRange, 2> ranges;
  std::array<int64_t, 2> age_micros{};  // up to when ages are counted
  int64_t last = 0;                     // outcomes: how many of the latest count
};

struct WantedContributions {
  std::vector<WantedPart> parts;
  bool moves = false;   // list what differs between the moments; else what contributes after
  int listed_max = 20;  // of each part
};

struct Contribution {
  ObjectId object = 0;
  std::string id;
  // Units of facts; of durations one fact's microseconds, 0 where it is not in the range.
  std::array<int64_t, 2> amounts{};
  std::array<int64_t, 2> starts{};  // of ages
  Minute dated = 0;                 // its latest fact of a range
  OutcomeDelta outcome;             // of outcomes
};

struct DurationFact {
  int64_t micros = 0;
  std::array<bool, 2> counts{};
};

struct PartFindings {
  std::array<Int128, 2> totals{};
  std::array<Int128, 2> starts{};
  std::array<uint64_t, 2> contributing{};  // entities; of durations facts
  uint64_t moved = 0;                      // those that differ
  // The largest first, at most listed_max; of outcomes all that may be among the last, latest first.
  std::vector<Contribution> listed;
  std::vector<DurationFact> durations;  // all of them
};

struct Findings {
  std::vector<PartFindings> parts;
  uint64_t entities = 0;    // that were looked at
  uint64_t seen_again = 0;  // of those: changed meanwhile, and looked at once more
};

struct CausingOccurrence {
  MomentId moment = 0;  // of the origin
  EventTime time;
};

struct Cause {
  // A change of the entity `object`, `id`, encoded (model/change_codec.h); or empty, and that entity
  // handed over the moments below by its link `link`.
  std::string change;
  ObjectId object = 0;
  std::string id;
  bool merged = false;  // it was merged into the one that is explained
  LinkId link = 0;
  std::vector<CausingOccurrence> occurrences;
};

struct Causes {
  bool found = false;  // the entity is there and its history was short enough to be looked through
  bool too_long = false;             // it was not
  std::array<int64_t, 2> amounts{};  // what it contributes when they were looked for
  std::array<int64_t, 2> starts{};
  std::vector<Cause> causes;  // in the order of the history
};

// What one change adds to or takes from a term's facts: those of its entity with it, less those without.
struct ChangeEffect {
  TermId term = 0;
  GroupId group = 0;  // in the term's coarsest group set
  Minute minute = 0;
  int64_t amount = 0;  // of durations microseconds; of outcomes 1 or -1
};
struct ChangeEffects {
  bool is_applied = false;  // false: not in the history, be it for being on its way or a duplicate
  std::vector<ChangeEffect> effects;
};

// What an entity has in a part, in facts; of ages microseconds.
inline Int128 AmountOf(const WantedPart& part, const Contribution& one, int moment) {
  const Int128 amount = one.amounts[moment];
  if (!part.start_term.has_value()) return amount;
  return amount * part.age_micros[moment] - one.starts[moment];
}

}  // namespace takt
