#include "connectors/file/file_dead_letters.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"

namespace takt {
namespace {

constexpr size_t kDetailBytesMax = 500;
constexpr size_t kTailBytesMax = 1 << 20;
constexpr absl::Duration kRetryEvery = absl::Milliseconds(500);
constexpr absl::string_view kLineBegins = "{\"source\":";

void AppendText(absl::string_view text, std::string* line) {
  line->push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      line->push_back('\\');
      line->push_back(c);
    } else if (byte < 0x20 || byte >= 0x7f) {
      absl::StrAppendFormat(line, "\\u%04x", byte);
    } else {
      line->push_back(c);
    }
  }
  line->push_back('"');
}

void AppendBytes(bool present, absl::string_view bytes, std::string* line) {
  if (present) {
    absl::StrAppend(line, "\"", absl::Base64Escape(bytes), "\"");
  } else {
    line->append("null");
  }
}

std::string LineOf(const DeadLetter& letter) {
  const Record& record = letter.record;
  std::string line(kLineBegins);
  AppendText(letter.source, &line);
  line.append(",\"topic\":");
  AppendText(record.topic, &line);
  absl::StrAppend(&line, ",\"partition\":", record.partition, ",\"offset\":", record.offset,
                  ",\"reason\":\"", ReasonName(letter.rejection.reason), "\",\"detail\":");
  AppendText(absl::string_view(letter.rejection.detail).substr(0, kDetailBytesMax), &line);
  line.append(",\"key\":");
  AppendBytes(record.has_key, record.key, &line);
  line.append(",\"value\":");
  AppendBytes(record.has_value, record.value, &line);
  line.append(",\"headers\":[");
  for (size_t i = 0; i < record.headers.size(); ++i) {
    line.append(i == 0 ? "[" : ",[");
    AppendText(record.headers[i].first, &line);
    line.push_back(',');
    AppendBytes(true, record.headers[i].second, &line);
    line.push_back(']');
  }
  line.append("]}\n");
  return line;
}

absl::Status Failure(absl::string_view path, absl::string_view what) {
  return absl::UnavailableError(
      absl::StrCat("dead-letter file '", path, "' ", what, ": ", std::strerror(errno)));
}

int64_t SizeOf(int descriptor) {
  struct stat status;
  return ::fstat(descriptor, &status) == 0 ? status.st_size : -1;
}

// Makes the file end with a whole line: cuts off the half of one of ours, ends one of a stranger.
absl::Status MendTail(int descriptor, const std::string& path) {
  const int64_t size = SizeOf(descriptor);
  char last = '\n';
  if (size > 0 && ::pread(descriptor, &last, 1, size - 1) != 1)
    return Failure(path, "cannot be read");
  if (last == '\n') return absl::OkStatus();
  const int64_t from = size > static_cast<int64_t>(kTailBytesMax) ? size - kTailBytesMax : 0;
  std::string tail(static_cast<size_t>(size - from), '\0');
  const ssize_t got = ::pread(descriptor, tail.data(), tail.size(), from);
  if (got != static_cast<ssize_t>(tail.size())) return Failure(path, "cannot be read");
  const size_t line_end = tail.rfind('\n');
  const size_t keep = line_end == std::string::npos ? 0 : line_end + 1;
  const absl::string_view half = absl::string_view(tail).substr(keep);
  const bool ours = absl::StartsWith(half, kLineBegins) || absl::StartsWith(kLineBegins, half);
  if (ours && (keep > 0 || from == 0)) {
    if (::ftruncate(descriptor, from + static_cast<int64_t>(keep)) == 0) return absl::OkStatus();
    return Failure(path, "cannot be cut back to its last whole line");
  }
  if (::write(descriptor, "\n", 1) == 1) return absl::OkStatus();
  return Failure(path, "cannot be written");
}

}  // namespace

absl::StatusOr<std::unique_ptr<FileDeadLetters>> FileDeadLetters::Create(const std::string& path,
                                                                         Clock& clock) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    const absl::Status why = Failure(path, "cannot be opened");
    return errno == ENOENT ? absl::NotFoundError(why.message())
                           : absl::PermissionDeniedError(why.message());
  }
  std::unique_ptr<FileDeadLetters> letters(new FileDeadLetters(path, descriptor, clock));
  // A disk that is full now may have room when there is something to write; who has the lock now
  // gives it back.
  letters->last_error_ = letters->Locked([&] { return MendTail(descriptor, path); });
  return letters;
}

FileDeadLetters::FileDeadLetters(std::string path, int descriptor, Clock& clock)
    : path_(std::move(path)),
      descriptor_(descriptor),
      clock_(clock),
      write_due_(clock.Monotonic()) {}

FileDeadLetters::~FileDeadLetters() { ::close(descriptor_); }

absl::StatusOr<uint64_t> FileDeadLetters::Send(const DeadLetter& letter) {
  ReadHeaders(letter.record);
  std::string line = LineOf(letter);
  if (!waiting_.empty() && waiting_.size() + line.size() > kWaitingBytesMax) {
    Poll();
    if (!waiting_.empty()) {
      return absl::ResourceExhaustedError(absl::StrCat(waiting_.size(),
                                                       " bytes of dead letters wait for '", path_,
                                                       "': ", last_error_.message()));
    }
  }
  waiting_.append(line);
  return next_ticket_++;
}

void FileDeadLetters::Poll() {
  if (waiting_.empty() || clock_.Monotonic() < write_due_) return;
  last_error_ = WriteWaiting();
  write_due_ = clock_.Monotonic() + (last_error_.ok() ? kWriteEvery : kRetryEvery);
}

// Waits for no lock: whoever holds it may be stopped, and the reader must not stop with it.
absl::Status FileDeadLetters::Locked(absl::FunctionRef<absl::Status()> write) {
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    return Failure(path_, errno == EWOULDBLOCK ? "is locked by another process or source"
                                               : "cannot be locked");
  }
  const absl::Cleanup unlock = [this] { ::flock(descriptor_, LOCK_UN); };
  return write();
}

absl::Status FileDeadLetters::WriteWaiting() {
  TAKT_RETURN_IF_ERROR(Locked([this] { return Append(); }));
  waiting_.clear();
  acknowledged_below_ = next_ticket_;
  return absl::OkStatus();
}

absl::Status FileDeadLetters::Append() {
  TAKT_RETURN_IF_ERROR(MendTail(descriptor_, path_));
  const int64_t size = SizeOf(descriptor_);
  absl::Status status = WriteAndSync();
  // Nothing is left of a failed try, or the next ones would fill the disk with the same lines. Where
  // even that fails, the half line is mended before the next try.
  if (!status.ok()) [[maybe_unused]]
    const int cut = ::ftruncate(descriptor_, size);
  return status;
}

absl::Status FileDeadLetters::WriteAndSync() {
  absl::string_view left = waiting_;
  while (!left.empty()) {
    const ssize_t written = ::write(descriptor_, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failure(path_, "cannot be written");
    left.remove_prefix(static_cast<size_t>(written));
  }
  // EINVAL: what cannot be synchronised, such as /dev/stderr, has what was written.
  if (::fdatasync(descriptor_) == 0 || errno == EINVAL) return absl::OkStatus();
  return Failure(path_, "cannot be synchronised");
}

absl::Status FileDeadLetters::Flush(absl::Duration limit) {
  const absl::Duration deadline = clock_.Monotonic() + limit;
  while (!waiting_.empty()) {
    last_error_ = WriteWaiting();
    if (last_error_.ok()) break;
    const absl::Duration left = deadline - clock_.Monotonic();
    if (left <= absl::ZeroDuration()) return last_error_;
    clock_.SleepFor(std::min(left, kRetryEvery));
  }
  return absl::OkStatus();
}

}  // namespace takt
