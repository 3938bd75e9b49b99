// Log buckets of durations: integer arithmetic alone, so that every machine and every reference
// program finds the same bucket.
//
//   Durations below 64 us have a bucket each: bucket = micros.
//   Every octave [2^e, 2^(e+1)), e >= 6, is cut into 64 buckets of equal width 2^(e-6):
//     bucket = (e - 5) * 64 + (micros >> (e - 6)) - 64,   e = floor(log2(micros))
//   A bucket stands for the middle of its integers: lower + (width - 1) / 2 microseconds.
//
// The middle is at most width / 2 away from any member, and width <= lower / 64: the relative error
// is at most 1/128 = 0.78 %. Neighbouring bounds differ by a factor of at most 65/64. Counts per
// bucket are integers, so what was added can be taken back and parts add up to the whole exactly.
#pragma once

#include <bit>
#include <cstdint>

namespace takt {

inline constexpr int kBucketsPerOctave = 64;
inline constexpr int32_t kBucketCount = 58 * kBucketsPerOctave;  // up to 2^63 - 1 microseconds

// `micros` above 0.
inline int32_t BucketOf(int64_t micros) {
  const uint64_t value = static_cast<uint64_t>(micros);
  if (value < kBucketsPerOctave) return static_cast<int32_t>(value);
  const int exponent = 63 - std::countl_zero(value);
  return (exponent - 5) * kBucketsPerOctave + static_cast<int32_t>(value >> (exponent - 6)) -
         kBucketsPerOctave;
}

inline int64_t BucketLowerMicros(int32_t bucket) {
  if (bucket < 2 * kBucketsPerOctave) return bucket;
  const int exponent = bucket / kBucketsPerOctave + 5;
  return static_cast<int64_t>(kBucketsPerOctave + bucket % kBucketsPerOctave) << (exponent - 6);
}

inline int64_t BucketWidthMicros(int32_t bucket) {
  if (bucket < 2 * kBucketsPerOctave) return 1;
  return int64_t{1} << (bucket / kBucketsPerOctave - 1);
}

// What a quantile that falls into the bucket is said to be.
inline double BucketSeconds(int32_t bucket) {
  const double lower = static_cast<double>(BucketLowerMicros(bucket));
  const double width = static_cast<double>(BucketWidthMicros(bucket));
  return (lower + (width - 1) / 2) / 1e6;
}

}  // namespace takt
