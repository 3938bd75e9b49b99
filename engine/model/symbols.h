// Interned texts: each different text is kept once and known by a small number, its symbol. Entity
// ids, stages, owners and every other text of a history are symbols in memory.
//
// A symbol's number depends on which texts came first, so it may never decide a result or be
// written down: compare and encode texts, and use symbols for equality alone.
//
// Threads: one owner; const methods may run beside each other. Texts are kept until the table goes;
// views of them stay valid. Cost: Intern is one probe of 8 bytes a slot and one comparison of text;
// about 30 bytes per text beside its own bytes. Bound: 2^32 - 2 texts.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/model/chunked_vector.h"

namespace takt {

using Symbol = uint32_t;

class SymbolTable {
 public:
  SymbolTable();
  SymbolTable(SymbolTable&&) noexcept = default;
  SymbolTable& operator=(SymbolTable&&) noexcept = default;

  Symbol Intern(absl::string_view text);
  std::optional<Symbol> Find(absl::string_view text) const;

  // Look-ups in two steps, for many texts at once: begin the load of each one's slot, then ask where
  // each probably is and begin the load of its record. A guess may be wrong; it is for loads ahead
  // of time alone.
  uint32_t PrefetchSlot(absl::string_view text) const;  // the text's hash, for Guess
  std::optional<Symbol> Guess(uint32_t hash) const;
  void PrefetchRecord(Symbol symbol) const { __builtin_prefetch(&records_[symbol]); }
  void PrefetchText(Symbol symbol) const { __builtin_prefetch(records_[symbol].text); }

  absl::string_view Text(Symbol symbol) const {
    return {records_[symbol].text, records_[symbol].size};
  }
  // A number that the owner of the table keeps with a symbol; 0 at first.
  uint32_t& Attached(Symbol symbol) { return records_[symbol].attached; }
  uint32_t Attached(Symbol symbol) const { return records_[symbol].attached; }

  size_t size() const { return records_.size(); }
  uint64_t MemoryBytes() const;

 private:
  struct Record {
    const char* text = nullptr;
    uint32_t size = 0;
    uint32_t attached = 0;
  };
  struct Slot {
    uint32_t hash = 0;
    uint32_t symbol_plus_one = 0;  // 0: free
  };

  // The slot of `text`, or the free one where it belongs.
  size_t SlotOf(absl::string_view text, uint32_t hash) const;
  const char* Keep(absl::string_view text);
  void Grow();

  std::vector<Slot> slots_;  // a power of two, at most three quarters full
  ChunkedVector<Record> records_;
  std::vector<std::unique_ptr<char[]>> chunks_;
  size_t chunk_left_ = 0;
  char* chunk_at_ = nullptr;
  uint64_t text_bytes_ = 0;
};

}  // namespace takt
