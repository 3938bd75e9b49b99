#include "engine/pipeline/status.h"

namespace takt {

absl::string_view SourceStateName(SourceState state) {
  switch (state) {
    case SourceState::kOpening:
      return "opening";
    case SourceState::kReading:
      return "reading";
    case SourceState::kUnavailable:
      return "unavailable";
    case SourceState::kPaused:
      return "paused";
    case SourceState::kFinished:
      return "finished";
    case SourceState::kStopped:
      return "stopped";
  }
  return "";
}

absl::string_view PauseReasonName(PauseReason reason) {
  switch (reason) {
    case PauseReason::kNone:
      return "none";
    case PauseReason::kJournal:
      return "journal";
    case PauseReason::kMemory:
      return "memory";
    case PauseReason::kDeadLetters:
      return "dead_letters";
    case PauseReason::kWorkers:
      return "workers";
  }
  return "";
}

absl::string_view NowReasonName(NowReason reason) {
  switch (reason) {
    case NowReason::kNothing:
      return "nothing";
    case NowReason::kNotSpoken:
      return "not_spoken";
    case NowReason::kBehind:
      return "behind";
    case NowReason::kWallClock:
      return "wall_clock";
    case NowReason::kFinished:
      return "finished";
  }
  return "";
}

}  // namespace takt
