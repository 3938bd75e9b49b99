// The ledger: the histories of the entities that one worker owns, and what each change does to
// them. Apply puts a change into its entity's history; Derive computes moments and facts before and
// after; Fold turns the difference into deltas of cells. A reopened deal, an edited amount, a
// merge, a delete, a late event and a duplicate are one mechanism.
//
// Every method is a pure function of the set of changes applied so far: order, duplication and
// batches leave no trace in histories or in the sum of all deltas.
//
// Links: when an entity's moments or link field change, its new whole set of moments is handed to
// the linked entity. The linked entity may belong to another ledger (another worker): then the
// hand-over is put into the outbox, and the ledger that OwnerOf(target_object, target_id) names is
// given it by AcceptHandOver. Hand-overs from one ledger to another must arrive in the order in
// which they were given out; between different pairs of ledgers any order gives the same end.
//
// Threads: one owner, no locks. Memory: at most about 300 bytes per deal of six changes. Cost:
// about 1 us per change of a short history; O(changes of the entity) for long ones, bounded by
// Definition::changes_per_entity_max. A hand-over costs about the same, however many point at its
// target (ledger/hot_target.h says when not); a change of the target itself O(all that it holds), a
// merge O(all that the survivor holds, of at most HotTarget::kMergedMax losers).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/cells/delta.h"
#include "engine/definition/definition.h"
#include "engine/model/change.h"

namespace takt {

struct LedgerCounts {  // since construction; changes only
  uint64_t applied = 0;
  uint64_t duplicates = 0;
  uint64_t conflicts =
      0;  // of the duplicates: same identity, other content (the smaller one stands)
  uint64_t corrections = 0;  // of the applied ones: not the latest of their entity
  // The entity's history is full. The change stays in the journal: with a higher
  // Definition::changes_per_entity_max the next start applies it.
  uint64_t refused_full = 0;
};

struct LedgerState {  // as of now
  uint64_t entities = 0;
  uint64_t changes = 0;
  uint64_t incomplete = 0;          // entities without a creation
  uint64_t negative_durations = 0;  // facts left out because they would be below zero
  uint64_t merged_beyond = 0;       // entities merged into one that had kMergedMax already
  uint64_t memory_bytes = 0;
};

enum class Applied : uint8_t { kApplied, kDuplicate, kFull };

// An entity's whole set of moments and captured fields, for one linked entity; encoded. Merges
// travel in the same envelope (ledger/ledger_parts.h).
struct HandOver {
  ObjectId target_object = 0;
  std::string target_id;
  ObjectId origin_object = 0;
  LinkId origin_link = 0;
  std::string origin_id;
  std::string moments;  // empty: none any more
};

class Ledger {
 public:
  // `worker` of `worker_count`: owns the entities whose OwnerOf is `worker`. `definition` must
  // outlive the ledger.
  Ledger(const Definition& definition, int worker, int worker_count);
  ~Ledger();
  Ledger(Ledger&&) noexcept;

  // Which worker owns an entity.
  static int OwnerOf(ObjectId object, absl::string_view id, int worker_count);

  // Applies one change of an entity that this ledger owns; appends what it does to `deltas` and
  // what other workers must be told to `outbox`. The caller passes hand-overs on before it
  // publishes.
  Applied Apply(const Change& change, DeltaBatch& deltas, std::vector<HandOver>& outbox);
  // Applies changes that lie one after the other as EncodeChange (model/change_codec.h) writes them, up
  // to the first that no change encodes to or whose object is none of the definition's. Their loads are
  // begun together, some 16 at a time, so that memory answers for all of them at once: what Apply does
  // with each is the same.
  void ApplyAll(absl::string_view encoded, DeltaBatch& deltas, std::vector<HandOver>& outbox);
  void AcceptHandOver(const HandOver& hand_over, DeltaBatch& deltas, std::vector<HandOver>& outbox);

  // All facts of all histories folded from nothing, for the audit and for a change of
  // configuration. The second form hands them on in batches of bounded size, some milliseconds each,
  // until `take` says false: then it says false too.
  DeltaBatch FoldAgain() const;
  bool FoldAgain(absl::FunctionRef<bool(const DeltaBatch&)> take) const;

  // Visits every history in an order that does not matter (the journal's compaction, a change of
  // configuration, explain).
  void ForEachChange(const std::function<void(const Change&)>& visit) const;

  // Canonical encoding of all histories, by object and id.
  std::string EncodeHistories() const;

  const LedgerCounts& counts() const;
  LedgerState State() const;

 private:
  friend class CauseFinder;  // both read histories beside it (ledger/explainer.h)
  friend class LedgerExplainer;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace takt
