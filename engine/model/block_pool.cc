#include "engine/model/block_pool.h"

#include <algorithm>
#include <cstring>

#include "absl/numeric/bits.h"

namespace takt {

BlockPool::~BlockPool() {
  for (char* data : large_) delete[] data;
}

size_t BlockPool::Capacity(size_t size) {
  if (size == 0) return 0;
  size += kHead;
  if (size <= kPooledMax) return (size + kGrain - 1) / kGrain * kGrain;
  // Quarters of a power of two: a run that grows by a few bytes at a time is seldom moved.
  const size_t step = absl::bit_floor(size - 1) / 4;
  return (size + step - 1) / step * step;
}

char* BlockPool::Allocate(size_t capacity) {
  if (capacity > kPooledMax) {
    char* data = new char[capacity];
    large_.insert(data);
    large_bytes_ += capacity;
    return data;
  }
  Free*& free = free_[capacity / kGrain];
  if (free != nullptr) {
    char* data = reinterpret_cast<char*>(free);
    free = free->next;
    return data;
  }
  if (chunk_left_ < capacity) {
    if (chunk_left_ >= kGrain) Release(chunk_at_, chunk_left_ / kGrain * kGrain);
    chunks_.push_back(std::make_unique<char[]>(kChunkBytes));
    chunk_at_ = chunks_.back().get();
    chunk_left_ = kChunkBytes;
  }
  char* data = chunk_at_;
  chunk_at_ += capacity;
  chunk_left_ -= capacity;
  return data;
}

void BlockPool::Release(char* data, size_t capacity) {
  if (capacity > kPooledMax) {
    large_.erase(data);
    large_bytes_ -= capacity;
    delete[] data;
    return;
  }
  Free* freed = reinterpret_cast<Free*>(data);
  freed->next = free_[capacity / kGrain];
  free_[capacity / kGrain] = freed;
}

void BlockPool::Resize(size_t size, Block* block) {
  const size_t old_size = block->size();
  const size_t before = Capacity(old_size);
  const size_t after = Capacity(size);
  if (before != after) {
    char* data = after == 0 ? nullptr : Allocate(after);
    const size_t kept = std::min(size, old_size);
    if (kept > 0) std::memcpy(data + kHead, block->data + kHead, kept);
    if (before != 0) Release(block->data, before);
    block->data = data;
  }
  if (block->data == nullptr) return;
  const uint32_t head = static_cast<uint32_t>(size);
  std::memcpy(block->data, &head, kHead);
}

void BlockPool::Append(absl::string_view bytes, Block* block) {
  const uint32_t old_size = block->size();
  Resize(old_size + bytes.size(), block);
  if (!bytes.empty()) std::memcpy(block->data + kHead + old_size, bytes.data(), bytes.size());
}

void BlockPool::Assign(absl::string_view bytes, Block* block) {
  Resize(bytes.size(), block);
  if (!bytes.empty()) std::memcpy(block->data + kHead, bytes.data(), bytes.size());
}

}  // namespace takt
