// A vector that grows by chunks of 4,096 elements: nothing moves, so references stay valid, and a
// million elements grow without a copy of the whole. Elements are only added, never taken away.
//
// Threads: one owner. Cost: an index is a shift, a mask and one more load than in a plain array.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace takt {

template <typename T>
class ChunkedVector {
 public:
  T& operator[](size_t index) { return chunks_[index >> kShift][index & kMask]; }
  const T& operator[](size_t index) const { return chunks_[index >> kShift][index & kMask]; }
  size_t size() const { return size_; }
  uint64_t MemoryBytes() const { return chunks_.size() * (kChunk * sizeof(T) + sizeof(void*)); }

  // Adds an element as T's default and returns it.
  T& Add() {
    if ((size_ & kMask) == 0) chunks_.push_back(std::make_unique<T[]>(kChunk));
    return (*this)[size_++];
  }

 private:
  static constexpr int kShift = 12;
  static constexpr size_t kChunk = size_t{1} << kShift;
  static constexpr size_t kMask = kChunk - 1;

  std::vector<std::unique_ptr<T[]>> chunks_;
  size_t size_ = 0;
};

}  // namespace takt
