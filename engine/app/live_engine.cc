#include "engine/app/live_engine.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/app/wiring.h"
#include "engine/base/status_macros.h"

namespace takt {
namespace {

// How long a restored engine may take to come to the moment that the old one showed. After it, what it
// knows is shown: its sources may be away.
constexpr absl::Duration kCatchUp = absl::Seconds(10);

std::string SourceNeedsRestart(const SourceSettings& now, const SourceSettings& next) {
  const std::string path = absl::StrCat("sources.", now.name);
  if (now.file != next.file) return absl::StrCat(path, ".file");
  if (now.follow != next.follow) return absl::StrCat(path, ".follow");
  if (now.kafka.has_value() != next.kafka.has_value()) return absl::StrCat(path, ".kafka");
  if (!now.kafka.has_value()) return "";
  if (now.kafka->brokers != next.kafka->brokers) return absl::StrCat(path, ".kafka.brokers");
  if (now.kafka->topics != next.kafka->topics) return absl::StrCat(path, ".kafka.topics");
  return now.kafka->properties == next.kafka->properties ? "" : absl::StrCat(path, ".kafka");
}

std::map<std::string, const SourceSettings*> ByName(const Settings& settings) {
  std::map<std::string, const SourceSettings*> sources;
  for (const SourceSettings& source : settings.sources) sources[source.name] = &source;
  return sources;
}

std::string SourcesNeedRestart(const Settings& now, const Settings& next) {
  const auto was = ByName(now);
  const auto is = ByName(next);
  for (const auto& [name, source] : is) {
    if (!was.contains(name)) return absl::StrCat("sources.", name);
  }
  for (const auto& [name, source] : was) {
    const auto found = is.find(name);
    if (found == is.end()) return absl::StrCat("sources.", name);
    std::string path = SourceNeedsRestart(*source, *found->second);
    if (!path.empty()) return path;
    if (source->file == "-") return absl::StrCat("sources.", name, ".file (standard input)");
  }
  return "";
}

}  // namespace

std::string NeedsRestart(const Settings& now, const Settings& next) {
  if (now.engine.journal != next.engine.journal) return "engine.journal";
  if (now.engine.journal.empty()) return "everything, for no journal is kept,";
  if (now.engine.listen != next.engine.listen) return "engine.listen";
  if (now.engine.listen_api != next.engine.listen_api) return "engine.listen_api";
  if (now.engine.web_config != next.engine.web_config) return "engine.web_config";
  if (now.dead_letters.file != next.dead_letters.file) return "dead_letters.file";
  if (now.dead_letters.topic != next.dead_letters.topic) return "dead_letters.topic";
  return SourcesNeedRestart(now, next);
}

LiveEngine::LiveEngine(const Settings& settings, Clock& clock, const LogFunction& log,
                       OpenJournal open_journal)
    : clock_(clock), log_(log), open_journal_(std::move(open_journal)), settings_(settings) {}

absl::StatusOr<std::unique_ptr<LiveEngine>> LiveEngine::Create(const Settings& settings,
                                                               Clock& clock, const LogFunction& log,
                                                               OpenJournal open_journal) {
  std::unique_ptr<LiveEngine> live(new LiveEngine(settings, clock, log, std::move(open_journal)));
  TAKT_ASSIGN_OR_RETURN(EngineParts parts, MakePartsWithoutJournal(settings, clock, log));
  TAKT_ASSIGN_OR_RETURN(std::shared_ptr<Engine> engine, live->Make(std::move(parts)));
  live->Serve(std::move(engine));
  return live;
}

absl::StatusOr<std::shared_ptr<Engine>> LiveEngine::Make(EngineParts parts) const {
  TAKT_RETURN_IF_ERROR(open_journal_(parts));
  TAKT_ASSIGN_OR_RETURN(std::shared_ptr<Engine> engine, Engine::Create(std::move(parts)));
  return engine;
}

std::shared_ptr<Engine> LiveEngine::Served() const {
  const MutexLock lock(mutex_);
  return served_;
}

std::shared_ptr<Engine> LiveEngine::Next() const {
  const MutexLock lock(mutex_);
  return next_;
}

void LiveEngine::SetNext(std::shared_ptr<Engine> engine) {
  const MutexLock lock(mutex_);
  next_ = std::move(engine);
}

void LiveEngine::Serve(std::shared_ptr<Engine> engine) {
  // The old one goes outside of the lock, when the last page that shows it is made.
  std::shared_ptr<Engine> old;
  const MutexLock lock(mutex_);
  old = std::exchange(served_, std::move(engine));
  next_ = nullptr;
}

bool LiveEngine::Alive() const {
  const std::shared_ptr<Engine> next = Next();
  return next != nullptr ? next->Alive() : Served()->Alive();
}

absl::Status LiveEngine::Begin(const Settings& settings) {
  TAKT_ASSIGN_OR_RETURN(EngineParts parts, MakePartsWithoutJournal(settings, clock_, log_));
  next_settings_ = settings;
  folding_ = true;
  going_back_ = false;
  error_.clear();
  restored_at_ = absl::InfiniteDuration();
  Served()->Retire();
  auto next = Make(std::move(parts));
  const absl::Status started = next.ok() ? (*next)->Start() : next.status();
  if (!started.ok()) {
    GoBack(started);
  } else {
    SetNext(*std::move(next));
  }
  return absl::OkStatus();
}

void LiveEngine::GoBack(const absl::Status& reason) {
  // What cannot be made of the old settings is told with what could not be made of the new ones.
  absl::StrAppend(&error_, error_.empty() ? "" : "; and of the old configuration: ",
                  std::string(reason.message()));
  SetNext(nullptr);
  if (going_back_) {
    broken_ = true;
    return;
  }
  going_back_ = true;
  next_settings_ = settings_;
  restored_at_ = absl::InfiniteDuration();
  auto parts = MakePartsWithoutJournal(settings_, clock_, log_);
  if (!parts.ok()) return GoBack(parts.status());
  auto next = Make(*std::move(parts));
  if (!next.ok()) return GoBack(next.status());
  const absl::Status started = (*next)->Start();
  if (!started.ok()) return GoBack(started);
  SetNext(*std::move(next));
}

bool LiveEngine::HasCaughtUp(const Engine& next) {
  const std::shared_ptr<const Snapshot> before = Served()->CurrentSnapshot();
  if (before == nullptr) return true;
  const absl::Duration now = clock_.Monotonic();
  restored_at_ = std::min(restored_at_, now);
  const std::shared_ptr<const Snapshot> after = next.CurrentSnapshot();
  if (after != nullptr && after->now.micros >= before->now.micros) return true;
  return now - restored_at_ >= kCatchUp;
}

LiveEngine::Change LiveEngine::Step() {
  if (!folding_ || broken_) return Change::kNone;
  const std::shared_ptr<Engine> next = Next();
  const absl::Status restored = next->WaitUntilRestored(absl::ZeroDuration());
  if (absl::IsDeadlineExceeded(restored)) return Change::kFolding;
  if (!restored.ok()) {
    next->Retire();  // lets go of the journal, whoever still looks at it
    GoBack(restored);
    return broken_ ? Change::kFailed : Change::kFolding;
  }
  if (!HasCaughtUp(*next)) return Change::kFolding;
  settings_ = next_settings_;
  folding_ = false;
  Serve(next);
  return going_back_ ? Change::kFailed : Change::kDone;
}

void LiveEngine::Stop() {
  if (const std::shared_ptr<Engine> next = Next()) next->Stop();
  Served()->Stop();
}

}  // namespace takt
