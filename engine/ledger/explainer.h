// Finds what the entities of one ledger contribute to parts of a KPI's value, while the ledger goes
// on taking changes.
//
// It looks at all entities, some at a time. What changes behind its back it looks at again, and when
// it is done, the findings are what the ledger holds at that moment, exactly: their totals are the
// sums of the rows of cells. So nothing has to stand still for it.
//
// Why an entity contributes is found by leaving out: beginning with the latest, each change of its
// history is left out, and stays out if the same facts follow without it. What is left is a smallest
// set of changes from which they follow. The same is done with what was handed to it over links.
//
// Threads: the ledger's own thread, the destructor too, between two calls of the ledger. One at a
// time for a ledger. Cost: about 0.3 us for each change kept, in steps of the caller's size; the last
// step puts the found in order, 10 ms for a million; 50 bytes for each entity that contributes; causes
// one derivation for each change of an entity, of 64 at most.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/ledger/contributions.h"
#include "engine/ledger/ledger.h"

namespace takt {

class LedgerExplainer {
 public:
  // `ledger` must outlive it.
  LedgerExplainer(const Ledger& ledger, const WantedContributions& wanted);
  ~LedgerExplainer();
  LedgerExplainer(const LedgerExplainer&) = delete;
  LedgerExplainer& operator=(const LedgerExplainer&) = delete;

  // Looks at some `entities_max` more. True: it has seen them all, and the findings stand.
  bool Step(int entities_max);
  Findings TakeFindings();

  // Why an entity of this ledger contributes to a part. Costs up to 64 derivations.
  static Causes FindCauses(const Ledger& ledger, const WantedPart& part, ObjectId object,
                           absl::string_view id);
  // Why an entity of this ledger tells what it tells by one of its links: `amounts` stay 0.
  static Causes FindLinkCauses(const Ledger& ledger, ObjectId object, absl::string_view id,
                               LinkId link);
  // What a change (encoded) of an entity of this ledger does to facts.
  static ChangeEffects FindEffects(const Ledger& ledger, absl::string_view change);

 private:
  struct Search;
  std::unique_ptr<Search> search_;
};

}  // namespace takt
