// The part of FileSource that ties a position to its file.

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "connectors/file/file_source.h"
#include "engine/base/hash.h"
#include "engine/base/status_macros.h"

namespace takt {
namespace {

constexpr absl::string_view kScheme = "first-bytes";
constexpr size_t kBeginningBytesMax = 4096;

std::string Identity(absl::string_view beginning) {
  return absl::StrCat(kScheme, ":", beginning.size(), ":", absl::Hex(StableHash(beginning)));
}

}  // namespace

absl::Status FileSource::Open(const std::vector<Position>& positions) {
  if (descriptor_ >= 0) return absl::FailedPreconditionError(absl::StrCat(name_, " is open"));
  TAKT_RETURN_IF_ERROR(OpenDescriptor());
  for (const Position& position : positions) {
    if (position.topic != path_ || position.partition != 0 || position.next_offset <= 0) continue;
    if (!seekable_) {
      offset_ = position.next_offset;
      return absl::OkStatus();
    }
    final_ = GoTo(position);
    return final_;
  }
  return absl::OkStatus();
}

absl::Status FileSource::GoTo(const Position& position) {
  goes_on_at_ = position.next_offset;
  TAKT_RETURN_IF_ERROR(CompareBeginning(position.cluster));
  if (SizeNow() < position.next_offset) {
    return Lost(
        absl::StrCat("it was read up to byte ", position.next_offset, " and has only ", SizeNow()));
  }
  TAKT_RETURN_IF_ERROR(ReadCsvHeader());
  TAKT_RETURN_IF_ERROR(CompareLastRecord(position));
  TAKT_RETURN_IF_ERROR(Seek(position.next_offset));
  goes_on_at_.reset();
  return absl::OkStatus();
}

absl::Status FileSource::Seek(int64_t offset) {
  buffer_.clear();
  cursor_ = 0;
  to_skip_ = 0;
  at_end_ = false;
  finished_ = false;
  splitter_->Reset();
  offset_ = offset;
  read_at_ = offset;
  if (::lseek(descriptor_, offset, SEEK_SET) == offset) return absl::OkStatus();
  return Lost("it cannot be positioned");
}

absl::Status FileSource::CompareBeginning(const std::string& cluster) {
  beginning_.resize(kBeginningBytesMax);
  const ssize_t got = ::pread(descriptor_, beginning_.data(), kBeginningBytesMax, 0);
  beginning_.resize(static_cast<size_t>(std::max<ssize_t>(got, 0)));
  if (cluster.empty()) return absl::OkStatus();
  const std::vector<std::string> parts = absl::StrSplit(cluster, ':');
  size_t size = 0;
  if (parts.size() != 3 || parts[0] != kScheme || !absl::SimpleAtoi(parts[1], &size) ||
      size > beginning_.size() ||
      Identity(absl::string_view(beginning_).substr(0, size)) != cluster) {
    return Lost("its first bytes are others now: it is another file");
  }
  return absl::OkStatus();
}

absl::Status FileSource::ReadCsvHeader() {
  if (format_ != RecordFormat::kCsv) return absl::OkStatus();
  // Next takes the header line on its way to the first record.
  TAKT_RETURN_IF_ERROR(Next().status());
  return header_taken_ ? absl::OkStatus() : Lost("its header line is gone");
}

absl::Status FileSource::CompareLastRecord(const Position& position) {
  if (position.last_offset < 0) return absl::OkStatus();
  TAKT_RETURN_IF_ERROR(Seek(position.last_offset));
  TAKT_ASSIGN_OR_RETURN(const bool there, Next());
  if (!there || record_.offset != position.last_offset ||
      RecordChecksum(record_.key, record_.value) != position.last_checksum) {
    return Lost(absl::StrCat("the record at byte ", position.last_offset,
                             ", the last one read, is another one now"));
  }
  return absl::OkStatus();
}

std::string FileSource::Cluster() const {
  const size_t size = std::min<size_t>(beginning_.size(), static_cast<size_t>(offset_));
  if (!seekable_ || size == 0) return "";
  return Identity(absl::string_view(beginning_).substr(0, size));
}

int64_t FileSource::SizeNow() const {
  struct stat status;
  return ::fstat(descriptor_, &status) == 0 ? status.st_size : -1;
}

absl::Status FileSource::CheckStillThere() {
  if (!follow_ || !seekable_) return absl::OkStatus();
  if (SizeNow() < offset_ + static_cast<int64_t>(Window().size())) {
    return Lost(absl::StrCat("it was cut to ", SizeNow(), " bytes while it was followed"));
  }
  char now[kBeginningBytesMax];
  const ssize_t got = ::pread(descriptor_, now, beginning_.size(), 0);
  if (got >= 0 && absl::string_view(now, static_cast<size_t>(got)) != beginning_) {
    return Lost("it was written anew while it was followed");
  }
  struct stat ours;
  struct stat there;
  if (::fstat(descriptor_, &ours) != 0 || ::stat(path_.c_str(), &there) != 0) {
    // Moved away: a writer that still holds it may go on; a new file shows up below.
    return absl::OkStatus();
  }
  if (ours.st_ino == there.st_ino && ours.st_dev == there.st_dev) return absl::OkStatus();
  return Lost("another file was put in its place while it was followed");
}

absl::Status FileSource::Lost(absl::string_view what) const {
  return absl::DataLossError(absl::StrCat(
      "file '", path_, "' cannot be read on from byte ", goes_on_at_.value_or(offset_), ": ", what,
      ". Ways out: put the file back that was read before; or give the source a new name of file; "
      "or "
      "stop, move the journal's folder away and start, which reads everything from the beginning"));
}

}  // namespace takt
