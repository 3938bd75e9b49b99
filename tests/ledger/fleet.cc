#include "tests/ledger/fleet.h"

#include <ostream>

#include "engine/base/bytes.h"

namespace takt {
namespace {

// Wraps around where 64 bits are too few: what is taken back is still exactly what was added.
template <typename Map, typename Key>
void AddTo(Map& map, const Key& key, int64_t amount) {
  int64_t& sum = map[key];
  sum = static_cast<int64_t>(static_cast<uint64_t>(sum) + static_cast<uint64_t>(amount));
  if (sum == 0) map.erase(key);
}

}  // namespace

void Sums::Add(const DeltaBatch& batch) {
  for (const SumDelta& d : batch.sums) AddTo(sums, std::pair(d.row, d.minute), d.amount);
  for (const DurationDelta& d : batch.durations) {
    AddTo(durations, std::tuple(d.row, d.minute, d.duration_micros), d.count);
  }
  for (const OutcomeDelta& d : batch.outcomes) {
    AddTo(outcomes, std::tuple(d.row, d.time_micros, d.entity, d.success), d.count);
  }
}

void PrintTo(const Sums& sums, std::ostream* out) {
  for (const auto& [key, amount] : sums.sums) {
    *out << "\n  row " << key.first << " minute " << key.second << ": " << amount;
  }
  for (const auto& [key, count] : sums.durations) {
    *out << "\n  row " << std::get<0>(key) << " duration " << std::get<2>(key) << ": " << count;
  }
  for (const auto& [key, count] : sums.outcomes) {
    *out << "\n  row " << std::get<0>(key) << " outcome at " << std::get<1>(key) << ": " << count;
  }
}

Fleet::Fleet(const Definition& definition, int workers, uint32_t seed)
    : definition_(definition), random_(seed) {
  for (int worker = 0; worker < workers; ++worker) {
    ledgers_.emplace_back(definition, worker, workers);
  }
}

Applied Fleet::ApplyOnly(const Change& change) {
  const int owner = Ledger::OwnerOf(change.object, change.id, static_cast<int>(ledgers_.size()));
  DeltaBatch deltas;
  std::vector<HandOver> outbox;
  const Applied applied = ledgers_[owner].Apply(change, deltas, outbox);
  sums_.Add(deltas);
  Route(owner, outbox);
  return applied;
}

Applied Fleet::Apply(const Change& change) {
  const Applied applied = ApplyOnly(change);
  DeliverAll();
  return applied;
}

void Fleet::Apply(const std::vector<Change>& changes) {
  for (const Change& change : changes) Apply(change);
}

void Fleet::Route(int from, std::vector<HandOver>& outbox) {
  for (HandOver& hand_over : outbox) {
    const int to = Ledger::OwnerOf(hand_over.target_object, hand_over.target_id,
                                   static_cast<int>(ledgers_.size()));
    queues_[{from, to}].push_back(std::move(hand_over));
  }
}

void Fleet::DeliverSome(int count) {
  for (; count > 0 && !queues_.empty(); --count) {
    auto queue = queues_.begin();
    std::advance(queue, random_() % queues_.size());
    const HandOver hand_over = std::move(queue->second.front());
    const int to = queue->first.second;
    queue->second.pop_front();
    if (queue->second.empty()) queues_.erase(queue);
    DeltaBatch deltas;
    std::vector<HandOver> outbox;
    ledgers_[to].AcceptHandOver(hand_over, deltas, outbox);
    sums_.Add(deltas);
    Route(to, outbox);
  }
}

void Fleet::DeliverAll() {
  while (!queues_.empty()) DeliverSome(1);
}

Sums Fleet::FoldAgain() const {
  Sums sums;
  for (const Ledger& ledger : ledgers_) sums.Add(ledger.FoldAgain());
  return sums;
}

std::map<std::pair<ObjectId, std::string>, std::string> Fleet::Histories() const {
  std::map<std::pair<ObjectId, std::string>, std::string> histories;
  for (const Ledger& ledger : ledgers_) {
    const std::string bytes = ledger.EncodeHistories();
    ByteReader reader(bytes);
    while (!reader.AtEnd()) {
      const ObjectId object = static_cast<ObjectId>(reader.Varint());
      const std::string id(reader.Bytes());
      const char* begin = reader.position();
      for (uint64_t changes = reader.Varint(); changes > 0; --changes) {
        reader.Byte();
        reader.Signed();
        reader.Varint();
        reader.Varint();
        reader.Fixed64();
        for (uint64_t fields = reader.Varint(); fields > 0; --fields) {
          const uint64_t kind = reader.Varint() % 3;
          if (kind == 1) reader.Signed();
          if (kind == 2) reader.Bytes();
        }
      }
      histories[{object, id}] = std::string(begin, reader.position());
    }
  }
  return histories;
}

LedgerState Fleet::State() const {
  LedgerState all;
  for (const Ledger& ledger : ledgers_) {
    const LedgerState one = ledger.State();
    all.entities += one.entities;
    all.changes += one.changes;
    all.incomplete += one.incomplete;
    all.merged_beyond += one.merged_beyond;
    all.negative_durations += one.negative_durations;
    all.memory_bytes += one.memory_bytes;
  }
  return all;
}

LedgerCounts Fleet::Counts() const {
  LedgerCounts all;
  for (const Ledger& ledger : ledgers_) {
    all.applied += ledger.counts().applied;
    all.duplicates += ledger.counts().duplicates;
    all.conflicts += ledger.counts().conflicts;
    all.corrections += ledger.counts().corrections;
    all.refused_full += ledger.counts().refused_full;
  }
  return all;
}

int64_t Fleet::Sum(RowId row, EventTime from, EventTime to) const {
  int64_t sum = 0;
  for (const auto& [key, amount] : sums_.sums) {
    if (key.first != row) continue;
    if (key.second >= MinuteOf(from.micros) && key.second < MinuteOf(to.micros)) sum += amount;
  }
  return sum;
}

int64_t Fleet::LevelAt(RowId row, EventTime time) const {
  int64_t sum = 0;
  for (const auto& [key, amount] : sums_.sums) {
    if (key.first == row && key.second <= MinuteOf(time.micros)) sum += amount;
  }
  return sum;
}

int64_t Fleet::DurationCount(RowId row) const {
  int64_t total = 0;
  for (const auto& [key, count] : sums_.durations) {
    if (std::get<0>(key) == row) total += count;
  }
  return total;
}

int64_t Fleet::DurationSum(RowId row) const {
  int64_t total = 0;
  for (const auto& [key, count] : sums_.durations) {
    if (std::get<0>(key) == row) total += count * std::get<2>(key);
  }
  return total;
}

}  // namespace takt
