#include "engine/app/signals.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>

namespace takt {
namespace {

// Written by the handler, polled by WaitForEnd; a byte that stays in it says "a signal has come".
int wake_pipe[2] = {-1, -1};
int reload_pipe[2] = {-1, -1};
volatile std::sig_atomic_t signals_seen = 0;

constexpr int kExitInterrupted = 130;

void OnSignal(int) {
  if (signals_seen != 0) _exit(kExitInterrupted);
  signals_seen = 1;
  const char byte = 1;
  [[maybe_unused]] const ssize_t written = write(wake_pipe[1], &byte, 1);
}

void OnReload(int) {
  const char byte = 1;
  [[maybe_unused]] const ssize_t written = write(reload_pipe[1], &byte, 1);
}

}  // namespace

void Signals::Install() {
  if (pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK) != 0) return;
  if (pipe2(reload_pipe, O_CLOEXEC | O_NONBLOCK) != 0) return;
  struct sigaction action = {};
  action.sa_handler = &OnSignal;
  sigemptyset(&action.sa_mask);
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  action.sa_handler = &OnReload;
  sigaction(SIGHUP, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ,
              SIG_IGN);  // a file as large as the process may write: the write fails instead
}

bool Signals::WaitForEnd(absl::Duration limit) {
  pollfd waiting[2] = {{wake_pipe[0], POLLIN, 0}, {reload_pipe[0], POLLIN, 0}};
  poll(waiting, 2, static_cast<int>(absl::ToInt64Milliseconds(limit)));
  return signals_seen != 0;
}

bool Signals::TakeReload() {
  char bytes[64];
  bool any = false;
  while (read(reload_pipe[0], bytes, sizeof(bytes)) > 0) any = true;
  return any;
}

}  // namespace takt
