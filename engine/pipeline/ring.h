// A bounded queue between exactly one pushing and one popping thread, without locks.
//
// Threads: TryPush from one thread, TryPop from another; IsEmpty from any, as a hint. What was written
// before TryPush is seen after the TryPop that takes it. Cost: a few ns, no allocation after the
// constructor. Bound: `capacity` elements, rounded up to a power of two; a full ring refuses and leaves
// the element with the caller.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

#include "absl/numeric/bits.h"

namespace takt {

template <typename T>
class Ring {
 public:
  explicit Ring(size_t capacity) : mask_(absl::bit_ceil(capacity) - 1), places_(new T[mask_ + 1]) {}
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  bool TryPush(T& element) {
    const size_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head_seen_ > mask_) {
      head_seen_ = head_.load(std::memory_order_acquire);
      if (tail - head_seen_ > mask_) return false;
    }
    places_[tail & mask_] = std::move(element);
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  bool TryPop(T* element) {
    const size_t head = head_.load(std::memory_order_relaxed);
    if (head == tail_seen_) {
      tail_seen_ = tail_.load(std::memory_order_acquire);
      if (head == tail_seen_) return false;
    }
    *element = std::move(places_[head & mask_]);
    head_.store(head + 1, std::memory_order_release);
    return true;
  }

  bool IsEmpty() const {
    return head_.load(std::memory_order_acquire) == tail_.load(std::memory_order_acquire);
  }

 private:
  static constexpr size_t kLineBytes = 64;  // each side's words on lines of their own

  const size_t mask_;
  const std::unique_ptr<T[]> places_;
  alignas(kLineBytes) std::atomic<size_t> head_{0};
  size_t tail_seen_ = 0;  // the popping side's
  alignas(kLineBytes) std::atomic<size_t> tail_{0};
  size_t head_seen_ = 0;  // the pushing side's
};

}  // namespace takt
