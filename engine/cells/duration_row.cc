#include "engine/cells/duration_row.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/cells/log_buckets.h"

namespace takt {
namespace {

// Adds `count` to the element at `place`, which is the first not before `wanted`; `same` tells
// whether it is the one. Elements that come to zero go.
template <typename Elements, typename Element>
void AddAt(Elements& elements, typename Elements::iterator place, const Element& wanted,
           bool same) {
  if (!same) {
    elements.insert(place, wanted);
    return;
  }
  place->count += wanted.count;
  if (place->count == 0) elements.erase(place);
}

}  // namespace

double DurationSummary::Quantile(double q) const {
  if (count <= 0) return std::numeric_limits<double>::quiet_NaN();
  const int64_t rank = std::max<int64_t>(1, static_cast<int64_t>(std::ceil(q * count)));
  int64_t seen = 0;
  for (const auto& [bucket, in_bucket] : buckets) {
    seen += in_bucket;
    if (seen >= rank) return BucketSeconds(bucket);
  }
  return buckets.empty() ? std::numeric_limits<double>::quiet_NaN()
                         : BucketSeconds(buckets.back().first);
}

size_t DurationRow::LowerBound(Day day) const {
  if (!days_.empty() && days_.back().day < day) return days_.size();
  const auto at = std::lower_bound(days_.begin(), days_.end(), day,
                                   [](const DayFacts& a, Day b) { return a.day < b; });
  return static_cast<size_t>(at - days_.begin());
}

void DurationRow::Add(PaneSite site, int64_t duration_micros, int32_t count) {
  if (count == 0) return;
  sums_.Add(site, Int128{duration_micros} * count);
  const int32_t bucket = BucketOf(duration_micros);
  const size_t at = LowerBound(site.day);
  if (at == days_.size() || days_[at].day != site.day) {
    days_.emplace_back();
    std::move_backward(days_.begin() + static_cast<std::ptrdiff_t>(at), days_.end() - 1,
                       days_.end());
    days_[at].day = site.day;
    days_[at].facts.clear();
    days_[at].buckets.clear();
  }
  DayFacts& day = days_[at];
  fact_bytes_ -= HeapBytes(day);
  const Fact fact{site.offset, static_cast<uint16_t>(bucket), count};
  const auto fact_at =
      std::lower_bound(day.facts.begin(), day.facts.end(), fact, [](const Fact& a, const Fact& b) {
        return std::pair(a.offset, a.bucket) < std::pair(b.offset, b.bucket);
      });
  AddAt(day.facts, fact_at, fact,
        fact_at != day.facts.end() && fact_at->offset == fact.offset &&
            fact_at->bucket == fact.bucket);
  const auto bucket_at =
      std::lower_bound(day.buckets.begin(), day.buckets.end(), bucket,
                       [](const BucketCount& a, int32_t b) { return a.bucket < b; });
  AddAt(day.buckets, bucket_at, BucketCount{bucket, count},
        bucket_at != day.buckets.end() && bucket_at->bucket == bucket);
  fact_bytes_ += HeapBytes(day);
  if (!day.facts.empty()) return;
  fact_bytes_ -= HeapBytes(day);
  days_.erase(days_.begin() + static_cast<std::ptrdiff_t>(at));
}

DurationSummary DurationRow::Summary(PaneSite begin, PaneSite end) const {
  DurationSummary summary;
  if (begin >= end) return summary;
  summary.sum_micros = sums_.Sum(begin, end);
  const size_t first = LowerBound(begin.day);
  if (first == days_.size() || days_[first].day > end.day) return summary;
  std::vector<int64_t> counts(kBucketCount, 0);
  for (size_t i = first; i < days_.size() && days_[i].day <= end.day; ++i) {
    const DayFacts& day = days_[i];
    const bool whole = day.day < end.day && (day.day > begin.day || begin.offset == 0);
    if (whole) {
      for (const BucketCount& held : day.buckets) counts[held.bucket] += held.count;
      continue;
    }
    for (const Fact& fact : day.facts) {
      const PaneSite site{.day = day.day, .offset = fact.offset};
      if (site >= begin && site < end) counts[fact.bucket] += fact.count;
    }
  }
  for (int32_t bucket = 0; bucket < kBucketCount; ++bucket) {
    if (counts[bucket] <= 0) continue;
    summary.count += counts[bucket];
    summary.buckets.emplace_back(bucket, counts[bucket]);
  }
  return summary;
}

void DurationRow::Encode(ByteWriter& writer) const {
  sums_.Encode(writer);
  writer.Varint(days_.size());
  for (const DayFacts& day : days_) {
    writer.Signed(day.day);
    writer.Varint(day.facts.size());
    for (const Fact& fact : day.facts) {
      writer.Varint(fact.offset);
      writer.Varint(fact.bucket);
      writer.Signed(fact.count);
    }
    writer.Varint(day.buckets.size());
    for (const BucketCount& held : day.buckets) {
      writer.Varint(static_cast<uint64_t>(held.bucket));
      writer.Signed(held.count);
    }
  }
}

uint64_t DurationRow::HeapBytes(const DayFacts& day) {
  const uint64_t facts = day.facts.capacity() > 2 ? day.facts.capacity() * sizeof(Fact) : 0;
  return facts + (day.buckets.capacity() > 2 ? day.buckets.capacity() * sizeof(BucketCount) : 0);
}

uint64_t DurationRow::MemoryBytes() const {
  return sizeof(*this) + sums_.MemoryBytes() + days_.capacity() * sizeof(DayFacts) + fact_bytes_;
}

}  // namespace takt
