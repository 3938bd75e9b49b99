// The parts of a ledger and how they work together; ledger.h is the contract.
//
// How merges work over several ledgers: the owner of a loser tells every other ledger who it was
// merged into (a hand-over by kMergeEdgeLink, addressed to an id that the other ledger owns), so
// all know the whole map of merges and agree on survivors. A loser hands its own history, and what
// links handed to it, to its survivor's owner (kMergedLink). What points at a loser is handed to
// the loser, who passes it on; so nobody needs to know who points at whom.
//
// Hand-overs between two ledgers must be delivered in the order in which they were given out;
// between different pairs any order gives the same end.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "engine/ledger/deriver.h"
#include "engine/ledger/edit.h"
#include "engine/ledger/entities.h"
#include "engine/ledger/hot_target.h"
#include "engine/ledger/ledger.h"
#include "engine/ledger/merge_map.h"
#include "engine/ledger/placement.h"
#include "engine/ledger/plan.h"
#include "engine/model/text_memo.h"

namespace takt {

// Where the effects of one call go.
struct Out {
  DeltaBatch* deltas = nullptr;
  std::vector<HandOver>* outbox = nullptr;
};

struct Ledger::Parts {
  Parts(const Definition& definition, int worker, int worker_count);
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  static constexpr size_t kAtOnce = 16;
  void ApplyAll(absl::string_view encoded, const Out& out);
  void ApplySome(absl::Span<const IncomingChange> changes, const Out& out);  // at most kAtOnce
  Applied Apply(const IncomingChange& change, Symbol id, const Out& out);    // `id`: of change.id
  void Accept(const HandOver& hand_over, const Out& out);
  bool FoldAgain(absl::FunctionRef<bool(const DeltaBatch&)> take);
  // The places of all entities that have changes, by object and id.
  std::vector<size_t> InOrder() const;

  // Apply, whatever the change is.
  Applied ApplyAnywhere(const IncomingChange& change, Entity& entity, const Out& out);
  // Apply, when the change is an edit at the end of the history.
  bool ApplyLast(const IncomingChange& change, Entity& entity, const Out& out);
  static bool IsAlone(const Entity& entity);  // nothing is merged, nor handed to it
  // Apply, once the change has found its place in `list`.
  bool ApplyLate(Entity& entity, const Placement& placement, const Out& out);
  void Derive(Entity& entity, const Placement& placement, const Out& out);
  void StoreHistory(Entity& entity, const Placement& placement);
  void PackHistory(const Placement& placement);
  void UpdateIncomplete(Entity& entity);
  int64_t TargetAfter(Entity& entity) const;

  // Merges.
  bool IsLoser(const Entity& entity) const;
  void Remerge(Entity& entity, const Placement& placement, int64_t target, const Out& out);
  void AcceptMerge(const HandOver& hand_over, const Out& out);
  // Takes back all that follows from these entities, or states it again.
  void Retract(ObjectId object, const std::vector<Symbol>& ids, const Out& out);
  void State(ObjectId object, const std::vector<Symbol>& ids, const Out& out);
  void TellMerge(const Entity& loser, int64_t target, const Out& out);
  void SendMerged(const Entity& loser, absl::string_view payload, const Out& out);

  // Hand-overs.
  struct Waiting {  // for an entity of this ledger
    ObjectId object = 0;
    Symbol target = 0;
    HeldKey key;
    std::string payload;
  };
  void Send(Waiting hand_over, const Out& out);
  void DeliverWaiting(const Out& out);
  void Hold(const Waiting& hand_over, const Out& out);

  // Targets that very many point at (ledger/hot_target.h).
  void StoreHeld(Entity& entity);  // from `held`
  void HoldHot(const Waiting& hand_over, const Entity& entity, const Out& out);
  bool UpdateByPart(const Waiting& hand_over, const Entity& entity, const Out& out);
  void FindCounted(const Entity& entity, HotTarget& hot);
  // Loads a hand-over's two sides from its own entry, the chosen ones and what was merged.
  void LoadPart(const Waiting& hand_over, const Entity& entity, const std::vector<HeldKey>& chosen);
  // All that was handed to the entity. The view ends with the next call, or any change of bytes.
  absl::string_view HeldOf(const Entity& entity);

  // Fills `list` and `before` with what is known of the entity, and `after` with the same.
  void Load(const Entity& entity);
  void LoadWith(const Entity& entity, absl::string_view held_before);
  // Folds what `after` has more or less than `before`, and sends what links must tell. False: a
  // moment of `steady` is not, and nothing was done.
  bool Update(const Entity& entity, const Out& out, absl::Span<const MomentId> steady = {});
  const ObjectPlan& PlanOf(const Entity& entity) const { return plan.objects[entity.object]; }

  const Definition& definition;
  const int worker;
  const int worker_count;
  SymbolTable symbols;
  TextMemo texts;
  Plan plan;
  EntityTable entities;
  MergeMap merges;
  Deriver deriver;
  Editor editor;
  absl::flat_hash_map<uint32_t, std::unique_ptr<HotTarget>> hot_targets;  // by place
  std::vector<std::string> addresses;  // by worker: an id that it owns, for what is meant for all
  LedgerCounts counts;
  uint64_t change_count = 0;
  uint64_t entity_count = 0;  // with changes
  uint64_t incomplete_count = 0;
  int64_t negative_durations = 0;
  // While somebody explains (ledger/explainer.h): the places of entities whose facts may have changed.
  // Whatever changes facts without Update must say so here.
  std::vector<uint32_t>* touched = nullptr;

  // Scratch, kept to be used again.
  std::array<IncomingChange, kAtOnce> incoming;
  ChangeList list;
  Knowledge before;
  Knowledge after;
  ChangePacker packer;
  std::string held;
  std::string held_before;
  std::string whole;
  std::vector<Waiting> waiting;
  size_t delivered = 0;
};

}  // namespace takt
