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
bool Same(const Delta& a, const Delta& b) {
  return KeyOf(a) == KeyOf(b) && AmountOf(const_cast<Delta&>(a)) == AmountOf(const_cast<Delta&>(b));
}

// Adds to the delta of the same key that stands at `first` or later, if there is one. A sum that 64
// bits cannot hold stays two deltas: cells are wider.
template <typename Delta>
void Merge(Delta delta, size_t first, std::vector<Delta>& out) {
  for (size_t i = out.size(); i > first; --i) {
    Delta& other = out[i - 1];
    if (KeyOf(other) != KeyOf(delta)) continue;
    auto sum = AmountOf(other);
    if (__builtin_add_overflow(AmountOf(other), AmountOf(delta), &sum)) break;
    AmountOf(other) = sum;
    if (sum == 0) {
      other = out.back();
      out.pop_back();
    }
    return;
  }
  if (AmountOf(delta) != 0) out.push_back(delta);
}

// The same for many: sorted first, so that equal keys are neighbours.
template <typename Delta>
void MergeMany(std::vector<Delta>& signed_deltas, std::vector<Delta>& out) {
  std::sort(signed_deltas.begin(), signed_deltas.end(),
            [](const Delta& a, const Delta& b) { return KeyOf(a) < KeyOf(b); });
  for (const Delta& delta : signed_deltas) {
    Merge(delta, out.empty() ? 0 : out.size() - 1, out);
  }
}

template <typename Delta>
void AppendDifference(const std::vector<Delta>& before, const std::vector<Delta>& after,
                      std::vector<Delta>& scratch, std::vector<Delta>& out) {
  if (before.empty() && after.empty()) return;
  auto old_begin = before.begin();
  auto old_end = before.end();
  auto new_begin = after.begin();
  auto new_end = after.end();
  while (old_begin != old_end && new_begin != new_end && Same(*old_begin, *new_begin)) {
    ++old_begin;
    ++new_begin;
  }
  while (old_begin != old_end && new_begin != new_end && Same(*(old_end - 1), *(new_end - 1))) {
    --old_end;
    --new_end;
  }
  scratch.assign(old_begin, old_end);
  for (Delta& delta : scratch) AmountOf(delta) = -AmountOf(delta);
  scratch.insert(scratch.end(), new_begin, new_end);
  constexpr size_t kFew = 24;
  if (scratch.size() > kFew) {
    MergeMany(scratch, out);
    return;
  }
  const size_t first = out.size();
  for (const Delta& delta : scratch) Merge(delta, first, out);
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
