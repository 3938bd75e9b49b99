// Random batches of facts for the laws of the cells. Rows 0 to 3 hold sums, 4 and 5 durations, 6 and 7
// outcomes. Everything follows from the seed.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "engine/cells/cell_table.h"
#include "engine/cells/delta.h"

namespace takt {

inline constexpr uint32_t kFirstSumRow = 0;
inline constexpr uint32_t kFirstDurationRow = 4;
inline constexpr uint32_t kFirstOutcomeRow = 6;
inline constexpr uint32_t kRowCount = 8;

// The minutes that random facts fall into: 40 days from 2026-03-10, around a change of clocks.
inline constexpr Minute kFirstMinute = 29552400;
inline constexpr Minute kMinuteSpan = 40 * 24 * 60;

class RandomFacts {
 public:
  explicit RandomFacts(uint64_t seed) : random_(seed) {}

  int64_t Uniform(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random_);
  }
  Minute AnyMinute() { return kFirstMinute + static_cast<Minute>(Uniform(0, kMinuteSpan - 1)); }
  MinuteRange AnyRange();
  int64_t AnyDuration();
  DeltaBatch Batch(int facts);  // additions alone: no outcome and no duration is taken back

 private:
  std::mt19937_64 random_;
};

// The same facts taken back.
DeltaBatch Retracted(const DeltaBatch& batch);

DeltaBatch Joined(const std::vector<DeltaBatch>& batches);

}  // namespace takt
