// Where records end in the bytes of a file.
//
//   lines      JSON: a record is what stands between line ends
//   CSV rows   a line end inside a quoted cell does not end the row
//   delimited  Protobuf: a varint length, then that many bytes
//
// A quote that is never closed would swallow the rest of the file. So when a row does not end within
// the limit, or the file ends inside a quote, its first line alone is taken as the row (the decoder
// refuses it) and splitting goes on behind that line.
//
// Threads: one. A splitter keeps how far it has looked into the record at the front, so that bytes
// are looked at once however they come; the window it is given must begin at the same record until
// Find has found its end. Cost: linear; nothing is copied.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/strings/string_view.h"
#include "engine/settings/settings.h"

namespace takt {

// No record is handed out whole beyond this.
inline constexpr size_t kFileRecordBytesMax = 8 << 20;

struct FoundRecord {
  size_t value_begin = 0;  // in the window
  size_t value_size = 0;
  uint64_t size = 0;       // with its framing; reaches beyond the window if `too_large`
  bool too_large = false;  // the value holds only the record's beginning
  bool torn = false;       // the file ends inside the record
};

class RecordSplitter {
 public:
  static constexpr size_t kBeginningBytes = 64 << 10;  // of a record that is too large

  static std::unique_ptr<RecordSplitter> Create(RecordFormat format);
  virtual ~RecordSplitter() = default;

  // The record at the front of `window`; nullopt when its end is not in there. `at_end` says that
  // nothing follows the window.
  virtual std::optional<FoundRecord> Find(absl::string_view window, bool at_end) = 0;
  // The window has grown beyond kFileRecordBytesMax without an end in it: a record that can be taken
  // all the same, or nullopt when everything up to the next line end belongs to one that is too large.
  virtual std::optional<FoundRecord> GiveUp(absl::string_view window) = 0;
  // True when the bytes seen cannot be of this format, and no later byte can be trusted.
  virtual bool broken() const { return false; }
  // Forgets how far it has looked: the window begins at another record now.
  virtual void Reset() = 0;
};

}  // namespace takt
