// Interned texts: each different text is kept once and known by a small number, its symbol. Entity
// ids, stages, owners and every other text of a history are symbols in memory.
//
// A symbol's number depends on which texts came first, so it may never decide a result or be
// written down: compare and encode texts, and use symbols for equality alone.
//
// Threads: one owner; const methods may run beside each other. Texts are kept until the table goes;
// views of them stay valid. Cost: Intern is one probe of 8 bytes a slot and one comparison of text;
// some 45 bytes per text of up to 24 bytes, about 45 beside its own bytes for a longer one. Bound:
// 2^32 - 2 texts.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "engine/base/prefetch.h"
#include "engine/model/chunked_vector.h"

namespace takt {

using Symbol = uint32_t;

class SymbolTable {
 public:
  SymbolTable();
  SymbolTable(SymbolTable&&) noexcept = default;
  SymbolTable& operator=(SymbolTable&&) noexcept = default;

  Symbol Intern(absl::string_view text);
  Symbol Intern(absl::string_view text, uint32_t hash);  // as PrefetchSlot has given it
  std::optional<Symbol> Find(absl::string_view text) const;

  // Look-ups in steps, for many texts at once: begin the load of each one's slot, then ask where each
  // probably is and begin the load of its record. A guess may be wrong: compare its text.
  uint32_t PrefetchSlot(absl::string_view text) const;  // the text's hash, for Guess
  std::optional<Symbol> Guess(uint32_t hash) const;
  void PrefetchRecord(Symbol symbol) const { PrefetchLine(&records_[symbol]); }

  absl::string_view Text(Symbol symbol) const {
    const Record& record = records_[symbol];
    return {record.size <= kInline ? record.text.here : record.text.there, record.size};
  }
  // A number that the owner of the table keeps with a symbol; 0 at first.
  uint32_t& Attached(Symbol symbol) { return records_[symbol].attached; }
  uint32_t Attached(Symbol symbol) const { return records_[symbol].attached; }

  size_t size() const { return records_.size(); }
  uint64_t MemoryBytes() const;

 private:
  static constexpr uint32_t kInline = 24;
  struct Record {  // half a line of memory: most ids are found with one load
    uint32_t size = 0;
    uint32_t attached = 0;
    union {
      char here[kInline] = {};
      const char* there;
    } text;
  };
  static_assert(sizeof(Record) == 32);
  struct Slot {
    uint32_t hash = 0;
    uint32_t symbol_plus_one = 0;  // 0: free
  };

  // The slot of `text`, or the free one where it belongs.
  size_t SlotOf(absl::string_view text, uint32_t hash) const;
  void Keep(absl::string_view text, Record& record);
  char* Room(size_t size);
  void Grow();

  std::vector<Slot> slots_;  // a power of two, at most three quarters full
  ChunkedVector<Record> records_;
  std::vector<std::unique_ptr<char[]>> chunks_;
  size_t chunk_left_ = 0;
  char* chunk_at_ = nullptr;
  uint64_t text_bytes_ = 0;
};

}  // namespace takt
