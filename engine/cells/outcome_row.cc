#include "engine/cells/outcome_row.h"

#include <algorithm>

namespace takt {

void OutcomeRow::Add(const OutcomeDelta& delta) {
  if (delta.count == 0) return;
  const Key key{delta.time_micros, delta.entity, delta.success};
  const auto at = outcomes_.try_emplace(key, 0).first;
  at->second += delta.count;
  if (at->second == 0) outcomes_.erase(at);
}

OutcomeCount OutcomeRow::Last(int64_t n, int64_t end_micros) const {
  OutcomeCount last;
  auto at = outcomes_.lower_bound(Key{.time_micros = end_micros});
  while (at != outcomes_.begin() && last.count < n) {
    --at;
    const int64_t taken = std::min<int64_t>(at->second, n - last.count);
    last.count += taken;
    if (at->first.success) last.successes += taken;
  }
  return last;
}

std::vector<Outcome> OutcomeRow::Between(int64_t begin_micros, int64_t end_micros,
                                         int64_t n) const {
  std::vector<Outcome> outcomes;
  auto at = outcomes_.lower_bound(Key{.time_micros = end_micros});
  while (at != outcomes_.begin() && static_cast<int64_t>(outcomes.size()) < n) {
    --at;
    const Key& key = at->first;
    if (key.time_micros < begin_micros) break;
    const int64_t left = n - static_cast<int64_t>(outcomes.size());
    const int64_t taken = std::clamp<int64_t>(at->second, 0, left);
    outcomes.insert(outcomes.end(), static_cast<size_t>(taken), {key.time_micros, key.success});
  }
  std::reverse(outcomes.begin(), outcomes.end());
  return outcomes;
}

void OutcomeRow::Encode(ByteWriter& writer) const {
  writer.Varint(outcomes_.size());
  for (const auto& [key, count] : outcomes_) {
    writer.Signed(key.time_micros);
    writer.Fixed64(key.entity);
    writer.Byte(key.success ? 1 : 0);
    writer.Signed(count);
  }
}

uint64_t OutcomeRow::MemoryBytes() const {
  // Nodes of a B-tree are three quarters full on average.
  return sizeof(*this) + outcomes_.size() * sizeof(std::pair<Key, int32_t>) * 4 / 3;
}

}  // namespace takt
