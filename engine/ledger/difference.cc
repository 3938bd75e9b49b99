#include "engine/ledger/difference.h"

#include <algorithm>
#include <tuple>

namespace takt {
namespace {

auto KeyOf(const SumDelta& delta) { return std::tie(delta.row, delta.minute); }
auto KeyOf(const DurationDelta& delta) {
  return std::tie(delta.row, delta.minute, delta.duration_micros);
}
auto KeyOf(const OutcomeDelta& delta) {
  return std::tie(delta.row, delta.time_micros, delta.entity, delta.success);
}

int64_t& AmountOf(SumDelta& delta) { return delta.amount; }
int32_t& AmountOf(DurationDelta& delta) { return delta.count; }
int32_t& AmountOf(OutcomeDelta& delta) { return delta.count; }

template <typename Delta>
bool Equal(std::vector<Delta>& a, std::vector<Delta>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](Delta& left, Delta& right) {
    return KeyOf(left) == KeyOf(right) && AmountOf(left) == AmountOf(right);
  });
}

template <typename Delta>
void AppendDifference(std::vector<Delta>& before, std::vector<Delta>& after,
                      std::vector<Delta>& scratch, std::vector<Delta>& out) {
  if (Equal(before, after)) return;
  scratch.clear();
  for (Delta& delta : before) {
    scratch.push_back(delta);
    AmountOf(scratch.back()) = -AmountOf(delta);
  }
  scratch.insert(scratch.end(), after.begin(), after.end());
  const auto less = [](const Delta& a, const Delta& b) { return KeyOf(a) < KeyOf(b); };
  std::sort(scratch.begin(), scratch.end(), less);
  const size_t first = out.size();
  for (Delta& delta : scratch) {
    // A sum that 64 bits cannot hold stays two deltas: cells are wider.
    if (out.size() > first && KeyOf(out.back()) == KeyOf(delta) &&
        !__builtin_add_overflow(AmountOf(out.back()), AmountOf(delta), &AmountOf(delta))) {
      out.pop_back();
    }
    if (AmountOf(delta) != 0) out.push_back(delta);
  }
}

}  // namespace

void Difference::Append(FactList& before, FactList& after, DeltaBatch& deltas) {
  AppendDifference(before.deltas.sums, after.deltas.sums, signed_.sums, deltas.sums);
  AppendDifference(before.deltas.durations, after.deltas.durations, signed_.durations,
                   deltas.durations);
  AppendDifference(before.deltas.outcomes, after.deltas.outcomes, signed_.outcomes,
                   deltas.outcomes);
}

}  // namespace takt
