// A journal's folder in memory, for simulations, tests and the demo: it can be full, write short, and
// crash.
//
// Threads: any, under one mutex. A folder outlives the engines that use it by sharing its Disk:
//
//   auto disk = std::make_shared<MemoryDisk>();
//   parts.journal = std::make_unique<MemoryJournalFiles>(disk);
//   ... the engine goes; disk->Crash(...) ...
//   parts.journal = std::make_unique<MemoryJournalFiles>(disk);
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/mutex.h"
#include "engine/journal/files.h"

namespace takt {

class MemoryDisk {
 public:
  // From now on at most this many bytes fit, over all files: an append that does not fit writes what
  // fits and fails with ResourceExhausted, as a real disk does.
  void SetCapacityBytes(uint64_t capacity_bytes);
  // Fails every truncation, or every sync, until told otherwise.
  void FailTruncations(bool fail);
  void FailSyncs(bool fail);

  // A crash of the machine: of every file, the bytes appended since its last sync are handed to
  // `survivor`, which answers what the disk holds of them afterwards (a part, changed bytes, all).
  void Crash(const std::function<std::string(const std::string& unsynced)>& survivor);

  std::map<std::string, std::string> Files() const;
  void Put(const std::string& name, std::string bytes);  // as synced

 private:
  friend class MemoryJournalFile;
  friend class MemoryJournalFiles;
  struct File {
    std::string bytes;
    size_t synced_bytes = 0;
  };

  absl::Status Append(const std::string& name, absl::Span<const absl::string_view> pieces);
  absl::Status Truncate(const std::string& name, uint64_t size_bytes);
  absl::Status Sync(const std::string& name);

  mutable Mutex mutex_;
  std::map<std::string, File> files_ ABSL_GUARDED_BY(mutex_);
  uint64_t capacity_bytes_ ABSL_GUARDED_BY(mutex_) = UINT64_MAX;
  bool fail_truncations_ ABSL_GUARDED_BY(mutex_) = false;
  bool fail_syncs_ ABSL_GUARDED_BY(mutex_) = false;
};

class MemoryJournalFiles final : public JournalFiles {
 public:
  explicit MemoryJournalFiles(std::shared_ptr<MemoryDisk> disk) : disk_(std::move(disk)) {}
  const std::string& path() const override { return path_; }
  absl::StatusOr<std::vector<std::string>> List() override;
  absl::StatusOr<uint64_t> SizeBytes(const std::string& name) override;
  absl::StatusOr<std::unique_ptr<JournalFile>> OpenForAppend(const std::string& name) override;
  absl::Status Read(const std::string& name, uint64_t offset, uint64_t size_bytes,
                    std::string* out) override;
  absl::Status Remove(const std::string& name) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status SyncFolder() override;

 private:
  const std::string path_ = "memory";
  const std::shared_ptr<MemoryDisk> disk_;
};

}  // namespace takt
