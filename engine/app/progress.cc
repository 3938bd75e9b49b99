#include "engine/app/progress.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include "absl/strings/str_format.h"

namespace takt {
namespace {

constexpr uint64_t kCheckEvery = 1000;  // a clock is read once in so many calls

}  // namespace

ProgressLine::ProgressLine(std::string what, uint64_t total, const Clock& clock)
    : what_(std::move(what)),
      total_(total),
      clock_(clock),
      terminal_(isatty(STDERR_FILENO) == 1),
      start_(clock.Monotonic()),
      next_(start_ + (terminal_ ? absl::Seconds(1) : absl::Seconds(10))) {}

void ProgressLine::At(uint64_t done) {
  if (done < check_at_) return;
  check_at_ = done + kCheckEvery;
  const absl::Duration now = clock_.Monotonic();
  if (now < next_) return;
  next_ = now + (terminal_ ? absl::Milliseconds(200) : absl::Seconds(10));
  Print(done);
}

void ProgressLine::Done(uint64_t done) {
  if (!printed_) return;
  Print(done);
  if (terminal_) absl::FPrintF(stderr, "\n");
}

void ProgressLine::Print(uint64_t done) {
  printed_ = true;
  const double seconds = absl::ToDoubleSeconds(clock_.Monotonic() - start_);
  const char* begin = terminal_ ? "\r" : "";
  const char* end = terminal_ ? "\033[K" : "\n";
  if (total_ > 0) {
    absl::FPrintF(stderr, "%s%s: %d of %d (%.0f %%), %.0f s%s", begin, what_, done, total_,
                  100.0 * static_cast<double>(done) / static_cast<double>(total_), seconds, end);
  } else {
    absl::FPrintF(stderr, "%s%s: %d, %.0f s%s", begin, what_, done, seconds, end);
  }
}

}  // namespace takt
