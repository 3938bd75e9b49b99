#include "engine/model/symbols.h"

#include <cstring>

#include "engine/base/hash.h"
#include "engine/base/same_text.h"

namespace takt {
namespace {

constexpr size_t kChunkBytes = 64 * 1024;

uint32_t HashOf(absl::string_view text) { return static_cast<uint32_t>(StableHash(text)); }

}  // namespace

SymbolTable::SymbolTable() : slots_(64) {}

size_t SymbolTable::SlotOf(absl::string_view text, uint32_t hash) const {
  const size_t mask = slots_.size() - 1;
  size_t at = hash & mask;
  while (slots_[at].symbol_plus_one != 0) {
    if (slots_[at].hash == hash && SameText(Text(slots_[at].symbol_plus_one - 1), text)) break;
    at = (at + 1) & mask;
  }
  return at;
}

Symbol SymbolTable::Intern(absl::string_view text) { return Intern(text, HashOf(text)); }

Symbol SymbolTable::Intern(absl::string_view text, uint32_t hash) {
  size_t at = SlotOf(text, hash);
  if (slots_[at].symbol_plus_one != 0) return slots_[at].symbol_plus_one - 1;
  if ((records_.size() + 1) * 4 > slots_.size() * 3) {
    Grow();
    at = SlotOf(text, hash);
  }
  const Symbol symbol = static_cast<Symbol>(records_.size());
  Keep(text, records_.Add());
  slots_[at] = {hash, symbol + 1};
  return symbol;
}

std::optional<Symbol> SymbolTable::Find(absl::string_view text) const {
  const Slot& slot = slots_[SlotOf(text, HashOf(text))];
  if (slot.symbol_plus_one == 0) return std::nullopt;
  return slot.symbol_plus_one - 1;
}

uint32_t SymbolTable::PrefetchSlot(absl::string_view text) const {
  const uint32_t hash = HashOf(text);
  PrefetchLine(&slots_[hash & (slots_.size() - 1)]);
  return hash;
}

std::optional<Symbol> SymbolTable::Guess(uint32_t hash) const {
  const size_t mask = slots_.size() - 1;
  size_t at = hash & mask;
  while (slots_[at].symbol_plus_one != 0) {
    if (slots_[at].hash == hash) return slots_[at].symbol_plus_one - 1;
    at = (at + 1) & mask;
  }
  return std::nullopt;
}

void SymbolTable::Keep(absl::string_view text, Record& record) {
  record.size = static_cast<uint32_t>(text.size());
  char* kept = record.text.here;
  if (text.size() > kInline) record.text.there = kept = Room(text.size());
  if (!text.empty()) std::memcpy(kept, text.data(), text.size());
}

char* SymbolTable::Room(size_t size) {
  if (size > kChunkBytes / 16) {
    // A text of its own chunk leaves the current chunk's rest for the small ones.
    chunks_.push_back(std::make_unique<char[]>(size));
    text_bytes_ += size;
    return chunks_.back().get();
  }
  if (size > chunk_left_) {
    chunks_.push_back(std::make_unique<char[]>(kChunkBytes));
    text_bytes_ += kChunkBytes;
    chunk_at_ = chunks_.back().get();
    chunk_left_ = kChunkBytes;
  }
  char* room = chunk_at_;
  chunk_at_ += size;
  chunk_left_ -= size;
  return room;
}

void SymbolTable::Grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  const size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.symbol_plus_one == 0) continue;
    size_t at = slot.hash & mask;
    while (slots_[at].symbol_plus_one != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

uint64_t SymbolTable::MemoryBytes() const {
  return slots_.capacity() * sizeof(Slot) + records_.MemoryBytes() + text_bytes_;
}

}  // namespace takt
