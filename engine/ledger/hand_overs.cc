// Hand-overs between entities, of this ledger and of others, and merges, which travel the same way.
#include "engine/base/bytes.h"
#include "engine/ledger/ledger_parts.h"

namespace takt {
namespace {

// From this size on what a target holds is indexed: some hundred entries.
constexpr size_t kHotBytes = 4096;

}  // namespace

void Ledger::Parts::Send(Waiting hand_over, const Out& out) {
  const absl::string_view target = symbols.Text(hand_over.target);
  if (worker_count == 1 || OwnerOf(hand_over.object, target, worker_count) == worker) {
    waiting.push_back(std::move(hand_over));
    return;
  }
  out.outbox->push_back(
      {.target_object = hand_over.object,
       .target_id = std::string(target),
       .origin_object = hand_over.key.object,
       .origin_link = hand_over.key.link,
       .origin_id = std::string(symbols.Text(hand_over.key.origin)),
       .moments = PayloadText(plan, symbols).Write(hand_over.key, hand_over.payload)});
}

// Hand-overs make others, which wait behind them.
void Ledger::Parts::DeliverWaiting(const Out& out) {
  for (; delivered < waiting.size(); ++delivered) {
    const Waiting hand_over = std::move(waiting[delivered]);
    Hold(hand_over, out);
  }
  waiting.clear();
  delivered = 0;
}

void Ledger::Parts::Hold(const Waiting& hand_over, const Out& out) {
  Entity& entity = entities.FindOrAdd(hand_over.object, hand_over.target);
  if (!PlanOf(entity).derived) return;
  if (entity.hot) {
    HoldHot(hand_over, entity, out);
    return;
  }
  held.assign(entity.held.view().data(), entity.held.view().size());
  if (!takt::Hold(hand_over.key, hand_over.payload, &held)) return;
  if (IsLoser(entity)) {
    StoreHeld(entity);
    // What was merged into a loser goes to its survivor by itself.
    if (hand_over.key.link == kMergedLink) return;
    SendMerged(entity, MergedPayload(entity.history.view(), held), out);
    return;
  }
  Load(entity);
  after.held = held;
  Update(entity, out);
  StoreHeld(entity);
}

void Ledger::Parts::StoreHeld(Entity& entity) {
  if (held.size() < kHotBytes) {
    entities.AssignHeld(held, entity);
    return;
  }
  auto hot = std::make_unique<HotTarget>(plan, PlanOf(entity), symbols);
  HeldReader reader(held);
  for (HeldEntry entry; reader.Next(&entry);) hot->Hold(entry.key, entry.payload);
  hot_targets[entity.place] = std::move(hot);
  entity.hot = true;
  entities.AssignHeld("", entity);
}

absl::string_view Ledger::Parts::HeldOf(const Entity& entity) {
  if (!entity.hot) return entity.held.view();
  hot_targets[entity.place]->ForgetCounted();
  whole = hot_targets[entity.place]->Whole();
  return whole;
}

void Ledger::Parts::HoldHot(const Waiting& hand_over, const Entity& entity, const Out& out) {
  HotTarget& hot = *hot_targets[entity.place];
  const bool is_merged = hand_over.key.link == kMergedLink;
  if (IsLoser(entity)) {
    hot.ForgetCounted();
    if (!hot.Hold(hand_over.key, hand_over.payload) || is_merged) return;
    SendMerged(entity, MergedPayload(entity.history.view(), HeldOf(entity)), out);
    return;
  }
  if (is_merged ? !hot.MergedCounts(hand_over.key)
                : hot.PayloadOf(hand_over.key) == hand_over.payload) {
    hot.Hold(hand_over.key, hand_over.payload);
    return;
  }
  if (UpdateByPart(hand_over, entity, out)) {
    hot.Hold(hand_over.key, hand_over.payload);
    return;
  }
  held_before = hot.Whole();
  if (!hot.Hold(hand_over.key, hand_over.payload)) return;
  hot.ForgetCounted();
  held = hot.Whole();
  LoadWith(entity, held_before);
  after.held = held;
  Update(entity, out);
}

bool Ledger::Parts::UpdateByPart(const Waiting& hand_over, const Entity& entity, const Out& out) {
  HotTarget& hot = *hot_targets[entity.place];
  const PartPlan& parts = PlanOf(entity).parts;
  if (!hot.PartDecides(hand_over.key)) return false;
  HotTarget::Keys chosen;
  hot.ChooseEnds(hand_over.key, &chosen);
  Deriver::CountedPoints points;
  if (!parts.counted.empty()) {
    FindCounted(entity, hot);
    LoadPart(hand_over, entity, chosen);
    const EntityTurn turn{&PlanOf(entity), entity.id, &list, &before, &after, parts.steady};
    if (!deriver.FindCounted(turn, hand_over.key, points)) return false;
    hot.ChooseNeighbours(points.before, &chosen);
    hot.ChooseNeighbours(points.after, &chosen);
  }
  LoadPart(hand_over, entity, chosen);
  if (!Update(entity, out, parts.steady)) return false;
  if (parts.counted.empty()) return true;
  hot.counted()->Remove(points.before);
  hot.counted()->Add(points.after);
  return true;
}

void Ledger::Parts::FindCounted(const Entity& entity, HotTarget& hot) {
  if (hot.counted() != nullptr) return;
  held = hot.Whole();
  LoadWith(entity, held);
  std::vector<CountedPoint> points;
  deriver.FindAllCounted({&PlanOf(entity), entity.id, &list, &before, &after}, points);
  hot.SetCounted(points);
}

void Ledger::Parts::LoadPart(const Waiting& hand_over, const Entity& entity,
                             const std::vector<HeldKey>& chosen) {
  const HotTarget& hot = *hot_targets[entity.place];
  held_before.clear();
  hot.AppendPart(chosen, &held_before);
  held = held_before;
  const absl::string_view payload = hot.PayloadOf(hand_over.key);
  if (!payload.empty()) AppendEntry(hand_over.key, payload, &held_before);
  if (!hand_over.payload.empty()) AppendEntry(hand_over.key, hand_over.payload, &held);
  LoadWith(entity, held_before);
  after.held = held;
}

void Ledger::Parts::Accept(const HandOver& hand_over, const Out& out) {
  if (hand_over.origin_link == kMergeEdgeLink) {
    AcceptMerge(hand_over, out);
  } else {
    Waiting accepted{.object = hand_over.target_object,
                     .target = symbols.Intern(hand_over.target_id),
                     .key = {hand_over.origin_object, hand_over.origin_link,
                             symbols.Intern(hand_over.origin_id)}};
    // Only ledgers write hand-overs; what this one cannot read says nothing.
    if (!PayloadText(plan, symbols).Read(accepted.key, hand_over.moments, &accepted.payload))
      return;
    waiting.push_back(std::move(accepted));
  }
  DeliverWaiting(out);
}

bool Ledger::Parts::IsLoser(const Entity& entity) const {
  return entity.merged && merges.SurvivorOf(entity.object, entity.id) != entity.id;
}

void Ledger::Parts::SendMerged(const Entity& loser, absl::string_view payload, const Out& out) {
  Send({.object = loser.object,
        .target = merges.SurvivorOf(loser.object, loser.id),
        .key = {loser.object, kMergedLink, loser.id},
        .payload = std::string(payload)},
       out);
}

void Ledger::Parts::Retract(ObjectId object, const std::vector<Symbol>& ids, const Out& out) {
  for (const Symbol id : ids) {
    const Entity* entity = entities.Find(object, id);
    if (entity == nullptr) continue;
    if (IsLoser(*entity)) {
      SendMerged(*entity, "", out);
    } else {
      Load(*entity);
      after.clear();
      after.stands = false;
      Update(*entity, out);
    }
  }
}

void Ledger::Parts::State(ObjectId object, const std::vector<Symbol>& ids, const Out& out) {
  for (const Symbol id : ids) {
    const Entity* entity = entities.Find(object, id);
    if (entity == nullptr) continue;
    if (IsLoser(*entity)) {
      SendMerged(*entity, MergedPayload(entity->history.view(), HeldOf(*entity)), out);
    } else {
      Load(*entity);
      before.clear();
      before.stands = false;
      Update(*entity, out);
    }
  }
}

// The change in `list` merges the entity into another, or no longer.
void Ledger::Parts::Remerge(Entity& entity, const Placement& placement, int64_t target,
                            const Out& out) {
  PackHistory(placement);
  const std::string history(packer.bytes());
  const std::vector<Symbol> following = merges.Following(entity.object, entity.id);
  Retract(entity.object, following, out);
  entities.AssignHistory(history, entity);
  entity.merged = target != kNull;
  merges.Set(entity.object, entity.id, target);
  TellMerge(entity, target, out);
  State(entity.object, following, out);
}

void Ledger::Parts::TellMerge(const Entity& loser, int64_t target, const Out& out) {
  std::string target_id;
  if (target != kNull) target_id = std::string(symbols.Text(static_cast<Symbol>(target)));
  for (int owner = 0; owner < worker_count; ++owner) {
    if (owner == worker) continue;
    out.outbox->push_back({.target_object = 0,
                           .target_id = addresses[owner],
                           .origin_object = loser.object,
                           .origin_link = kMergeEdgeLink,
                           .origin_id = std::string(symbols.Text(loser.id)),
                           .moments = target_id});
  }
}

void Ledger::Parts::AcceptMerge(const HandOver& hand_over, const Out& out) {
  const ObjectId object = hand_over.origin_object;
  const Symbol loser = symbols.Intern(hand_over.origin_id);
  int64_t target = kNull;
  if (!hand_over.moments.empty()) target = symbols.Intern(hand_over.moments);
  if (target == merges.TargetOf(object, loser)) return;
  const std::vector<Symbol> following = merges.Following(object, loser);
  Retract(object, following, out);
  merges.Set(object, loser, target);
  State(object, following, out);
}

}  // namespace takt
