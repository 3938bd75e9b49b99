// A change as bytes: what the journal keeps and what the rings between reader and workers carry.
//
//   byte 0          kind (bits 0-1), has order (2), has identity (3), object (4-7)
//   byte 1          unit of the time (bits 0-1: us, ms, s, min), count of fields (2-7)
//   [object - 15]   varint, where the object's bits are 15
//   [count - 63]    varint, where the count's bits are 63
//   id              length and bytes
//   time            signed varint, in the coarsest unit that holds it exactly
//   [major, minor]  varints, where it has an order
//   [identity]      8 bytes, little-endian, where it has one
//   each field      varint of field * 4 + value kind; then nothing, a signed varint, or a text
//
// EncodeChange writes one encoding per change, so equal changes are equal bytes. A stage patch of a
// CRM takes about 35 bytes, 43 with the identity that an event id gives.
//
// Journals of every released version stay readable: a new layout needs a new block format version.
//
// Threads: pure functions. Errors: DecodeChange reads any bytes without harm; it answers false for
// those that no change encodes to, and `change` is then of no use. Cost: about 20 ns each, no
// allocation for up to 8 fields.
#pragma once

#include <array>
#include <string>

#include "absl/types/span.h"
#include "engine/base/bytes.h"
#include "engine/model/change.h"
#include "engine/model/history.h"
#include "engine/model/text_memo.h"

namespace takt {

// Appends. Fields must be in ascending order, as Change says.
void EncodeChange(const Change& change, std::string* out);

// Encodes many changes behind one another: it puts them together in memory of its own and appends them
// some KiB at a time, because each growth of a string costs some 20 instructions and a call.
//
// Threads: one. `out` holds all that was added, in its order, after Flush alone; between two of them it
// is one and the same.
class ChangeAppender {
 public:
  void Add(const Change& change, std::string* out);
  void Flush(std::string* out);

 private:
  std::array<char, 4096> bytes_;
  size_t used_ = 0;
};

// Reads one change and leaves the reader behind it, or where it was if there is none. Texts are
// views into the reader's input. Whatever `change` held before is replaced.
[[nodiscard]] bool DecodeChange(ByteReader& reader, Change* change);

// Reads changes, straight to the form of histories, as many as `changes` has room for and the reader
// holds, up to the first that is none: before that it leaves the reader. Answers how many. Texts are
// interned, perhaps some of one that is no change.
size_t DecodeChanges(ByteReader& reader, TextMemo& texts, absl::Span<IncomingChange> changes);

}  // namespace takt
