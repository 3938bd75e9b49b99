#include "engine/cells/sum_combiner.h"

namespace takt {
namespace {

size_t HashOf(const SumDelta& delta) {
  const uint64_t mixed =
      (uint64_t{delta.row} << 32 | static_cast<uint32_t>(delta.minute)) * 0x9e3779b97f4a7c15;
  return mixed >> 48;
}

}  // namespace

void SumCombiner::Add(absl::Span<const SumDelta> deltas, std::vector<SumDelta>& out) {
  for (const SumDelta& delta : deltas) {
    const size_t at = HashOf(delta) % kSlots;
    SumDelta& slot = slots_[at];
    int64_t sum = 0;
    if (slot.row == delta.row && slot.minute == delta.minute && slot.amount != 0 &&
        !__builtin_add_overflow(slot.amount, delta.amount, &sum)) {
      slot.amount = sum;
      continue;
    }
    if (slot.amount != 0) {
      out.push_back(slot);
    } else {
      used_.push_back(static_cast<uint16_t>(at));
    }
    slot = delta;
  }
}

void SumCombiner::Flush(std::vector<SumDelta>& out) {
  for (const uint16_t at : used_) {
    if (slots_[at].amount != 0) out.push_back(slots_[at]);
    slots_[at].amount = 0;
  }
  used_.clear();
}

}  // namespace takt
