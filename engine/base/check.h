// Conditions that hold whatever the input is, because our own code makes them hold. A broken one
// ends the process with its place and text on standard error; the checks stay on in release builds.
// Never for what comes from outside: that is a Status or a reason.
//
//   TAKT_CHECK(row < row_count, "a delta of a row that the definition does not have");
#pragma once

namespace takt {

// Writes place, condition and text to standard error and aborts.
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition, const char* text);

}  // namespace takt

#define TAKT_CHECK(condition, text)                                \
  do {                                                             \
    if (!(condition)) [[unlikely]] {                               \
      ::takt::CheckFailed(__FILE__, __LINE__, #condition, (text)); \
    }                                                              \
  } while (false)
