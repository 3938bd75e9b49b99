#include "tests/cells/random_facts.h"

#include <algorithm>

namespace takt {

MinuteRange RandomFacts::AnyRange() {
  const Minute a = AnyMinute();
  const Minute b = AnyMinute();
  return {.begin = std::min(a, b), .end = std::max(a, b)};
}

int64_t RandomFacts::AnyDuration() {
  const int64_t octave = Uniform(0, 52);
  return Uniform(int64_t{1} << octave, (int64_t{2} << octave) - 1);
}

DeltaBatch RandomFacts::Batch(int facts) {
  DeltaBatch batch;
  for (int i = 0; i < facts; ++i) {
    const int64_t amount = Uniform(0, 20) == 0 ? Uniform(INT64_MIN, INT64_MAX) : Uniform(-3, 3);
    batch.sums.push_back({.row = kFirstSumRow + static_cast<uint32_t>(Uniform(0, 3)),
                          .minute = AnyMinute(),
                          .amount = amount});
    batch.durations.push_back({.row = kFirstDurationRow + static_cast<uint32_t>(Uniform(0, 1)),
                               .minute = AnyMinute(),
                               .duration_micros = AnyDuration(),
                               .count = 1});
    batch.outcomes.push_back({.row = kFirstOutcomeRow + static_cast<uint32_t>(Uniform(0, 1)),
                              .count = 1,
                              .time_micros = AnyMinute() * kMicrosPerMinute + Uniform(0, 2),
                              .entity = static_cast<uint64_t>(Uniform(0, 5)),
                              .success = Uniform(0, 2) == 0});
  }
  return batch;
}

DeltaBatch Retracted(const DeltaBatch& batch) {
  DeltaBatch back = batch;
  // The smallest integer has no opposite; two halves do.
  std::vector<SumDelta> halves;
  for (SumDelta& delta : back.sums) {
    if (delta.amount == INT64_MIN) {
      delta.amount = INT64_MAX;
      halves.push_back({.row = delta.row, .minute = delta.minute, .amount = 1});
    } else {
      delta.amount = -delta.amount;
    }
  }
  back.sums.insert(back.sums.end(), halves.begin(), halves.end());
  for (DurationDelta& delta : back.durations) delta.count = -delta.count;
  for (OutcomeDelta& delta : back.outcomes) delta.count = -delta.count;
  return back;
}

DeltaBatch Joined(const std::vector<DeltaBatch>& batches) {
  DeltaBatch all;
  for (const DeltaBatch& batch : batches) {
    all.sums.insert(all.sums.end(), batch.sums.begin(), batch.sums.end());
    all.durations.insert(all.durations.end(), batch.durations.begin(), batch.durations.end());
    all.outcomes.insert(all.outcomes.end(), batch.outcomes.begin(), batch.outcomes.end());
  }
  return all;
}

}  // namespace takt
