#include "engine/journal/segment_reader.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/journal/block.h"

namespace takt {
namespace {

constexpr uint64_t kChunkBytes = 8 << 20;
constexpr char kMagicStart[] = "TKB";

}  // namespace

absl::string_view SegmentReader::Window() const {
  return absl::string_view(buffer_).substr(offset_ - buffer_offset_);
}

absl::StatusOr<SegmentReader::Step> SegmentReader::Next(absl::string_view* body) {
  if (offset_ == size_bytes_) return Step::kEnd;
  FoundBlock found = FindBlock(Window());
  // Twice at most: once for the header, once for the rest of a block larger than a chunk.
  while (found.state == BlockState::kTruncated && offset_ + Window().size() < size_bytes_) {
    const uint64_t wanted = std::max(kChunkBytes, found.size_bytes);
    std::string chunk;
    TAKT_RETURN_IF_ERROR(
        files_.Read(name_, offset_, std::min(wanted, size_bytes_ - offset_), &chunk));
    if (chunk.size() <= Window().size()) break;  // the file became shorter while it was read
    buffer_ = std::move(chunk);
    buffer_offset_ = offset_;
    found = FindBlock(Window());
  }
  if (found.state == BlockState::kNewer) {
    return absl::FailedPreconditionError(
        absl::StrCat("the journal was written by a newer version: ", files_.path(), "/", name_,
                     " at byte ", offset_, "; way out: run that version"));
  }
  if (found.state != BlockState::kValid) return Step::kBroken;
  *body = found.body;
  block_offset_ = offset_;
  offset_ += found.size_bytes;
  return Step::kBlock;
}

absl::StatusOr<bool> SegmentReader::WasSafe() const {
  std::string rest;
  TAKT_RETURN_IF_ERROR(files_.Read(name_, offset_, size_bytes_ - offset_, &rest));
  const absl::string_view bytes = rest;
  for (size_t at = bytes.find(kMagicStart, 1); at != absl::string_view::npos;
       at = bytes.find(kMagicStart, at + 1)) {
    const FoundBlock found = FindBlock(bytes.substr(at));
    if (found.state == BlockState::kNewer) return true;
    BlockBody body;
    if (found.state != BlockState::kValid || !DecodeBody(found.body, &body)) continue;
    if (body.synced_below > offset_) return true;
  }
  return false;
}

}  // namespace takt
