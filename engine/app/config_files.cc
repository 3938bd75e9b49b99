#include "engine/app/config_files.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/app/count_text.h"

namespace takt {
namespace {

constexpr char kUnchanged[] = "the configuration stays as it was: ";

// Mistakes of a page's length help nobody in a log.
constexpr size_t kToldMax = 20;

}  // namespace

void TellRestored(Engine& engine, const LogFunction& log) {
  const EngineStatus status = engine.Status();
  log(LogLevel::kInfo,
      absl::StrFormat("restored %s in %.1f s", CountText(status.restore.changes_replayed, "change"),
                      status.restore.seconds));
  const JournalStatus& journal = status.journal;
  if (journal.unknown_stages == 0) return;
  log(LogLevel::kWarning,
      absl::StrFormat(
          "the journal has %s into stages that the configuration does not have, such as "
          "\"%s\": counted in no stage. Name these stages under "
          "`pipelines`, or read the sources again with an empty journal",
          CountText(journal.unknown_stages, "change"), absl::CHexEscape(journal.unknown_stage)));
}

ConfigFiles::ConfigFiles(Origin origin, LiveEngine& live, const Clock& clock, LogFunction log)
    : load_(std::move(origin.load)),
      live_(live),
      clock_(clock),
      log_(std::move(log)),
      watch_(clock),
      files_(std::move(origin.files)) {
  watch_.Watch(files_);
  status_.last_success = clock_.Now();
}

void ConfigFiles::Look(bool asked) {
  if (live_.IsFolding()) {
    asked_ |= asked;
    StepFolding();
    return;
  }
  asked |= std::exchange(asked_, false);
  if (asked || watch_.Changed()) Reload(asked);
}

void ConfigFiles::Reload(bool asked) {
  const std::string before = watch_.State();
  LoadResult load = load_();
  if (watch_.State() != before) {
    asked_ = true;  // somebody is writing: what was read may be half old and half new
    return;
  }
  // What is no longer named may be why it is wrong now, so it is looked at until all is well.
  if (load.ok()) files_.clear();
  files_.insert(files_.end(), load.files.begin(), load.files.end());
  std::sort(files_.begin(), files_.end());
  files_.erase(std::unique(files_.begin(), files_.end()), files_.end());
  watch_.Watch(files_);
  if (!load.ok()) {
    size_t told = 0;
    std::string first;
    for (const Problem& problem : load.problems) {
      if (problem.warning || ++told > kToldMax) continue;
      if (first.empty()) first = ProblemText(problem);
      log_(LogLevel::kError, absl::StrCat(kUnchanged, ProblemText(problem)));
    }
    return End(first);
  }
  if (load.settings.hash == live_.settings().hash) {
    if (asked) log_(LogLevel::kInfo, "the configuration is read again and says what it said");
    return End("");
  }
  std::string restart = NeedsRestart(live_.settings(), load.settings);
  if (!restart.empty()) {
    restart += " needs a restart";
    log_(LogLevel::kError, absl::StrCat(kUnchanged, restart));
    return End(restart, true);
  }
  log_(LogLevel::kInfo,
       "the configuration has changed: folding the journal by it; what was served "
       "is served meanwhile");
  {
    const MutexLock lock(mutex_);
    folding_now_ = true;
  }
  const absl::Status begun = live_.Begin(load.settings);
  if (begun.ok()) return;
  log_(LogLevel::kError, absl::StrCat(kUnchanged, std::string(begun.message())));
  End(std::string(begun.message()));
}

void ConfigFiles::StepFolding() {
  switch (live_.Step()) {
    case LiveEngine::Change::kNone:
    case LiveEngine::Change::kFolding:
      return;
    case LiveEngine::Change::kDone:
      TellRestored(*live_.Served(), log_);
      log_(LogLevel::kInfo, "the new configuration is served");
      return End("");
    case LiveEngine::Change::kFailed:
      log_(LogLevel::kError, absl::StrCat(kUnchanged, live_.error()));
      return End(live_.error());
  }
}

void ConfigFiles::End(const std::string& error, bool restart_needed) {
  const bool successful = error.empty();
  const MutexLock lock(mutex_);
  folding_now_ = false;
  restart_needed_ = restart_needed;
  ++status_.attempts;
  status_.failures += successful ? 0 : 1;
  status_.successful = successful;
  status_.error = error;
  if (successful) status_.last_success = clock_.Now();
}

void ConfigFiles::AddTo(ProcessStatus& status) const {
  const MutexLock lock(mutex_);
  status.config = status_;
  status.restart_needed = restart_needed_;
  status.folding = folding_now_;
}

}  // namespace takt
