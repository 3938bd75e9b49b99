#include "engine/app/file_watch.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace takt {
namespace {

constexpr absl::Duration kFresh = absl::Seconds(2);

}  // namespace

FileWatch::Look FileWatch::See() const {
  Look look = {"", absl::InfinitePast()};
  for (const std::string& file : files_) {
    struct stat of = {};
    if (stat(file.c_str(), &of) != 0) {
      absl::StrAppend(&look.state, "absent;");
      continue;
    }
    const absl::Time written = absl::TimeFromTimespec(of.st_mtim);
    look.newest = std::max(look.newest, written);
    absl::StrAppend(&look.state, of.st_dev, " ", of.st_ino, " ", of.st_size, " ",
                    absl::ToUnixNanos(written), ";");
  }
  return look;
}

void FileWatch::Watch(std::vector<std::string> files) {
  files_ = std::move(files);
  const Look look = See();
  told_ = seen_ = look.state;
  fresh_ = clock_.Now() - look.newest < kFresh;
}

bool FileWatch::Changed() {
  const std::string state = See().state;
  const bool still = state == std::exchange(seen_, state);
  if (!still || (state == told_ && !fresh_)) return false;
  told_ = state;
  fresh_ = false;
  return true;
}

}  // namespace takt
