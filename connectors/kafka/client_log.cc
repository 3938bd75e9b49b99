#include "connectors/kafka/client_log.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace takt {
namespace {

constexpr absl::Duration kOneLineEvery = absl::Seconds(10);
constexpr size_t kKindsMax = 64;
constexpr size_t kTextBytesMax = 1000;

}  // namespace

ClientLog::ClientLog(std::string who, Clock& clock, LogFunction sink)
    : who_(std::move(who)), clock_(clock), sink_(std::move(sink)) {}

void ClientLog::SetSecrets(std::vector<std::string> secrets) {
  MutexLock lock(mutex_);
  secrets_ = std::move(secrets);
}

std::string ClientLog::Scrubbed(absl::string_view text) const {
  std::string clean(text);
  MutexLock lock(mutex_);
  for (const std::string& secret : secrets_) {
    if (!secret.empty()) absl::StrReplaceAll({{secret, "[secret]"}}, &clean);
  }
  // Last, or the half of a secret that ends beyond the limit would stay.
  if (clean.size() > kTextBytesMax) clean.resize(kTextBytesMax);
  return clean;
}

void ClientLog::Line(LogLevel level, absl::string_view kind, absl::string_view text) {
  if (!sink_) return;
  uint64_t suppressed = 0;
  {
    MutexLock lock(mutex_);
    const absl::string_view name = kinds_.size() < kKindsMax ? kind : absl::string_view("others");
    Kind& seen = kinds_[std::string(name)];
    const absl::Duration now = clock_.Monotonic();
    if (now - seen.printed_at < kOneLineEvery) {
      ++seen.suppressed;
      return;
    }
    seen.printed_at = now;
    suppressed = std::exchange(seen.suppressed, 0);
  }
  std::string line = absl::StrCat(who_, ": ", Scrubbed(text));
  if (suppressed > 0) absl::StrAppend(&line, " (", suppressed, " lines of this kind left out)");
  sink_(level, line);
}

}  // namespace takt
