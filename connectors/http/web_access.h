// Who may ask, and how answers are dressed: the state that a web configuration and the files it names
// come to, shared by the listeners and replaced whole while they serve.
//
// Connections keep the certificate they began with and are closed after their next answer; passwords
// and headers hold from the next request on. Whether TLS is spoken at all cannot be changed live.
//
// Threads: Replace from one, the rest from any. Errors: InvalidArgument for files that cannot be used,
// FailedPrecondition for what needs a restart; the state is then as before.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "connectors/http/logins.h"
#include "connectors/http/tls.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"
#include "engine/settings/web_config.h"

namespace takt {

struct WebState {
  std::shared_ptr<const Tls> tls;  // null: plain HTTP
  std::shared_ptr<Logins> logins;  // null: no password is asked for
  std::vector<WebUser> users;
  std::vector<std::pair<std::string, std::string>> headers;
};

class WebAccess {
 public:
  static absl::StatusOr<std::shared_ptr<WebAccess>> Create(const WebConfig& config,
                                                           const Clock& clock);
  absl::Status Replace(const WebConfig& config);
  std::shared_ptr<const WebState> Current() const;

 private:
  explicit WebAccess(const Clock& clock) : clock_(clock) {}
  absl::StatusOr<std::shared_ptr<const WebState>> Make(const WebConfig& config) const;

  const Clock& clock_;
  mutable Mutex mutex_;
  std::shared_ptr<const WebState> current_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace takt
