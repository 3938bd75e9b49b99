#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/journal/files.h"
#include "engine/journal/scan.h"

namespace takt {
namespace {

constexpr char kLockName[] = "LOCK";
constexpr int kPiecesPerWriteMax = 64;

std::string ErrorText(int error) {
  char buffer[128];
  return strerror_r(error, buffer, sizeof(buffer));  // the GNU form: returns the text
}

// An error of the device or of a full disk, seen while working.
absl::Status DeviceError(absl::string_view doing, absl::string_view path, int error) {
  const std::string text = absl::StrCat(doing, " failed: ", path, ": ", ErrorText(error));
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
    return absl::ResourceExhaustedError(text);
  }
  return absl::UnavailableError(text);
}

class FileHandle {
 public:
  explicit FileHandle(int descriptor) : descriptor_(descriptor) {}
  ~FileHandle() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  FileHandle(FileHandle&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileHandle& operator=(FileHandle&&) = delete;
  int get() const { return descriptor_; }
  bool ok() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

class PosixJournalFile final : public JournalFile {
 public:
  PosixJournalFile(std::string path, FileHandle handle)
      : path_(std::move(path)), handle_(std::move(handle)) {}

  absl::Status Append(absl::Span<const absl::string_view> pieces) override {
    std::vector<iovec> vectors;
    for (const absl::string_view piece : pieces) {
      if (piece.empty()) continue;
      vectors.push_back({const_cast<char*>(piece.data()), piece.size()});
    }
    iovec* next = vectors.data();
    size_t left = vectors.size();
    while (left > 0) {
      const int count = static_cast<int>(std::min<size_t>(left, kPiecesPerWriteMax));
      ssize_t written = writev(handle_.get(), next, count);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return DeviceError("writing the journal", path_, errno);
      // A short write: go on behind what was taken.
      while (left > 0 && written >= static_cast<ssize_t>(next->iov_len)) {
        written -= static_cast<ssize_t>(next->iov_len);
        ++next;
        --left;
      }
      if (left > 0) {
        next->iov_base = static_cast<char*>(next->iov_base) + written;
        next->iov_len -= static_cast<size_t>(written);
      }
    }
    return absl::OkStatus();
  }

  absl::Status Truncate(uint64_t size_bytes) override {
    if (ftruncate(handle_.get(), static_cast<off_t>(size_bytes)) != 0) {
      return DeviceError("truncating the journal", path_, errno);
    }
    return absl::OkStatus();
  }

  absl::Status Sync() override {
    if (fdatasync(handle_.get()) != 0) return DeviceError("syncing the journal", path_, errno);
    return absl::OkStatus();
  }

 private:
  const std::string path_;
  const FileHandle handle_;
};

class PosixJournalFiles : public JournalFiles {
 public:
  PosixJournalFiles(std::string path, FileHandle lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}

  const std::string& path() const override { return path_; }

  absl::StatusOr<std::vector<std::string>> List() override {
    DIR* folder = opendir(path_.c_str());
    if (folder == nullptr) return DeviceError("listing the journal's folder", path_, errno);
    std::vector<std::string> names;
    while (const dirent* entry = readdir(folder)) {
      const absl::string_view name = entry->d_name;
      if (name != "." && name != ".." && name != kLockName) names.emplace_back(name);
    }
    closedir(folder);
    std::sort(names.begin(), names.end());
    return names;
  }

  absl::StatusOr<uint64_t> SizeBytes(const std::string& name) override {
    struct stat info;
    const std::string path = PathOf(name);
    if (stat(path.c_str(), &info) != 0) return DeviceError("looking at the journal", path, errno);
    // Opening a pipe waits for its other end, and devices have no end.
    if (!S_ISREG(info.st_mode)) {
      return absl::FailedPreconditionError(
          absl::StrCat("the journal cannot be read: ", path, " is no regular file; move it away"));
    }
    return static_cast<uint64_t>(info.st_size);
  }

  absl::StatusOr<std::unique_ptr<JournalFile>> OpenForAppend(const std::string& name) override {
    const std::string path = PathOf(name);
    FileHandle handle(open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644));
    if (!handle.ok()) return DeviceError("opening the journal", path, errno);
    return std::make_unique<PosixJournalFile>(path, std::move(handle));
  }

  absl::Status Read(const std::string& name, uint64_t offset, uint64_t size_bytes,
                    std::string* out) override {
    const std::string path = PathOf(name);
    const FileHandle handle(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!handle.ok()) return DeviceError("opening the journal", path, errno);
    out->resize(size_bytes);
    size_t done = 0;
    while (done < size_bytes) {
      const ssize_t got = pread(handle.get(), out->data() + done, size_bytes - done,
                                static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return DeviceError("reading the journal", path, errno);
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    out->resize(done);
    return absl::OkStatus();
  }

  absl::Status Remove(const std::string& name) override {
    const std::string path = PathOf(name);
    if (unlink(path.c_str()) != 0) return DeviceError("removing from the journal", path, errno);
    return absl::OkStatus();
  }

  absl::Status Rename(const std::string& from, const std::string& to) override {
    if (rename(PathOf(from).c_str(), PathOf(to).c_str()) != 0) {
      return DeviceError("renaming in the journal", PathOf(from), errno);
    }
    return absl::OkStatus();
  }

  absl::Status SyncFolder() override {
    const FileHandle handle(open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!handle.ok() || fsync(handle.get()) != 0) {
      return DeviceError("syncing the journal's folder", path_, errno);
    }
    return absl::OkStatus();
  }

 private:
  std::string PathOf(const std::string& name) const { return absl::StrCat(path_, "/", name); }

  const std::string path_;
  const FileHandle lock_;  // held for as long as this lives
};

absl::Status ReadOnly() {
  return absl::FailedPreconditionError("the journal's folder was opened for reading only");
}

class ReadOnlyJournalFiles final : public PosixJournalFiles {
 public:
  explicit ReadOnlyJournalFiles(std::string path)
      : PosixJournalFiles(std::move(path), FileHandle(-1)) {}

  absl::StatusOr<std::unique_ptr<JournalFile>> OpenForAppend(const std::string&) override {
    return ReadOnly();
  }
  absl::Status Remove(const std::string&) override { return ReadOnly(); }
  absl::Status Rename(const std::string&, const std::string&) override { return ReadOnly(); }
  absl::Status SyncFolder() override { return ReadOnly(); }
};

absl::Status UnusableFolder(const std::string& path, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat("the journal's folder cannot be used: ", path,
                                                    ": ", why, " (setting engine.journal)"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<JournalFiles>> OpenJournalForReading(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return UnusableFolder(path, ErrorText(errno));
  if (!S_ISDIR(info.st_mode)) return UnusableFolder(path, "it is not a folder");
  return std::make_unique<ReadOnlyJournalFiles>(path);
}

bool IsJournalInUse(const std::string& path) {
  const FileHandle lock(open(absl::StrCat(path, "/", kLockName).c_str(), O_RDONLY | O_CLOEXEC));
  if (!lock.ok()) return false;
  return flock(lock.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

absl::StatusOr<std::unique_ptr<JournalFiles>> OpenJournalFolder(const std::string& path) {
  if (mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) {
    return UnusableFolder(path, ErrorText(errno));
  }
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return UnusableFolder(path, ErrorText(errno));
  if (!S_ISDIR(info.st_mode)) return UnusableFolder(path, "it is not a folder");
  if (access(path.c_str(), R_OK | W_OK | X_OK) != 0) return UnusableFolder(path, ErrorText(errno));
  const std::string lock_path = absl::StrCat(path, "/", kLockName);
  FileHandle lock(open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!lock.ok()) return UnusableFolder(path, absl::StrCat(kLockName, ": ", ErrorText(errno)));
  if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return UnusableFolder(path, ErrorText(errno));
    return UnusableFolder(path,
                          "another engine is using it; each engine needs a folder of its own");
  }
  return std::make_unique<PosixJournalFiles>(path, std::move(lock));
}

}  // namespace takt
