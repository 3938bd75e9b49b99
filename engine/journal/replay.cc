// The reading half of Journal: from the segments' names to the end of the last valid block.
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/status_macros.h"
#include "engine/journal/journal.h"

namespace takt {
namespace {

constexpr char kWaysOut[] =
    "; ways out: restore the file from a backup or a neighbour's journal, or move the journal's "
    "folder away and let everything be read again from the sources";

struct Numbers {
  uint64_t first = 0;
  uint64_t last = 0;
};

// "0000000007.journal" or, compacted, "0000000001-0000000006.journal"; nothing for other files.
std::optional<Numbers> ParseSegmentName(absl::string_view name) {
  if (!absl::ConsumeSuffix(&name, ".journal")) return std::nullopt;
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(name, absl::MaxSplits('-', 1));
  Numbers numbers;
  if (!absl::SimpleAtoi(parts.first, &numbers.first)) return std::nullopt;
  numbers.last = numbers.first;
  if (!parts.second.empty() && !absl::SimpleAtoi(parts.second, &numbers.last)) return std::nullopt;
  return numbers;
}

}  // namespace

absl::Status Journal::FindSegments() {
  MutexLock lock(mutex_);
  TAKT_ASSIGN_OR_RETURN(const std::vector<std::string> names, files_.List());
  for (const std::string& name : names) {
    const std::optional<Numbers> numbers = ParseSegmentName(name);
    if (!numbers.has_value()) continue;
    TAKT_ASSIGN_OR_RETURN(const uint64_t size_bytes, files_.SizeBytes(name));
    segments_.push_back({name, numbers->first, numbers->last, size_bytes});
    counts_.bytes += size_bytes;
  }
  std::sort(segments_.begin(), segments_.end(),
            [](const Segment& a, const Segment& b) { return a.first < b.first; });
  uint64_t expected = 1;
  for (const Segment& segment : segments_) {
    if (segment.first != expected || segment.last < segment.first) {
      return absl::DataLossError(absl::StrCat("the journal is not whole: ", files_.path(),
                                              ": segment ", expected, " is missing before ",
                                              segment.name, kWaysOut));
    }
    expected = segment.last + 1;
  }
  TellCounts();
  return absl::OkStatus();
}

absl::Status Journal::Damaged(const std::string& folder, const Place& place,
                              absl::string_view what) {
  return absl::DataLossError(absl::StrCat("the journal is damaged: ", folder, "/",
                                          place.segment.name, " at byte ", place.byte, ": ", what,
                                          kWaysOut));
}

absl::Status Journal::DamagedBlock(absl::string_view what) const {
  return Damaged(files_.path(), {segments_[replay_segment_], reader_->block_offset()}, what);
}

absl::Status Journal::DamagedHere(absl::string_view what) const {
  return Damaged(files_.path(), {segments_[replay_segment_], reader_->offset()}, what);
}

absl::Status Journal::CheckHead(const BlockBody& body) const {
  const Segment& segment = segments_[replay_segment_];
  if (!body.Has(kHeadSection) || !body.Has(kDictionarySection)) {
    return DamagedBlock("the segment does not begin with its head");
  }
  if (body.first_segment != segment.first || body.last_segment != segment.last) {
    return DamagedBlock(
        absl::StrCat("the file is segment ", body.first_segment, " under another name"));
  }
  // A sealed segment that lost whole blocks at its end shows no broken place; its successor knows.
  if (replay_segment_ == 0) return absl::OkStatus();
  const Segment& previous = segments_[replay_segment_ - 1];
  const bool compacted = previous.first != previous.last;
  if (!compacted && body.previous_bytes != previous.size_bytes) {
    return Damaged(files_.path(), {previous, previous.size_bytes},
                   absl::StrCat("it ends there, and had ", body.previous_bytes,
                                " bytes when the next segment was begun"));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Journal::HandleBlock(absl::string_view bytes, ReplayedBlock* block) {
  BlockBody body;
  if (!DecodeBody(bytes, &body)) return DamagedBlock("a whole block that this version cannot read");
  const uint64_t begin = reader_->block_offset();
  if (begin == 0) TAKT_RETURN_IF_ERROR(CheckHead(body));
  // Whole blocks that are gone leave no broken place; those behind them know how much there was.
  if (body.synced_below > begin) {
    return DamagedBlock(absl::StrCat("blocks before this one are missing: it stands behind ", begin,
                                     " bytes and was written when ", body.synced_below,
                                     " were safe"));
  }
  if (body.Has(kDictionarySection)) {
    if (body.dictionary.currency != dictionary_.currency ||
        body.dictionary.decimals != dictionary_.decimals) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the journal keeps amounts in ", body.dictionary.currency,
          ", the configuration reports in ", dictionary_.currency, ": ", files_.path(),
          "; ways out: set money.report_in back, or move the journal's folder away and let "
          "everything be read again from the sources"));
    }
    read_dictionary_ = std::move(body.dictionary);
  }
  for (PartitionName& name : body.partitions) {
    if (name.id > known_.size()) return DamagedBlock("a partition's number is out of order");
    if (name.id == known_.size()) {
      ids_[PartitionKey(name.source, name.topic, name.partition)] = name.id;
      known_.emplace_back();
    }
    Known& known = known_[name.id];
    known.named = true;
    known.position.source = std::move(name.source);
    known.position.topic = std::move(name.topic);
    known.position.partition = name.partition;
    known.position.cluster = std::move(name.cluster);
  }
  for (const PositionEntry& entry : body.positions) {
    if (entry.id >= known_.size()) return DamagedBlock("a position of an unnamed partition");
    known_[entry.id].has_position = true;
    JournalPosition& position = known_[entry.id].position;
    position.next_offset = entry.next_offset;
    position.last_offset = entry.last_offset;
    position.last_checksum = entry.last_checksum;
  }
  if (body.now_seconds != 0) now_seconds_ = body.now_seconds;
  *block = {&read_dictionary_, body.change_count, body.changes};
  return body.change_count > 0;
}

absl::Status Journal::HandleBroken() {
  Segment& segment = segments_[replay_segment_];
  if (replay_segment_ + 1 < segments_.size()) {
    return DamagedHere("no valid block where one must be, in a segment that was sealed");
  }
  TAKT_ASSIGN_OR_RETURN(const bool was_safe, reader_->WasSafe());
  if (was_safe) return DamagedHere("no valid block, though valid blocks follow that came later");
  const uint64_t cut_bytes = segment.size_bytes - reader_->offset();
  TAKT_ASSIGN_OR_RETURN(file_, files_.OpenForAppend(segment.name));
  TAKT_RETURN_IF_ERROR(file_->Truncate(reader_->offset()));
  cut_message_ = absl::StrCat("the journal's torn tail was cut: ", files_.path(), "/", segment.name,
                              ": ", cut_bytes, " bytes from byte ", reader_->offset(),
                              "; the sources are read again from the block before it");
  segment.size_bytes = reader_->offset();
  counts_.bytes -= cut_bytes;
  counts_.bytes_cut += cut_bytes;
  unsafe_since_ = clock_.Monotonic();
  return absl::OkStatus();
}

absl::StatusOr<bool> Journal::ReplayNext(ReplayedBlock* block) {
  MutexLock lock(mutex_);
  while (replay_segment_ < segments_.size()) {
    const Segment& segment = segments_[replay_segment_];
    if (!reader_.has_value()) reader_.emplace(files_, segment.name, segment.size_bytes);
    absl::string_view bytes;
    TAKT_ASSIGN_OR_RETURN(SegmentReader::Step step, reader_->Next(&bytes));
    if (step == SegmentReader::Step::kBlock) {
      TAKT_ASSIGN_OR_RETURN(const bool has_changes, HandleBlock(bytes, block));
      if (has_changes) return true;
      continue;
    }
    // An empty segment is a crash between its making and its first block: the last one only.
    const bool empty = segment.size_bytes == 0;
    if (step == SegmentReader::Step::kBroken || (empty && replay_segment_ + 1 < segments_.size())) {
      TAKT_RETURN_IF_ERROR(HandleBroken());
    }
    replayed_bytes_ += segment.size_bytes;
    reader_.reset();
    ++replay_segment_;
  }
  replayed_ = true;
  if (!segments_.empty()) safe_bytes_ = segments_.back().size_bytes;
  TellCounts();
  dictionary_written_ = read_dictionary_ == dictionary_;
  return false;
}

double Journal::ReplayProgress() const {
  MutexLock lock(mutex_);
  if (replayed_ || counts_.bytes == 0) return replayed_ ? 1 : 0;
  const uint64_t read = replayed_bytes_ + (reader_.has_value() ? reader_->offset() : 0);
  return static_cast<double>(read) / static_cast<double>(counts_.bytes);
}

}  // namespace takt
