// The symbols of short texts that came lately. Stages and owners are a few texts that come again and
// again, and a text of up to 16 bytes is known by two words and its size: so most of them are found by
// one comparison, without a hash of their bytes and without a look at the table.
//
// Threads: one owner. The table must outlive it; a text keeps its symbol, so nothing here grows old.
// Cost: two loads of the text and one of the memo; where the text is not among the latest that comes on
// top of the table's Intern. 6 KiB.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "absl/strings/string_view.h"
#include "engine/base/hash.h"
#include "engine/model/symbols.h"

namespace takt {

class TextMemo {
 public:
  explicit TextMemo(SymbolTable& symbols) : symbols_(symbols) {}
  TextMemo(const TextMemo&) = delete;
  TextMemo& operator=(const TextMemo&) = delete;

  // As the table's Intern.
  Symbol Intern(absl::string_view text) {
    const size_t size = text.size();
    if (size == 0 || size > kShort) return symbols_.Intern(text);
    uint64_t first = 0;
    uint64_t last = 0;
    if (size < sizeof(first)) {
      first = TailWord(text.data(), size);
    } else {
      std::memcpy(&first, text.data(), sizeof(first));
      std::memcpy(&last, text.data() + size - sizeof(last), sizeof(last));
    }
    constexpr uint64_t kOdd = 0x9e3779b97f4a7c15;
    Known& known = known_[(first ^ last << 1) * kOdd >> (64 - kBits)];
    if (known.first != first || known.last != last || known.size != size) {
      known = {first, last, static_cast<uint32_t>(size), symbols_.Intern(text)};
    }
    return known.symbol;
  }

 private:
  static constexpr size_t kShort = 16;
  static constexpr int kBits = 8;
  struct Known {
    uint64_t first = 0;
    uint64_t last = 0;
    uint32_t size = 0;  // 0: nothing is known here
    Symbol symbol = 0;
  };

  SymbolTable& symbols_;
  std::array<Known, size_t{1} << kBits> known_;
};

}  // namespace takt
