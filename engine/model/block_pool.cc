#include "engine/model/block_pool.h"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace takt {
namespace {

constexpr uint32_t kHole = UINT32_MAX;  // number of a piece that no run lives in
constexpr size_t kSpareMax = 4;

}  // namespace

BlockPool::~BlockPool() {
  for (Chunk* chunk : chunks_) std::free(chunk);
  for (Chunk* chunk : spare_) std::free(chunk);
  for (char* piece : large_) delete[] piece;
}

BlockPool::Chunk* BlockPool::ChunkOf(char* piece) {
  return reinterpret_cast<Chunk*>(reinterpret_cast<uintptr_t>(piece) & ~(kChunkBytes - 1));
}

char* BlockPool::AllocateLarge(size_t footprint) {
  char* piece = new char[footprint];
  large_.insert(piece);
  large_bytes_ += footprint;
  return piece;
}

inline char* BlockPool::Allocate(size_t footprint) {
  if (footprint > kLargest) return AllocateLarge(footprint);
  if (newest_ == nullptr || newest_->used + footprint > kChunkBytes) StartChunk();
  char* piece = reinterpret_cast<char*>(newest_) + newest_->used;
  newest_->used += static_cast<uint32_t>(footprint);
  newest_->live += static_cast<uint32_t>(footprint);
  used_bytes_ += footprint;
  live_bytes_ += footprint;
  return piece;
}

void BlockPool::Release(char* piece, size_t footprint) {
  if (footprint > kLargest) {
    large_.erase(piece);
    large_bytes_ -= footprint;
    delete[] piece;
    return;
  }
  std::memcpy(piece, &kHole, sizeof(kHole));
  ChunkOf(piece)->live -= static_cast<uint32_t>(footprint);
  live_bytes_ -= footprint;
}

void BlockPool::StartChunk() {
  if (spare_.empty()) {
    void* memory = std::aligned_alloc(kChunkBytes, kChunkBytes);
    if (memory == nullptr) throw std::bad_alloc();
    spare_.push_back(static_cast<Chunk*>(memory));
  }
  newest_ = spare_.back();
  spare_.pop_back();
  constexpr uint32_t kHead = (sizeof(Chunk) + 15) / 16 * 16;
  *newest_ = {static_cast<uint32_t>(chunks_.size()), kHead, 0};
  chunks_.push_back(newest_);
}

// The chunk with the least alive in it, among a few: the oldest are seldom the fullest.
BlockPool::Chunk* BlockPool::Emptiest() const {
  Chunk* emptiest = nullptr;
  for (Chunk* chunk : chunks_) {
    if (chunk == newest_) continue;
    if (emptiest == nullptr || chunk->live < emptiest->live) emptiest = chunk;
  }
  return emptiest;
}

void BlockPool::ClearHoles() {
  do MoveOut(Emptiest());
  while (HasManyHoles());
}

void BlockPool::MoveOut(Chunk* chunk) {
  constexpr uint32_t kHead = (sizeof(Chunk) + 15) / 16 * 16;
  char* const base = reinterpret_cast<char*>(chunk);
  for (uint32_t at = kHead; chunk->live > 0;) {
    Piece piece;
    std::memcpy(&piece, base + at, sizeof(piece));
    const size_t footprint = Footprint(piece.size);
    if (piece.number != kHole) {
      char* moved = Allocate(footprint);
      std::memcpy(moved, base + at, sizeof(Piece) + piece.size);
      locate_(piece.number).data = moved + sizeof(Piece);
      Release(base + at, footprint);
    }
    at += static_cast<uint32_t>(footprint);
  }
  used_bytes_ -= chunk->used - kHead;
  chunks_.back()->place = chunk->place;
  chunks_[chunk->place] = chunks_.back();
  chunks_.pop_back();
  if (spare_.size() < kSpareMax) {
    spare_.push_back(chunk);
  } else {
    std::free(chunk);
  }
}

void BlockPool::Move(size_t size, Block& block) {
  const size_t old_size = block.size();
  const size_t before = Footprint(old_size);
  const size_t after = Footprint(size);
  char* const data = after == 0 ? nullptr : Allocate(after) + sizeof(Piece);
  const size_t kept = std::min(size, old_size);
  if (kept > 0) std::memcpy(data, block.data, kept);
  if (before != 0) Release(block.data - sizeof(Piece), before);
  block.data = data;
}

void BlockPool::Assign(absl::string_view bytes, uint32_t number, Block& block) {
  if (Footprint(block.size()) != Footprint(bytes.size())) Move(bytes.size(), block);
  Write(bytes, 0, number, block);
  if (HasManyHoles()) ClearHoles();
}

uint64_t BlockPool::MemoryBytes() const {
  return (chunks_.size() + spare_.size()) * kChunkBytes + large_bytes_;
}

}  // namespace takt
