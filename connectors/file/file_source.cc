#include "connectors/file/file_source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace takt {
namespace {

constexpr size_t kReadBytes = 256 << 10;
constexpr size_t kBeginningBytesMax = 4096;
constexpr absl::Duration kLookEvery = absl::Milliseconds(20);

}  // namespace

std::unique_ptr<FileSource> FileSource::Create(const SourceSettings& settings, Clock& clock) {
  return std::unique_ptr<FileSource>(new FileSource(settings, clock));
}

FileSource::FileSource(const SourceSettings& settings, Clock& clock)
    : name_(settings.name),
      path_(settings.file),
      follow_(settings.follow),
      format_(settings.format),
      clock_(clock),
      splitter_(RecordSplitter::Create(settings.format)) {}

FileSource::~FileSource() {
  if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
}

absl::Status FileSource::OpenDescriptor() {
  if (path_ == "-") {
    descriptor_ = STDIN_FILENO;
  } else {
    // Without O_NONBLOCK a named pipe is opened only once somebody writes to it.
    descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  }
  const std::string what = absl::StrCat("source ", name_, ": file '", path_, "'");
  if (descriptor_ < 0 && errno == ENOENT && follow_) {
    return absl::UnavailableError(absl::StrCat(what, " does not exist yet"));
  }
  if (descriptor_ < 0 && errno == ENOENT) {
    return absl::NotFoundError(absl::StrCat(what, " does not exist"));
  }
  if (descriptor_ < 0) {
    return absl::PermissionDeniedError(
        absl::StrCat(what, " cannot be opened: ", std::strerror(errno)));
  }
  struct stat status;
  if (::fstat(descriptor_, &status) != 0 || S_ISDIR(status.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat(what, " is a folder"));
  }
  seekable_ = S_ISREG(status.st_mode);
  return absl::OkStatus();
}

absl::Status FileSource::Poll(absl::Duration wait, int records_max,
                              const RecordCallback& callback) {
  if (!final_.ok()) return final_;
  if (descriptor_ < 0) {
    return absl::FailedPreconditionError(absl::StrCat("source ", name_, " is not open"));
  }
  int delivered = 0;
  absl::Status status = Drain(records_max, callback, delivered);
  for (absl::Duration left = wait;
       status.ok() && delivered == 0 && !finished_ && left > absl::ZeroDuration();
       left -= kLookEvery) {
    Await(std::min(left, kLookEvery));
    status = Drain(records_max, callback, delivered);
  }
  if (status.ok() && delivered == 0) status = CheckStillThere();
  if (absl::IsDataLoss(status)) final_ = status;
  return status;
}

absl::Status FileSource::Drain(int records_max, const RecordCallback& callback, int& delivered) {
  while (delivered < records_max && !finished_) {
    TAKT_ASSIGN_OR_RETURN(const bool there, Next());
    if (!there) break;
    ++delivered;
    callback(record_);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> FileSource::Next() {
  while (true) {
    if (!large_.empty()) return NextBeginning();
    const absl::string_view window = Window();
    std::optional<FoundRecord> found = splitter_->Find(window, at_end_);
    if (!found.has_value() && window.size() > kFileRecordBytesMax) {
      found = splitter_->GiveUp(window);
      if (!found.has_value()) {
        large_ = std::string(window.substr(0, RecordSplitter::kBeginningBytes));
        continue;
      }
    }
    if (splitter_->broken()) {
      return Lost("what stands there is no length-delimited Protobuf");
    }
    if (found.has_value()) {
      const bool blank = format_ != RecordFormat::kProtobuf && found->value_size == 0;
      if (blank || TakeHeaderLine(*found)) {
        Consume(found->size);
        continue;
      }
      if (found->value_size > kFileRecordBytesMax) {
        found->too_large = true;
        found->value_size = RecordSplitter::kBeginningBytes;
      }
      Show(*found);
      Consume(found->size);
      return true;
    }
    if (at_end_) {
      finished_ = true;
      return false;
    }
    TAKT_ASSIGN_OR_RETURN(const Filled filled, Fill());
    if (filled == Filled::kNothingYet) return false;
    if (filled == Filled::kEnd) at_end_ = true;
  }
}

// Passes over a line that is too large, then hands out its beginning.
absl::StatusOr<bool> FileSource::NextBeginning() {
  while (true) {
    const absl::string_view window = Window();
    const size_t line_end = window.find('\n');
    const bool ends = line_end != absl::string_view::npos;
    if (!ends && !at_end_) {
      large_size_ += window.size();
      cursor_ = buffer_.size();
      TAKT_ASSIGN_OR_RETURN(const Filled filled, Fill());
      if (filled == Filled::kNothingYet) return false;
      if (filled == Filled::kEnd) at_end_ = true;
      continue;
    }
    const size_t rest = ends ? line_end + 1 : window.size();
    large_size_ += rest;
    cursor_ += rest;
    shown_large_ = std::exchange(large_, {});
    FoundRecord found;
    found.size = large_size_;
    found.too_large = true;
    Show(found);
    record_.value = shown_large_;
    offset_ += static_cast<int64_t>(std::exchange(large_size_, 0));
    splitter_->Reset();
    return true;
  }
}

bool FileSource::TakeHeaderLine(const FoundRecord& found) {
  if (format_ != RecordFormat::kCsv || header_taken_) return false;
  csv_header_ = std::string(Window().substr(found.value_begin, found.value_size));
  header_taken_ = true;
  return true;
}

void FileSource::Show(const FoundRecord& found) {
  record_.topic = path_;
  record_.offset = offset_;
  record_.next_offset = offset_ + static_cast<int64_t>(found.size);
  record_.has_value = true;
  record_.value = Window().substr(found.value_begin, found.value_size);
  record_.headers.clear();
  if (format_ == RecordFormat::kCsv) record_.headers.emplace_back(kCsvHeader, csv_header_);
  if (found.too_large) record_.headers.emplace_back(kTooLargeHeader, "more than 8 MiB");
  if (found.torn) record_.headers.emplace_back(kTornHeader, "the file ends inside this record");
}

absl::string_view FileSource::Window() const { return absl::string_view(buffer_).substr(cursor_); }

void FileSource::Consume(uint64_t size) {
  const uint64_t here = std::min<uint64_t>(size, buffer_.size() - cursor_);
  cursor_ += here;
  to_skip_ = size - here;
  offset_ += static_cast<int64_t>(size);
}

// Views handed out before are gone after this, as their callback has returned.
absl::StatusOr<FileSource::Filled> FileSource::Fill() {
  buffer_.erase(0, cursor_);
  cursor_ = 0;
  if (!seekable_) {
    pollfd waiting = {.fd = descriptor_, .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, 0) <= 0) return Filled::kNothingYet;
  }
  const size_t before = buffer_.size();
  buffer_.resize(before + kReadBytes);
  ssize_t got;
  do {
    got = ::read(descriptor_, buffer_.data() + before, kReadBytes);
  } while (got < 0 && errno == EINTR);
  const int error = errno;
  buffer_.resize(before + static_cast<size_t>(std::max<ssize_t>(got, 0)));
  if (got < 0 && error == EAGAIN) return Filled::kNothingYet;
  if (got < 0) {
    return absl::UnavailableError(
        absl::StrCat("source ", name_, ": reading '", path_, "' fails: ", std::strerror(error)));
  }
  if (got == 0) return follow_ && seekable_ ? Filled::kNothingYet : Filled::kEnd;
  if (beginning_.size() < kBeginningBytesMax &&
      read_at_ == static_cast<int64_t>(beginning_.size())) {
    beginning_.append(buffer_, before, kBeginningBytesMax - beginning_.size());
  }
  read_at_ += got;
  const size_t skipped = static_cast<size_t>(std::min<uint64_t>(to_skip_, buffer_.size()));
  cursor_ = skipped;
  to_skip_ -= skipped;
  return Filled::kBytes;
}

void FileSource::Await(absl::Duration limit) {
  if (seekable_) {
    clock_.SleepFor(limit);
    return;
  }
  pollfd waiting = {.fd = descriptor_, .events = POLLIN, .revents = 0};
  ::poll(&waiting, 1, static_cast<int>(absl::ToInt64Milliseconds(limit)));
}

std::vector<PartitionState> FileSource::Partitions() const {
  PartitionState state;
  state.topic = path_;
  state.next_offset = offset_;
  if (descriptor_ < 0) return {state};
  state.end_offset = seekable_ ? SizeNow() : -1;
  state.finished = finished_;
  state.idle_by_proof =
      final_.ok() &&
      (finished_ || (seekable_ && follow_ && large_.empty() && state.end_offset == offset_));
  return {state};
}

}  // namespace takt
