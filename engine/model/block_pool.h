// Memory for many small runs of bytes that grow now and then, such as packed histories: pieces of 16
// bytes' multiples, cut from large chunks and reused by size, without the header that a general
// allocator puts before each. Pieces above 1 KiB come from the general allocator.
//
// Threads: one owner. What is allocated is freed with the pool. Cost: a few nanoseconds; on average
// 8 bytes of slack per piece.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"

namespace takt {

class BlockPool {
 public:
  BlockPool() = default;
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;
  ~BlockPool();

  // A run of bytes behind its size, in one pointer.
  struct Block {
    char* data = nullptr;  // none: empty
    uint32_t size() const {
      uint32_t size = 0;
      if (data != nullptr) std::memcpy(&size, data, sizeof(size));
      return size;
    }
    absl::string_view view() const {
      return data == nullptr ? absl::string_view() : absl::string_view(data + kHead, size());
    }
  };

  // Adds bytes at the end of `block`; makes `block` hold exactly `bytes` (none: frees it). `bytes` may
  // not lie inside the block.
  void Append(absl::string_view bytes, Block* block);
  void Assign(absl::string_view bytes, Block* block);

  uint64_t MemoryBytes() const { return chunks_.size() * kChunkBytes + large_bytes_; }

 private:
  static constexpr size_t kHead = sizeof(uint32_t);
  static constexpr size_t kGrain = 16;
  static constexpr size_t kPooledMax = 1024;
  static constexpr size_t kChunkBytes = 256 * 1024;

  struct Free {
    Free* next;
  };

  // Of the piece for a run of `size` bytes; 0 for an empty run.
  static size_t Capacity(size_t size);
  char* Allocate(size_t capacity);
  void Release(char* data, size_t capacity);
  void Resize(size_t size, Block* block);

  std::array<Free*, kPooledMax / kGrain + 1> free_{};
  std::vector<std::unique_ptr<char[]>> chunks_;
  char* chunk_at_ = nullptr;
  size_t chunk_left_ = 0;
  absl::flat_hash_set<char*> large_;  // live pieces above kPooledMax
  uint64_t large_bytes_ = 0;
};

}  // namespace takt
