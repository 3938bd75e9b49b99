#include "connectors/http/web_access.h"

#include <algorithm>

#include "engine/base/status_macros.h"

namespace takt {
namespace {

bool SameUsers(const std::vector<WebUser>& a, const std::vector<WebUser>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const WebUser& x, const WebUser& y) {
    return x.name == y.name && x.hash == y.hash;
  });
}

}  // namespace

absl::StatusOr<std::shared_ptr<WebAccess>> WebAccess::Create(const WebConfig& config,
                                                             const Clock& clock) {
  std::shared_ptr<WebAccess> access(new WebAccess(clock));
  TAKT_ASSIGN_OR_RETURN(std::shared_ptr<const WebState> state, access->Make(config));
  const MutexLock lock(access->mutex_);
  access->current_ = std::move(state);
  return access;
}

absl::StatusOr<std::shared_ptr<const WebState>> WebAccess::Make(const WebConfig& config) const {
  auto state = std::make_shared<WebState>();
  if (config.tls.has_value()) {
    TAKT_ASSIGN_OR_RETURN(state->tls, Tls::Load(*config.tls));
  }
  state->users = config.users;
  if (!config.users.empty()) state->logins = std::make_shared<Logins>(config.users, clock_);
  state->headers = config.headers;
  return std::shared_ptr<const WebState>(std::move(state));
}

absl::Status WebAccess::Replace(const WebConfig& config) {
  const std::shared_ptr<const WebState> before = Current();
  if (config.tls.has_value() != (before->tls != nullptr)) {
    return absl::FailedPreconditionError(config.tls.has_value()
                                             ? "tls_server_config was added: that needs a restart"
                                             : "tls_server_config is gone: that needs a restart");
  }
  TAKT_ASSIGN_OR_RETURN(std::shared_ptr<const WebState> made, Make(config));
  auto state = std::make_shared<WebState>(*made);
  // Who has logged in need not be hashed again because a certificate was replaced.
  if (SameUsers(before->users, state->users)) state->logins = before->logins;
  const MutexLock lock(mutex_);
  current_ = std::move(state);
  return absl::OkStatus();
}

std::shared_ptr<const WebState> WebAccess::Current() const {
  const MutexLock lock(mutex_);
  return current_;
}

}  // namespace takt
