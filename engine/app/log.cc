#include "engine/app/log.h"

#include <unistd.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "engine/base/mutex.h"
#include "engine/kpi/json_writer.h"

namespace takt {
namespace {

constexpr absl::Duration kPeriod = absl::Seconds(10);
constexpr int kEventsInPeriod = 5;
constexpr size_t kKindsMax = 256;

absl::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warn";
    case LogLevel::kError:
      return "error";
  }
  return "";
}

// What makes two events alike: all but the numbers.
std::string KindOf(LogLevel level, absl::string_view text) {
  std::string kind(LevelName(level));
  bool in_number = false;
  for (const char c : text) {
    const bool digit = absl::ascii_isdigit(static_cast<unsigned char>(c));
    if (!digit) kind.push_back(c);
    if (digit && !in_number) kind.push_back('0');
    in_number = digit;
  }
  return kind;
}

// So that a text from outside cannot look like two events.
std::string OneLine(absl::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c == '\n') {
      line.append("\\n");
    } else if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) {
      absl::StrAppendFormat(&line, "\\x%02x", static_cast<unsigned char>(c));
    } else {
      line.push_back(c);
    }
  }
  return line;
}

class Log {
 public:
  Log(const LogOptions& options, const Clock& clock, LogSink sink)
      : options_(options), clock_(clock), sink_(std::move(sink)) {}

  ~Log() {
    const MutexLock lock(mutex_);
    TellLeftOut(absl::InfiniteDuration());
  }

  void Take(LogLevel level, absl::string_view text) {
    if (level < options_.least) return;
    const absl::Duration now = clock_.Monotonic();
    const MutexLock lock(mutex_);
    TellLeftOut(now);
    std::string name = KindOf(level, text);
    if (kinds_.size() >= kKindsMax && !kinds_.contains(name)) name = "other";
    Kind& kind = kinds_.try_emplace(std::move(name), Kind{now + kPeriod}).first->second;
    if (++kind.events > kEventsInPeriod) {
      ++kind.left_out;
      kind.level = level;
      kind.latest = std::string(text);
      return;
    }
    Write(level, text, 0);
  }

 private:
  struct Kind {
    absl::Duration until;
    int events = 0;
    uint64_t left_out = 0;
    LogLevel level = LogLevel::kInfo;
    std::string latest;
  };

  // Ends the periods that are over by `now`; the latest event of those left out speaks for them.
  void TellLeftOut(absl::Duration now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    absl::erase_if(kinds_, [&](auto& held) {
      Kind& kind = held.second;
      if (kind.until > now) return false;
      if (kind.left_out > 0) Write(kind.level, kind.latest, kind.left_out - 1);
      return true;
    });
  }

  void Write(LogLevel level, absl::string_view text, uint64_t repeated) {
    const std::string time =
        absl::FormatTime("%Y-%m-%d%ET%H:%M:%E3SZ", clock_.Now(), absl::UTCTimeZone());
    std::string line;
    if (options_.format == LogFormat::kJson) {
      JsonWriter json;
      json.Object([&] {
        json.Member("time", time).Member("level", LevelName(level)).Member("message", text);
        if (repeated > 0) json.Member("repeated", repeated);
      });
      line = std::move(json).Finish();
    } else {
      line = absl::StrCat(time, " ", LevelName(level), ": ", OneLine(text));
      if (repeated > 0) absl::StrAppend(&line, " (", repeated, " more like it)");
    }
    while (!line.empty() && line.back() == '\n') line.pop_back();
    line.push_back('\n');
    sink_(line);
  }

  const LogOptions options_;
  const Clock& clock_;
  const LogSink sink_;
  Mutex mutex_;
  absl::flat_hash_map<std::string, Kind> kinds_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

LogFunction MakeLog(const LogOptions& options, const Clock& clock, LogSink sink) {
  const auto log = std::make_shared<Log>(options, clock, std::move(sink));
  return [log](LogLevel level, absl::string_view text) { log->Take(level, text); };
}

LogFunction LogToStandardError(const Clock& clock, const LogOptions& options) {
  return MakeLog(options, clock, [](absl::string_view line) {
    // One write, so that lines of several threads stay whole. A log that cannot be written is lost.
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
  });
}

}  // namespace takt
