#include "engine/journal/overlay_files.h"

#include <algorithm>
#include <utility>

#include "engine/base/status_macros.h"

namespace takt {

OverlayJournalFiles::OverlayJournalFiles(std::unique_ptr<JournalFiles> below)
    : below_(std::move(below)), disk_(std::make_shared<MemoryDisk>()), above_(disk_) {}

JournalFiles& OverlayJournalFiles::Holder(const std::string& name) {
  if (lifted_.contains(name)) return above_;
  return *below_;
}

absl::StatusOr<std::vector<std::string>> OverlayJournalFiles::List() {
  TAKT_ASSIGN_OR_RETURN(std::vector<std::string> names, above_.List());
  TAKT_ASSIGN_OR_RETURN(const std::vector<std::string> below, below_->List());
  for (const std::string& name : below) {
    if (!lifted_.contains(name)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<uint64_t> OverlayJournalFiles::SizeBytes(const std::string& name) {
  return Holder(name).SizeBytes(name);
}

absl::Status OverlayJournalFiles::Lift(const std::string& name) {
  if (!lifted_.insert(name).second) return absl::OkStatus();
  TAKT_ASSIGN_OR_RETURN(const std::vector<std::string> below, below_->List());
  if (!std::binary_search(below.begin(), below.end(), name)) return absl::OkStatus();
  TAKT_ASSIGN_OR_RETURN(const uint64_t size, below_->SizeBytes(name));
  std::string bytes;
  TAKT_RETURN_IF_ERROR(below_->Read(name, 0, size, &bytes));
  disk_->Put(name, std::move(bytes));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<JournalFile>> OverlayJournalFiles::OpenForAppend(
    const std::string& name) {
  TAKT_RETURN_IF_ERROR(Lift(name));
  return above_.OpenForAppend(name);
}

absl::Status OverlayJournalFiles::Read(const std::string& name, uint64_t offset,
                                       uint64_t size_bytes, std::string* out) {
  return Holder(name).Read(name, offset, size_bytes, out);
}

absl::Status OverlayJournalFiles::Remove(const std::string& name) {
  lifted_.insert(name);
  return above_.Remove(name);
}

absl::Status OverlayJournalFiles::Rename(const std::string& from, const std::string& to) {
  TAKT_RETURN_IF_ERROR(Lift(from));
  lifted_.insert(to);
  return above_.Rename(from, to);
}

}  // namespace takt
