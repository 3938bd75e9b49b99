#include "engine/journal/journal.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"

namespace takt {

Journal::Journal(JournalFiles& files, JournalDictionary dictionary, const JournalOptions& options,
                 const Clock& clock)
    : files_(files), dictionary_(std::move(dictionary)), options_(options), clock_(clock) {}

absl::StatusOr<std::unique_ptr<Journal>> Journal::Open(JournalFiles& files,
                                                       JournalDictionary dictionary,
                                                       const JournalOptions& options,
                                                       const Clock& clock) {
  std::unique_ptr<Journal> journal(new Journal(files, std::move(dictionary), options, clock));
  TAKT_RETURN_IF_ERROR(journal->FindSegments());
  return journal;
}

std::vector<JournalPosition> Journal::Positions() const {
  MutexLock lock(mutex_);
  std::vector<JournalPosition> positions;
  for (const Known& known : known_) {
    if (known.has_position) positions.push_back(known.position);
  }
  return positions;
}

uint64_t Journal::LastNowSeconds() const {
  MutexLock lock(mutex_);
  return now_seconds_;
}

uint32_t Journal::IdOf(const JournalPosition& position) {
  const auto [at, added] =
      ids_.try_emplace(PartitionKey(position.source, position.topic, position.partition),
                       static_cast<uint32_t>(known_.size()));
  if (added) {
    Known& known = known_.emplace_back();
    // No offset yet: it counts only once its block is written.
    known.position.source = position.source;
    known.position.topic = position.topic;
    known.position.partition = position.partition;
    known.position.cluster = position.cluster;
  }
  return at->second;
}

void Journal::ForgetFrom(size_t id) {
  for (size_t i = id; i < known_.size(); ++i) {
    const JournalPosition& at = known_[i].position;
    ids_.erase(PartitionKey(at.source, at.topic, at.partition));
  }
  known_.resize(id);
}

std::string Journal::HeadBody() const {
  const Segment& segment = segments_.back();
  BlockBody body;
  body.sections = kHeadSection | kDictionarySection | kPartitionsSection | kPositionsSection;
  body.first_segment = segment.first;
  body.last_segment = segment.last;
  body.now_seconds = now_seconds_;
  if (segments_.size() > 1) body.previous_bytes = segments_[segments_.size() - 2].size_bytes;
  body.dictionary = dictionary_;
  for (uint32_t id = 0; id < known_.size(); ++id) {
    const JournalPosition& at = known_[id].position;
    body.partitions.push_back({id, at.source, at.topic, at.partition, at.cluster});
    if (!known_[id].has_position) continue;
    body.positions.push_back({id, at.next_offset, at.last_offset, at.last_checksum});
  }
  std::string bytes;
  EncodeBodyStart(body, &bytes);
  return bytes;
}

std::string Journal::BodyStart(const JournalAppend& append) {
  BlockBody body;
  body.synced_below = synced_below_;
  body.now_seconds = append.now_seconds;
  if (!dictionary_written_) {
    body.sections |= kDictionarySection;
    body.dictionary = dictionary_;
  }
  for (const JournalPosition& position : append.positions) {
    const uint32_t id = IdOf(position);
    if (!known_[id].named || known_[id].position.cluster != position.cluster) {
      body.partitions.push_back(
          {id, position.source, position.topic, position.partition, position.cluster});
    }
    body.positions.push_back(
        {id, position.next_offset, position.last_offset, position.last_checksum});
  }
  for (const JournalPosition& partition : append.read_from) {
    const uint32_t id = IdOf(partition);
    const auto is_it = [&](const PartitionName& name) { return name.id == id; };
    if (!known_[id].named && std::none_of(body.partitions.begin(), body.partitions.end(), is_it)) {
      body.partitions.push_back(
          {id, partition.source, partition.topic, partition.partition, partition.cluster});
    }
    body.coordinate_partitions.push_back(id);
  }
  if (!append.coordinates.empty()) body.sections |= kCoordinatesSection;
  body.coordinates = append.coordinates;
  if (!body.partitions.empty()) body.sections |= kPartitionsSection;
  if (!body.positions.empty()) body.sections |= kPositionsSection;
  if (append.change_count > 0) body.sections |= kChangesSection;
  body.change_count = append.change_count;
  std::string bytes;
  EncodeBodyStart(body, &bytes);
  return bytes;
}

absl::Status Journal::StartSegment() {
  const uint64_t number = segments_.empty() ? 1 : segments_.back().last + 1;
  const std::string name = absl::StrFormat("%010d.journal", number);
  TAKT_ASSIGN_OR_RETURN(std::shared_ptr<JournalFile> file, files_.OpenForAppend(name));
  TAKT_RETURN_IF_ERROR(files_.SyncFolder());
  segments_.push_back({.name = name, .first = number, .last = number, .size_bytes = 0});
  file_ = std::move(file);
  synced_below_ = safe_bytes_ = 0;
  return absl::OkStatus();
}

absl::Status Journal::PrepareSegment(uint64_t append_bytes) {
  if (segments_.empty()) return StartSegment();
  Segment& segment = segments_.back();
  if (file_ == nullptr) {
    TAKT_ASSIGN_OR_RETURN(file_, files_.OpenForAppend(segment.name));
  }
  if (torn_) {
    TAKT_RETURN_IF_ERROR(file_->Truncate(segment.size_bytes));
    torn_ = false;
  }
  if (segment.size_bytes == 0 || segment.size_bytes + append_bytes <= options_.segment_bytes_max) {
    return absl::OkStatus();
  }
  // Sealed segments are safe before the next one begins, so only the last one can have a torn tail.
  const absl::Status sealed = file_->Sync();
  if (!sealed.ok()) return FailSync(sealed);
  ++counts_.syncs;
  unsafe_since_.reset();
  return StartSegment();
}

absl::Status Journal::Write(const JournalAppend& append) {
  if (!replayed_) return absl::FailedPreconditionError("the journal is not yet replayed");
  TAKT_RETURN_IF_ERROR(sync_error_);
  uint64_t append_bytes = kBlockHeaderBytes;
  for (const absl::string_view piece : append.pieces) append_bytes += piece.size();
  if (append_bytes > kBlockBodyBytesMax / 2) {
    return absl::InvalidArgumentError(absl::StrCat("block too large: ", append_bytes, " bytes"));
  }
  TAKT_RETURN_IF_ERROR(PrepareSegment(append_bytes));

  std::vector<absl::string_view> written;
  std::string head_header;
  std::string head_body;
  const bool begins = segments_.back().size_bytes == 0;
  if (begins) {
    for (Known& known : known_) known.named = true;  // the head names them
    dictionary_written_ = true;
    head_body = HeadBody();
    head_header = EncodeBlockHeader({head_body});
    written = {head_header, head_body};
  }
  const size_t known_before = known_.size();
  const std::string body_start = BodyStart(append);
  std::vector<absl::string_view> body = {body_start};
  body.insert(body.end(), append.pieces.begin(), append.pieces.end());
  const std::string header = EncodeBlockHeader(body);
  written.push_back(header);
  written.insert(written.end(), body.begin(), body.end());

  const absl::Status appended = file_->Append(written);
  if (!appended.ok()) {
    torn_ = !file_->Truncate(segments_.back().size_bytes).ok();
    ForgetFrom(known_before);
    return appended;
  }
  uint64_t bytes = 0;
  for (const absl::string_view piece : written) bytes += piece.size();
  Took(append, bytes);
  return absl::OkStatus();
}

void Journal::Took(const JournalAppend& append, uint64_t bytes) {
  for (const JournalPosition& position : append.positions) {
    Known& known = known_[IdOf(position)];
    known.position = position;
    known.named = true;
    known.has_position = true;
  }
  for (const JournalPosition& partition : append.read_from) known_[IdOf(partition)].named = true;
  dictionary_written_ = true;
  if (append.now_seconds != 0) now_seconds_ = append.now_seconds;
  segments_.back().size_bytes += bytes;
  counts_.bytes += bytes;
  counts_.bytes_appended += bytes;
  counts_.changes_appended += append.change_count;
  ++counts_.blocks_appended;
  if (!unsafe_since_.has_value()) unsafe_since_ = clock_.Monotonic();
}

absl::Status Journal::Append(const JournalAppend& append) {
  MutexLock lock(mutex_);
  absl::Status status = Write(append);
  counts_.error = std::string(status.message());
  if (!status.ok()) ++counts_.errors;
  TellCounts();
  return status;
}

absl::Status Journal::FailSync(const absl::Status& status) {
  sync_error_ = absl::Status(
      status.code(), absl::StrCat(status.message(),
                                  "; nothing more is appended until what was not safe is cut off "
                                  "and the journal is opened anew"));
  return sync_error_;
}

// What stands behind the safe bytes may be in memory alone. The cut must be safe itself, so that no
// later segment is measured against it in vain.
absl::Status Journal::CutUnsafe() {
  if (counts_.is_cut) return absl::OkStatus();
  TAKT_RETURN_IF_ERROR(file_->Truncate(safe_bytes_));
  Segment& segment = segments_.back();
  counts_.bytes -= segment.size_bytes - safe_bytes_;
  segment.size_bytes = safe_bytes_;
  TAKT_RETURN_IF_ERROR(file_->Sync());
  counts_.is_cut = true;
  return absl::OkStatus();
}

void Journal::TellCounts() {
  const MutexLock lock(told_mutex_);
  told_ = counts_;
  told_.segments = segments_.size();
  told_unsafe_since_ = unsafe_since_;
}

absl::Status Journal::Sync() {
  std::shared_ptr<JournalFile> file;
  uint64_t size_bytes = 0;
  absl::Duration begun;
  {
    MutexLock lock(mutex_);
    if (!sync_error_.ok()) {
      if (!CutUnsafe().ok()) ++counts_.errors;  // tried again with the next sync
      TellCounts();
      return sync_error_;
    }
    if (file_ == nullptr || !unsafe_since_.has_value()) return absl::OkStatus();
    file = file_;
    size_bytes = segments_.back().size_bytes;
    begun = clock_.Monotonic();
  }
  const absl::Status status = file->Sync();
  MutexLock lock(mutex_);
  if (!status.ok()) {
    counts_.error = std::string(FailSync(status).message());
    ++counts_.errors;
    TellCounts();
    return sync_error_;
  }
  ++counts_.syncs;
  if (file == file_) {  // else it was sealed meanwhile, and synced by that
    synced_below_ = safe_bytes_ = size_bytes;
    unsafe_since_.reset();
    // What came since the sync began is not safe yet.
    if (segments_.back().size_bytes != size_bytes) unsafe_since_ = begun;
  }
  TellCounts();
  return absl::OkStatus();
}

JournalCounts Journal::Counts() const {
  const MutexLock lock(told_mutex_);
  JournalCounts counts = told_;
  if (told_unsafe_since_.has_value()) counts.since_sync = clock_.Monotonic() - *told_unsafe_since_;
  return counts;
}

}  // namespace takt
