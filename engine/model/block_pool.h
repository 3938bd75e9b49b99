// Memory for many small runs of bytes that grow now and then, such as packed histories.
//
// Runs lie one after another in chunks of 256 KiB. A run that outgrows its place moves to the end
// of the newest chunk and leaves a hole; when holes make up a fifth of the memory, the emptiest
// chunks are cleared by moving what still lives in them. So runs that all grow in step do not leave
// behind every size that they ever had, as they would with an allocator of fixed size classes, and
// there is no header but eight bytes.
//
// The owner of the pool numbers its runs and says where the Block of a number is, so that a run can
// be moved. A view of a run ends with the next call that changes any run.
//
// Threads: one owner. What is allocated is freed with the pool. Bounds: 4 GiB per run, 2^32 - 1
// runs. Cost: a copy of the run when it outgrows its place (32 bytes' steps; from 1 KiB on an
// eighth at a time), and about one more for clearing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/numeric/bits.h"
#include "absl/strings/string_view.h"

namespace takt {

class BlockPool {
 public:
  struct Block {
    char* data = nullptr;  // none: empty
    uint32_t size() const {
      uint32_t size = 0;
      if (data != nullptr) std::memcpy(&size, data - sizeof(size), sizeof(size));
      return size;
    }
    absl::string_view view() const { return {data, size()}; }
  };
  // The block of a run's number. It must stay at its place.
  using Locate = std::function<Block&(uint32_t number)>;

  explicit BlockPool(Locate locate) : locate_(std::move(locate)) {}
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;
  ~BlockPool();

  // Adds bytes at the end of run `number`, whose Block is `block`; makes it hold exactly `bytes` (none:
  // frees it). `bytes` may not lie in the pool.
  void Append(absl::string_view bytes, uint32_t number, Block& block) {
    const size_t old_size = block.size();
    const size_t size = old_size + bytes.size();
    if (Footprint(old_size) != Footprint(size)) Move(size, block);
    Write(bytes, old_size, number, block);
    if (HasManyHoles()) ClearHoles();
  }
  void Assign(absl::string_view bytes, uint32_t number, Block& block);

  uint64_t MemoryBytes() const;

 private:
  static constexpr size_t kChunkBytes = 256 * 1024;
  static constexpr size_t kLargest = 16 * 1024;  // larger runs are allocated by themselves

  struct Piece {  // before the bytes of a run
    uint32_t number;
    uint32_t size;
  };
  struct Chunk {  // at the beginning of its memory, which is aligned to its size
    uint32_t place;
    uint32_t used;  // bytes, this header included
    uint32_t live;
  };

  // Bytes that a run of `size` bytes takes, its header included; 0 for an empty run. Steps: 32 bytes,
  // from 1 KiB on an eighth of the power of two below; all powers of two.
  static size_t Footprint(size_t size) {
    if (size == 0) return 0;
    size += sizeof(Piece);
    const size_t step = size <= 1024 ? 32 : absl::bit_floor(size) / 8;
    return (size + step - 1) & ~(step - 1);
  }
  static Chunk* ChunkOf(char* piece);
  char* Allocate(size_t footprint);
  char* AllocateLarge(size_t footprint);
  void Release(char* piece, size_t footprint);
  // Gives the run a place for `size` bytes, with what it holds as far as that fits.
  void Move(size_t size, Block& block);
  // Ends the run with `bytes` behind its first `kept`.
  static void Write(absl::string_view bytes, size_t kept, uint32_t number, Block& block) {
    if (block.data == nullptr) return;
    const Piece piece{number, static_cast<uint32_t>(kept + bytes.size())};
    std::memcpy(block.data - sizeof(piece), &piece, sizeof(piece));
    if (!bytes.empty()) std::memcpy(block.data + kept, bytes.data(), bytes.size());
  }
  void StartChunk();
  bool HasManyHoles() const {
    return (used_bytes_ - live_bytes_) * 5 > used_bytes_ && used_bytes_ > 8 * kChunkBytes;
  }
  void ClearHoles();
  Chunk* Emptiest() const;
  void MoveOut(Chunk* chunk);

  Locate locate_;
  std::vector<Chunk*> chunks_;  // in use; a chunk knows its place
  std::vector<Chunk*> spare_;
  Chunk* newest_ = nullptr;
  uint64_t used_bytes_ = 0;
  uint64_t live_bytes_ = 0;
  absl::flat_hash_set<char*> large_;
  uint64_t large_bytes_ = 0;
};

}  // namespace takt
