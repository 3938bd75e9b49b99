#include "engine/ledger/ledger.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/bytes.h"
#include "engine/base/hash.h"
#include "engine/ledger/ledger_parts.h"

namespace takt {

Ledger::Ledger(const Definition& definition, int worker, int worker_count)
    : parts_(std::make_unique<Parts>(definition, worker, worker_count)) {}
Ledger::~Ledger() = default;
Ledger::Ledger(Ledger&&) noexcept = default;

int Ledger::OwnerOf(ObjectId object, absl::string_view id, int worker_count) {
  return static_cast<int>(StableHash(id, object) % static_cast<uint64_t>(worker_count));
}

Applied Ledger::Apply(const Change& change, DeltaBatch& deltas, std::vector<HandOver>& outbox) {
  IncomingChange& incoming = parts_->incoming[0];
  incoming.object = change.object;
  incoming.id = change.id;
  incoming.list.clear();
  incoming.list.Add(change, parts_->symbols);
  return parts_->Apply(incoming, parts_->symbols.Intern(change.id), {&deltas, &outbox});
}

void Ledger::ApplyAll(absl::string_view encoded, DeltaBatch& deltas,
                      std::vector<HandOver>& outbox) {
  parts_->ApplyAll(encoded, {&deltas, &outbox});
}

void Ledger::AcceptHandOver(const HandOver& hand_over, DeltaBatch& deltas,
                            std::vector<HandOver>& outbox) {
  parts_->Accept(hand_over, {&deltas, &outbox});
}

DeltaBatch Ledger::FoldAgain() const {
  DeltaBatch all;
  parts_->FoldAgain([&](const DeltaBatch& batch) {
    all.sums.insert(all.sums.end(), batch.sums.begin(), batch.sums.end());
    all.durations.insert(all.durations.end(), batch.durations.begin(), batch.durations.end());
    all.outcomes.insert(all.outcomes.end(), batch.outcomes.begin(), batch.outcomes.end());
    return true;
  });
  return all;
}

bool Ledger::FoldAgain(absl::FunctionRef<bool(const DeltaBatch&)> take) const {
  return parts_->FoldAgain(take);
}

void Ledger::ForEachChange(const std::function<void(const Change&)>& visit) const {
  ChangeList list;
  for (size_t place = 0; place < parts_->entities.size(); ++place) {
    const Entity& entity = parts_->entities[place];
    list.clear();
    UnpackChanges(entity.history.view(), list);
    for (const StoredChange& stored : list.changes) {
      Change change = RestoreChange(list, stored, parts_->symbols);
      change.object = entity.object;
      change.id = parts_->symbols.Text(entity.id);
      visit(change);
    }
  }
}

std::string Ledger::EncodeHistories() const {
  std::string bytes;
  ByteWriter writer(&bytes);
  ChangeList list;
  for (const size_t place : parts_->InOrder()) {
    const Entity& entity = parts_->entities[place];
    list.clear();
    UnpackChanges(entity.history.view(), list);
    writer.Varint(entity.object);
    writer.Bytes(parts_->symbols.Text(entity.id));
    EncodeChanges(list, 0, parts_->symbols, &bytes);
  }
  return bytes;
}

const LedgerCounts& Ledger::counts() const { return parts_->counts; }

LedgerState Ledger::State() const {
  const Parts& parts = *parts_;
  uint64_t hot_bytes = 0;
  uint64_t merged_beyond = 0;
  for (const auto& [place, hot] : parts.hot_targets) {
    hot_bytes += hot->MemoryBytes();
    merged_beyond += hot->MergedBeyond();
  }
  return {
      .entities = parts.entity_count,
      .changes = parts.change_count,
      .incomplete = parts.incomplete_count,
      .negative_durations = static_cast<uint64_t>(std::max<int64_t>(parts.negative_durations, 0)),
      .merged_beyond = merged_beyond,
      .memory_bytes = parts.symbols.MemoryBytes() + parts.entities.MemoryBytes() +
                      parts.merges.MemoryBytes() + parts.deriver.MemoryBytes() + hot_bytes};
}

Ledger::Parts::Parts(const Definition& the_definition, int the_worker, int the_worker_count)
    : definition(the_definition),
      worker(the_worker),
      worker_count(the_worker_count),
      texts(symbols),
      plan(the_definition, symbols),
      entities(symbols),
      merges(symbols),
      deriver(plan, symbols),
      editor(plan, symbols) {
  // What is meant for every ledger travels like what is meant for an entity: to an id that it owns.
  for (int owner = 0; owner < worker_count; ++owner) {
    std::string address;
    for (int i = 0; address.empty(); ++i) {
      std::string tried = absl::StrCat("ledger ", owner, " ", i);
      if (OwnerOf(0, tried, worker_count) == owner) address = std::move(tried);
    }
    addresses.push_back(std::move(address));
  }
}

std::vector<size_t> Ledger::Parts::InOrder() const {
  std::vector<size_t> places;
  for (size_t place = 0; place < entities.size(); ++place) {
    if (entities[place].history.data != nullptr) places.push_back(place);
  }
  std::sort(places.begin(), places.end(), [&](size_t a, size_t b) {
    if (entities[a].object != entities[b].object) return entities[a].object < entities[b].object;
    return symbols.Text(entities[a].id) < symbols.Text(entities[b].id);
  });
  return places;
}

bool Ledger::Parts::FoldAgain(absl::FunctionRef<bool(const DeltaBatch&)> take) {
  constexpr size_t kBatch = 1 << 16;
  DeltaBatch batch;
  for (size_t place = 0; place < entities.size(); ++place) {
    const Entity& entity = entities[place];
    if (!PlanOf(entity).derived || IsLoser(entity)) continue;
    Load(entity);
    deriver.Fold({&PlanOf(entity), entity.id, &list, &before, &after}, batch);
    if (batch.sums.size() + batch.durations.size() + batch.outcomes.size() >= kBatch) {
      if (!take(batch)) return false;
      batch.clear();
    }
  }
  return batch.empty() || take(batch);
}

}  // namespace takt
