#include "engine/app/web_files.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/settings/web_config.h"

namespace takt {
namespace {

constexpr absl::Duration kTellBefore = absl::Hours(24 * 7);

Problem OfFiles(const std::string& path, const absl::Status& status) {
  return {.file = path, .path = "tls_server_config", .text = std::string(status.message())};
}

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

}  // namespace

std::vector<Problem> WebProblems(const std::string& path, const Clock& clock) {
  WebConfigLoad load = LoadWebConfig(path);
  if (!load.ok()) return load.problems;
  const auto access = WebAccess::Create(load.config, clock);
  if (!access.ok()) load.problems.push_back(OfFiles(path, access.status()));
  return load.problems;
}

WebFiles::WebFiles(const std::string& path, const Clock& clock, LogFunction log)
    : path_(path), clock_(clock), log_(std::move(log)), watch_(clock) {}

std::unique_ptr<WebFiles> WebFiles::Open(const std::string& path, const Clock& clock,
                                         LogFunction log, std::vector<Problem>& problems) {
  std::unique_ptr<WebFiles> files(new WebFiles(path, clock, std::move(log)));
  if (path.empty()) return files;
  WebConfigLoad load = LoadWebConfig(path);
  problems = load.problems;
  if (!load.ok()) return nullptr;
  auto access = WebAccess::Create(load.config, clock);
  if (!access.ok()) {
    problems.push_back(OfFiles(path, access.status()));
    return nullptr;
  }
  files->access_ = *std::move(access);
  files->Took(load.config);
  return files;
}

void WebFiles::Took(const WebConfig& config) {
  in_use_ = config.files;
  watch_.Watch(in_use_);
  const MutexLock lock(mutex_);
  status_.successful = true;
  status_.last_success = clock_.Now();
}

void WebFiles::Look() {
  if (access_ == nullptr) return;
  if (watch_.Changed()) Reload();
  TellOfExpiry();
}

void WebFiles::Reload() {
  if (access_ == nullptr) return;
  const WebConfigLoad load = LoadWebConfig(path_);
  std::vector<Problem> problems = load.problems;
  if (load.ok()) {
    const absl::Status replaced = access_->Replace(load.config);
    if (!replaced.ok()) problems.push_back(OfFiles(path_, replaced));
  }
  const bool good = problems.empty();
  for (const Problem& problem : problems) {
    log_(LogLevel::kError,
         absl::StrCat("the web configuration stays as it was: ", ProblemText(problem)));
  }
  {
    const MutexLock lock(mutex_);
    ++status_.attempts;
    status_.failures += good ? 0 : 1;
    status_.successful = good;
    status_.error = good ? "" : ProblemText(problems.front());
  }
  if (!good) {
    // What it names now may be what is wrong, and what it named before is still in use.
    std::vector<std::string> watched = in_use_;
    watched.insert(watched.end(), load.config.files.begin(), load.config.files.end());
    watch_.Watch(std::move(watched));
    return;
  }
  Took(load.config);
  log_(LogLevel::kInfo, absl::StrCat("read the web configuration \"", path_, "\" again"));
}

void WebFiles::TellOfExpiry() {
  const std::shared_ptr<const Tls> tls = access_->Current()->tls;
  if (tls == nullptr) return;
  const absl::Duration left = tls->expires() - clock_.Now();
  if (left >= kTellBefore) return;
  // Once when it comes near, once more when it is past.
  const bool expired = left <= absl::ZeroDuration();
  absl::Time& told = expired ? expired_told_ : near_told_;
  if (std::exchange(told, tls->expires()) == tls->expires()) return;
  log_(expired ? LogLevel::kError : LogLevel::kWarning,
       absl::StrFormat("the certificate that \"%s\" names %s at %s: put a new one with its key in "
                       "its place, it is read by itself",
                       path_, expired ? "has expired" : "expires", TimeText(tls->expires())));
}

void WebFiles::AddTo(ProcessStatus& status) const {
  if (access_ == nullptr) return;
  const std::shared_ptr<const Tls> tls = access_->Current()->tls;
  if (tls != nullptr && tls->expires() < absl::InfiniteFuture()) {
    status.certificate_expires = tls->expires();
  }
  const MutexLock lock(mutex_);
  status.web = status_;
}

}  // namespace takt
