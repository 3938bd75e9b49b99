// A journal's folder that is only read, as one that can be written: what is written stays in memory and the
// folder as it is. So an engine can be restored from a journal to answer questions.
//
// Threads: as JournalFiles. Bound: what is opened for appending is copied whole (a journal opens its last
// segment, 256 MiB and a block at most); the rest is read through.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/journal/files.h"
#include "engine/journal/memory_files.h"

namespace takt {

class OverlayJournalFiles final : public JournalFiles {
 public:
  explicit OverlayJournalFiles(std::unique_ptr<JournalFiles> below);

  const std::string& path() const override { return below_->path(); }
  absl::StatusOr<std::vector<std::string>> List() override;
  absl::StatusOr<uint64_t> SizeBytes(const std::string& name) override;
  absl::StatusOr<std::unique_ptr<JournalFile>> OpenForAppend(const std::string& name) override;
  absl::Status Read(const std::string& name, uint64_t offset, uint64_t size_bytes,
                    std::string* out) override;
  absl::Status Remove(const std::string& name) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status SyncFolder() override { return absl::OkStatus(); }

 private:
  // Copies a file of the folder into memory, where it is not there yet.
  absl::Status Lift(const std::string& name);
  // Where a file is.
  JournalFiles& Holder(const std::string& name);

  const std::unique_ptr<JournalFiles> below_;
  const std::shared_ptr<MemoryDisk> disk_;
  MemoryJournalFiles above_;
  std::set<std::string> lifted_;  // files that are looked for in memory alone
};

}  // namespace takt
