// The few things that the journal asks of a file system: one flat folder of files that are appended
// to, synced, read whole in pieces, truncated and removed.
//
// Two implementations pass one contract suite: OpenJournalFolder (a real folder, locked) and
// MemoryJournalFiles (memory_files.h: for simulations, with torn and short writes, a full disk and
// the loss of what was not synced).
//
// Threads: the folder's methods from one thread at a time; a file's Append and Truncate from one
// thread, its Sync from another beside them. Errors: ResourceExhausted for a full disk or quota,
// FailedPrecondition for a folder that cannot be used (the text says what to do), Unavailable for
// any other failure of the device; after an error of Append an unknown part of the bytes may be
// written.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace takt {

class JournalFile {
 public:
  virtual ~JournalFile() = default;
  // Writes the pieces, in order, at the end of the file, as one write where the system can.
  virtual absl::Status Append(absl::Span<const absl::string_view> pieces) = 0;
  virtual absl::Status Truncate(uint64_t size_bytes) = 0;
  // Returns once everything appended before the call survives a crash of the machine.
  virtual absl::Status Sync() = 0;
};

class JournalFiles {
 public:
  virtual ~JournalFiles() = default;
  // What messages call the folder.
  virtual const std::string& path() const = 0;
  // Names of all files in it, ascending.
  virtual absl::StatusOr<std::vector<std::string>> List() = 0;
  virtual absl::StatusOr<uint64_t> SizeBytes(const std::string& name) = 0;
  // Opens for appending at the end; creates the file when it is not there.
  virtual absl::StatusOr<std::unique_ptr<JournalFile>> OpenForAppend(const std::string& name) = 0;
  // Reads up to `size_bytes` from `offset` into `out`, replacing it; less only at the end of the
  // file.
  virtual absl::Status Read(const std::string& name, uint64_t offset, uint64_t size_bytes,
                            std::string* out) = 0;
  virtual absl::Status Remove(const std::string& name) = 0;
  virtual absl::Status Rename(const std::string& from, const std::string& to) = 0;
  // Makes creations, removals and renames survive a crash of the machine.
  virtual absl::Status SyncFolder() = 0;
};

// Opens the folder at `path`, making it where its parent exists, and locks it against other engines
// until the result is destroyed. FailedPrecondition when it is no folder, not writable, or in use.
absl::StatusOr<std::unique_ptr<JournalFiles>> OpenJournalFolder(const std::string& path);

}  // namespace takt
