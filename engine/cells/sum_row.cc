#include "engine/cells/sum_row.h"

#include <algorithm>

namespace takt {
namespace {

constexpr int kAmountBits = 53;
constexpr uint64_t kAmountMask = (uint64_t{1} << kAmountBits) - 1;

uint64_t Packed(uint16_t offset, int64_t low) {
  return (uint64_t{offset} << kAmountBits) | (static_cast<uint64_t>(low) & kAmountMask);
}

uint16_t OffsetOf(uint64_t packed) { return static_cast<uint16_t>(packed >> kAmountBits); }

int64_t LowOf(uint64_t packed) {
  return static_cast<int64_t>(packed << (64 - kAmountBits)) >> (64 - kAmountBits);
}

// What a list of minutes takes on the heap.
uint64_t HeapBytes(const absl::InlinedVector<uint64_t, 2>& minutes) {
  return minutes.capacity() > 2 ? minutes.capacity() * sizeof(uint64_t) : 0;
}

// The part of `value` that fits into a packed minute; the rest is a multiple of 2^53.
int64_t LowPart(Int128 value) { return LowOf(static_cast<uint64_t>(value) & kAmountMask); }

}  // namespace

void EncodeInt128(Int128 value, ByteWriter& writer) {
  writer.Signed(static_cast<int64_t>(value >> 64));
  writer.Fixed64(static_cast<uint64_t>(value));
}

size_t SumRow::LowerBound(Day day) const {
  if (!days_.empty() && days_.back() < day) return days_.size();
  return static_cast<size_t>(std::lower_bound(days_.begin(), days_.end(), day) - days_.begin());
}

size_t SumRow::FindOrInsert(Day day) {
  // Most facts are of the latest day.
  if (!days_.empty() && days_.back() == day) return days_.size() - 1;
  const size_t at = LowerBound(day);
  if (at < days_.size() && days_[at] == day) return at;
  const auto step = static_cast<std::ptrdiff_t>(at);
  days_.insert(days_.begin() + step, day);
  totals_.insert(totals_.begin() + step, 0);
  minutes_.emplace_back();
  std::move_backward(minutes_.begin() + step, minutes_.end() - 1, minutes_.end());
  minutes_[at].clear();
  return at;
}

void SumRow::EraseDay(size_t at) {
  const auto step = static_cast<std::ptrdiff_t>(at);
  minute_bytes_ -= HeapBytes(minutes_[at]);
  days_.erase(days_.begin() + step);
  totals_.erase(totals_.begin() + step);
  minutes_.erase(minutes_.begin() + step);
}

void SumRow::Add(PaneSite site, Int128 amount) {
  if (amount == 0) return;
  total_ += amount;
  const size_t at = FindOrInsert(site.day);
  totals_[at] += amount;
  AddToMinute(at, site, amount);
  if (minutes_[at].empty() && totals_[at] == 0) EraseDay(at);
}

void SumRow::AddToMinute(size_t at, PaneSite site, Int128 amount) {
  Minutes& minutes = minutes_[at];
  auto place = minutes.end();
  if (!minutes.empty() && OffsetOf(minutes.back()) >= site.offset) {
    place = std::lower_bound(
        minutes.begin(), minutes.end(), site.offset,
        [](uint64_t packed, uint16_t offset) { return OffsetOf(packed) < offset; });
  }
  const bool found = place != minutes.end() && OffsetOf(*place) == site.offset;
  const Int128 value = amount + (found ? LowOf(*place) : 0);
  const int64_t low = LowPart(value);
  if (found && low == 0) {
    minutes.erase(place);
  } else if (found) {
    *place = Packed(site.offset, low);
  } else if (low != 0) {
    minute_bytes_ -= HeapBytes(minutes);
    minutes.insert(place, Packed(site.offset, low));
    minute_bytes_ += HeapBytes(minutes);
  }
  if (value != low) AddCarry(site, (value - low) >> kAmountBits);
}

void SumRow::AddCarry(PaneSite site, Int128 carry) {
  if (carries_ == nullptr) carries_ = std::make_unique<Carries>();
  Int128& held = (*carries_)[site];
  held += carry;
  if (held == 0) carries_->erase(site);
  if (carries_->empty()) carries_ = nullptr;
}

// Facts of the day of `end` before `end`; `at` is where that day stands or would stand.
Int128 SumRow::DayUntil(size_t at, PaneSite end) const {
  if (end.offset == 0) return 0;
  Int128 sum = 0;
  if (at < days_.size() && days_[at] == end.day) {
    for (const uint64_t packed : minutes_[at]) {
      if (OffsetOf(packed) >= end.offset) break;
      sum += LowOf(packed);
    }
  }
  if (carries_ != nullptr) {
    for (auto it = carries_->lower_bound({.day = end.day, .offset = 0});
         it != carries_->end() && it->first < end; ++it) {
      sum += it->second * (Int128{1} << kAmountBits);
    }
  }
  return sum;
}

Int128 SumRow::Sum(PaneSite begin, PaneSite end) const {
  if (begin >= end) return 0;
  const size_t first = LowerBound(begin.day);
  const size_t last = LowerBound(end.day);
  Int128 sum = DayUntil(last, end) - DayUntil(first, begin);
  for (size_t i = first; i < last; ++i) sum += totals_[i];
  return sum;
}

Int128 SumRow::Before(PaneSite end) const {
  const size_t at = LowerBound(end.day);
  Int128 sum = DayUntil(at, end);
  if (at < days_.size() / 2) {
    for (size_t i = 0; i < at; ++i) sum += totals_[i];
  } else {
    sum += total_;
    for (size_t i = at; i < days_.size(); ++i) sum -= totals_[i];
  }
  return sum;
}

void SumRow::Encode(ByteWriter& writer) const {
  writer.Varint(days_.size());
  for (size_t i = 0; i < days_.size(); ++i) {
    writer.Signed(days_[i]);
    EncodeInt128(totals_[i], writer);
    writer.Varint(minutes_[i].size());
    for (const uint64_t packed : minutes_[i]) writer.Fixed64(packed);
  }
  writer.Varint(carries_ == nullptr ? 0 : carries_->size());
  if (carries_ == nullptr) return;
  for (const auto& [site, carry] : *carries_) {
    writer.Signed(site.day);
    writer.Varint(site.offset);
    EncodeInt128(carry, writer);
  }
}

uint64_t SumRow::MemoryBytes() const {
  uint64_t bytes = sizeof(*this) + days_.capacity() * sizeof(Day) +
                   totals_.capacity() * sizeof(Int128) + minutes_.capacity() * sizeof(Minutes);
  bytes += minute_bytes_;
  if (carries_ != nullptr) bytes += carries_->size() * 48;
  return bytes;
}

}  // namespace takt
