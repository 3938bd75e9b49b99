// Apply: a change joins the history of its entity, and what follows from the history follows anew.
#include <array>
#include <numeric>
#include <optional>

#include "engine/base/bytes.h"
#include "engine/base/same_text.h"
#include "engine/ledger/ledger_parts.h"
#include "engine/model/change_codec.h"

namespace takt {

void Ledger::Parts::ApplyAll(absl::string_view encoded, const Out& out) {
  ByteReader reader(encoded);
  bool decodes = true;
  while (decodes && !reader.AtEnd()) {
    size_t count = DecodeChanges(reader, texts, absl::MakeSpan(incoming));
    decodes = count == kAtOnce;
    for (size_t i = 0; i < count; ++i) {
      if (incoming[i].object < plan.objects.size()) continue;
      decodes = false;
      count = i;
    }
    ApplySome(absl::MakeConstSpan(incoming).first(count), out);
  }
}

// Of each change in turn the load of what the next step needs to know is begun: the id's slot, its
// text, its entity, the entity's history.
void Ledger::Parts::ApplySome(absl::Span<const IncomingChange> changes, const Out& out) {
  std::array<uint32_t, kAtOnce> hashes;
  std::array<std::optional<Symbol>, kAtOnce> ids;
  const size_t count = changes.size();
  for (size_t i = 0; i < count; ++i) hashes[i] = symbols.PrefetchSlot(changes[i].id);
  for (size_t i = 0; i < count; ++i) {
    ids[i] = symbols.Guess(hashes[i]);
    if (ids[i].has_value()) symbols.PrefetchRecord(*ids[i]);
  }
  for (size_t i = 0; i < count; ++i) {
    if (ids[i].has_value() && !SameText(symbols.Text(*ids[i]), changes[i].id)) ids[i].reset();
    if (ids[i].has_value()) entities.PrefetchEntity(*ids[i]);
  }
  for (size_t i = 0; i < count; ++i) {
    if (ids[i].has_value()) entities.PrefetchHistory(*ids[i]);
  }
  for (size_t i = 0; i < count; ++i) {
    const Symbol id = ids[i].has_value() ? *ids[i] : symbols.Intern(changes[i].id, hashes[i]);
    Apply(changes[i], id, out);
  }
}

Applied Ledger::Parts::Apply(const IncomingChange& change, Symbol id, const Out& out) {
  Entity& entity = entities.FindOrAdd(change.object, id);
  if (ApplyLast(change, entity, out)) return Applied::kApplied;
  return ApplyAnywhere(change, entity, out);
}

Applied Ledger::Parts::ApplyAnywhere(const IncomingChange& change, Entity& entity, const Out& out) {
  const ObjectPlan& object = PlanOf(entity);
  list.clear();
  UnpackChanges(entity.history.view(), list);
  const size_t known = list.changes.size();
  list.AddFirst(change.list);
  const auto stage_order = [&](absl::Span<const StoredField> fields) {
    return object.StageOrderOf(fields);
  };
  const Placement placement = Place(list, HistoryOrder(list, symbols, stage_order));
  switch (placement.kind) {
    case Placement::Kind::kDuplicate:
      ++counts.duplicates;
      return Applied::kDuplicate;
    case Placement::Kind::kConflict:
      ++counts.duplicates;
      ++counts.conflicts;
      return Applied::kDuplicate;
    case Placement::Kind::kReplacing:
      ++counts.duplicates;
      ++counts.conflicts;
      Derive(entity, placement, out);
      return Applied::kDuplicate;
    case Placement::Kind::kNew:
      break;
  }
  if (known >= definition.changes_per_entity_max) {
    ++counts.refused_full;
    return Applied::kFull;
  }
  ++counts.applied;
  ++change_count;
  if (known == 0) ++entity_count;
  if (!placement.last) ++counts.corrections;
  Derive(entity, placement, out);
  return Applied::kApplied;
}

bool Ledger::Parts::IsAlone(const Entity& entity) {
  return !entity.names_survivor && !entity.hot && entity.held.data == nullptr;
}

bool Ledger::Parts::ApplyLast(const IncomingChange& change, Entity& entity, const Out& out) {
  if (!PlanOf(entity).derived || !IsAlone(entity)) return false;
  const ChangeList& added = change.list;
  if (!added.fields.empty() && added.fields[0].field == kMergedIntoField) return false;
  const absl::string_view history = entity.history.view();
  if (!editor.ApplyLast({PlanOf(entity), entity.id, history, added}, *out.deltas)) return false;
  ++counts.applied;
  ++change_count;
  if (history.empty()) ++entity_count;
  if (touched != nullptr) touched->push_back(entity.place);
  packer.Begin(editor.latest());
  packer.Add(added, added.changes[0]);
  entities.AppendHistory(packer.bytes(), entity);
  return true;
}

bool Ledger::Parts::ApplyLate(Entity& entity, const Placement& placement, const Out& out) {
  if (placement.kind != Placement::Kind::kNew || !IsAlone(entity)) return false;
  const absl::Span<const StoredField> fields = list.FieldsOf(list.changes.back());
  if (!fields.empty() && fields[0].field == kMergedIntoField) return false;
  if (!editor.ApplyLate(PlanOf(entity), list, placement, *out.deltas)) return false;
  if (touched != nullptr) touched->push_back(entity.place);
  StoreHistory(entity, placement);
  return true;
}

void Ledger::Parts::Derive(Entity& entity, const Placement& placement, const Out& out) {
  if (PlanOf(entity).derived && ApplyLate(entity, placement, out)) return;
  before.clear();
  after.clear();
  OrderAfter(placement, list.changes.size(), after.order);
  UpdateIncomplete(entity);
  if (!PlanOf(entity).derived) {
    StoreHistory(entity, placement);
    return;
  }
  const int64_t target = TargetAfter(entity);
  const int64_t current = entity.merged ? merges.TargetOf(entity.object, entity.id) : kNull;
  if (target != current) {
    Remerge(entity, placement, target, out);
  } else {
    StoreHistory(entity, placement);
    if (IsLoser(entity)) {
      SendMerged(entity, MergedPayload(entity.history.view(), HeldOf(entity)), out);
    } else {
      before.order.resize(list.changes.size() - 1);
      std::iota(before.order.begin(), before.order.end(), 0);
      before.held = after.held = HeldOf(entity);
      Update(entity, out);
    }
  }
  DeliverWaiting(out);
}

void Ledger::Parts::UpdateIncomplete(Entity& entity) {
  const bool incomplete = CreationOf(list, after.order) == kNull;
  incomplete_count += incomplete;
  incomplete_count -= entity.incomplete;
  entity.incomplete = incomplete;
}

int64_t Ledger::Parts::TargetAfter(Entity& entity) const {
  const absl::Span<const StoredField> fields = list.FieldsOf(list.changes.back());
  if (!fields.empty() && fields[0].field == kMergedIntoField) entity.names_survivor = true;
  if (!entity.names_survivor) return kNull;
  const int64_t target = MergedIntoOf(list, after.order, symbols);
  return target == int64_t{entity.id} ? kNull : target;  // merged into itself: not merged
}

// Into `packer`: the whole history as it is with the change in its place.
void Ledger::Parts::PackHistory(const Placement& placement) {
  packer.Begin(EventTime{});
  const uint32_t added = static_cast<uint32_t>(list.changes.size()) - 1;
  const bool replaces = placement.kind == Placement::Kind::kReplacing;
  for (uint32_t place = 0; place <= added; ++place) {
    if (place == placement.at) packer.Add(list, list.changes[added]);
    if (place < added && !(replaces && place == placement.replaced)) {
      packer.Add(list, list.changes[place]);
    }
  }
}

void Ledger::Parts::StoreHistory(Entity& entity, const Placement& placement) {
  if (placement.kind == Placement::Kind::kNew && placement.last) {
    const size_t count = list.changes.size();
    packer.Begin(count < 2 ? EventTime{} : list.changes[count - 2].time);
    packer.Add(list, list.changes[count - 1]);
    entities.AppendHistory(packer.bytes(), entity);
    return;
  }
  PackHistory(placement);
  entities.AssignHistory(packer.bytes(), entity);
}

void Ledger::Parts::Load(const Entity& entity) { LoadWith(entity, HeldOf(entity)); }

void Ledger::Parts::LoadWith(const Entity& entity, absl::string_view held_before) {
  list.clear();
  UnpackChanges(entity.history.view(), list);
  before.clear();
  before.order.resize(list.changes.size());
  std::iota(before.order.begin(), before.order.end(), 0);
  before.held = held_before;
  after = before;
}

bool Ledger::Parts::Update(const Entity& entity, const Out& out,
                           absl::Span<const MomentId> steady) {
  if (touched != nullptr) touched->push_back(entity.place);
  Effects effects{.deltas = out.deltas};
  const ObjectPlan& object = PlanOf(entity);
  if (!deriver.Update({&object, entity.id, &list, &before, &after, steady}, effects)) return false;
  negative_durations += effects.negative_durations;
  for (LinkNews& news : effects.news) {
    Send({.object = object.links[news.link].link->target,
          .target = news.target,
          .key = {entity.object, news.link, entity.id},
          .payload = std::move(news.payload)},
         out);
  }
  return true;
}

}  // namespace takt
