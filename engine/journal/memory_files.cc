#include "engine/journal/memory_files.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace takt {

class MemoryJournalFile final : public JournalFile {
 public:
  MemoryJournalFile(std::shared_ptr<MemoryDisk> disk, std::string name)
      : disk_(std::move(disk)), name_(std::move(name)) {}
  absl::Status Append(absl::Span<const absl::string_view> pieces) override {
    return disk_->Append(name_, pieces);
  }
  absl::Status Truncate(uint64_t size_bytes) override { return disk_->Truncate(name_, size_bytes); }
  absl::Status Sync() override { return disk_->Sync(name_); }

 private:
  const std::shared_ptr<MemoryDisk> disk_;
  const std::string name_;
};

void MemoryDisk::SetCapacityBytes(uint64_t capacity_bytes) {
  MutexLock lock(mutex_);
  capacity_bytes_ = capacity_bytes;
}

void MemoryDisk::FailTruncations(bool fail) {
  MutexLock lock(mutex_);
  fail_truncations_ = fail;
}

void MemoryDisk::FailSyncs(bool fail) {
  MutexLock lock(mutex_);
  fail_syncs_ = fail;
}

void MemoryDisk::Crash(const std::function<std::string(const std::string& unsynced)>& survivor) {
  MutexLock lock(mutex_);
  for (auto& [name, file] : files_) {
    const std::string unsynced = file.bytes.substr(file.synced_bytes);
    file.bytes.resize(file.synced_bytes);
    file.bytes += survivor(unsynced);
    file.synced_bytes = file.bytes.size();
  }
}

std::map<std::string, std::string> MemoryDisk::Files() const {
  MutexLock lock(mutex_);
  std::map<std::string, std::string> files;
  for (const auto& [name, file] : files_) files[name] = file.bytes;
  return files;
}

void MemoryDisk::Put(const std::string& name, std::string bytes) {
  MutexLock lock(mutex_);
  const size_t size = bytes.size();
  files_[name] = {std::move(bytes), size};
}

absl::Status MemoryDisk::Append(const std::string& name,
                                absl::Span<const absl::string_view> pieces) {
  MutexLock lock(mutex_);
  uint64_t used = 0;
  for (const auto& [other, file] : files_) used += file.bytes.size();
  std::string& bytes = files_[name].bytes;
  for (const absl::string_view piece : pieces) {
    const uint64_t left = capacity_bytes_ > used ? capacity_bytes_ - used : 0;
    const size_t fits = static_cast<size_t>(std::min<uint64_t>(left, piece.size()));
    bytes.append(piece.data(), fits);
    used += fits;
    if (fits < piece.size()) {
      return absl::ResourceExhaustedError(absl::StrCat("disk full: memory/", name));
    }
  }
  return absl::OkStatus();
}

absl::Status MemoryDisk::Truncate(const std::string& name, uint64_t size_bytes) {
  MutexLock lock(mutex_);
  if (fail_truncations_) return absl::UnavailableError("truncation failed: told to");
  File& file = files_[name];
  file.bytes.resize(static_cast<size_t>(size_bytes));
  file.synced_bytes = std::min(file.synced_bytes, file.bytes.size());
  return absl::OkStatus();
}

absl::Status MemoryDisk::Sync(const std::string& name) {
  MutexLock lock(mutex_);
  if (fail_syncs_) return absl::UnavailableError("sync failed: told to");
  File& file = files_[name];
  file.synced_bytes = file.bytes.size();
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> MemoryJournalFiles::List() {
  MutexLock lock(disk_->mutex_);
  std::vector<std::string> names;
  for (const auto& [name, file] : disk_->files_) names.push_back(name);
  return names;
}

absl::StatusOr<uint64_t> MemoryJournalFiles::SizeBytes(const std::string& name) {
  MutexLock lock(disk_->mutex_);
  const auto at = disk_->files_.find(name);
  if (at == disk_->files_.end()) return absl::UnavailableError(absl::StrCat("no file ", name));
  return at->second.bytes.size();
}

absl::StatusOr<std::unique_ptr<JournalFile>> MemoryJournalFiles::OpenForAppend(
    const std::string& name) {
  {
    MutexLock lock(disk_->mutex_);
    disk_->files_[name];
  }
  return std::make_unique<MemoryJournalFile>(disk_, name);
}

absl::Status MemoryJournalFiles::Read(const std::string& name, uint64_t offset, uint64_t size_bytes,
                                      std::string* out) {
  MutexLock lock(disk_->mutex_);
  const auto at = disk_->files_.find(name);
  if (at == disk_->files_.end()) return absl::UnavailableError(absl::StrCat("no file ", name));
  const std::string& bytes = at->second.bytes;
  *out = offset < bytes.size() ? bytes.substr(offset, size_bytes) : "";
  return absl::OkStatus();
}

absl::Status MemoryJournalFiles::Remove(const std::string& name) {
  MutexLock lock(disk_->mutex_);
  disk_->files_.erase(name);
  return absl::OkStatus();
}

absl::Status MemoryJournalFiles::Rename(const std::string& from, const std::string& to) {
  MutexLock lock(disk_->mutex_);
  const auto at = disk_->files_.find(from);
  if (at == disk_->files_.end()) return absl::UnavailableError(absl::StrCat("no file ", from));
  disk_->files_[to] = std::move(at->second);
  disk_->files_.erase(from);
  return absl::OkStatus();
}

absl::Status MemoryJournalFiles::SyncFolder() { return absl::OkStatus(); }

}  // namespace takt
