// Checks names and passwords against bcrypt hashes, without letting those who guess take the server's
// time or learn which names exist.
//
// One hash takes 50 ms at cost 10. So the last good password of each user is remembered, as a keyed
// digest under a key that this process drew, and the time spent hashing is bounded: a quarter of one
// core over all clients and a tenth for one address, beyond a second of credit. Who is over it is told
// to come back later (kBusy), whatever it sent. A name that does not exist is hashed too, at the cost
// of the others; digests are compared in constant time.
//
// Threads: any; hashing runs on the caller's, one at a time. Bound: one digest for each user, 1024
// addresses. Cost: microseconds for what is remembered.
#pragma once

#include <crypt.h>

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"
#include "engine/settings/web_config.h"

namespace takt {

struct Credentials {
  std::string name;
  std::string password;
};

enum class LoginResult : uint8_t { kGood, kWrong, kBusy };

class Logins {
 public:
  // At least one user.
  Logins(const std::vector<WebUser>& users, const Clock& clock);
  ~Logins();
  Logins(const Logins&) = delete;
  Logins& operator=(const Logins&) = delete;

  LoginResult Check(const Credentials& credentials, const std::string& address);

 private:
  // Time spent hashing that is paid off as time passes.
  struct Debt {
    absl::Duration owed;
    absl::Duration as_of;  // monotonic
  };
  bool IsRemembered(const std::string& name, const std::string& digest);
  std::string Digest(const Credentials& credentials) const;
  bool HashMatches(const std::string& password, const std::string& hash)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool MayHash(const std::string& address, absl::Duration now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Spend(const std::string& address, absl::Duration spent)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static void Settle(Debt& debt, double rate, absl::Duration now);

  const Clock& clock_;
  absl::flat_hash_map<std::string, std::string> hashes_;  // by user; constant
  std::string stranger_hash_;                             // what unknown names are hashed against
  std::string key_;                                       // of the digests

  Mutex memory_mutex_;
  absl::flat_hash_map<std::string, std::string> good_ ABSL_GUARDED_BY(memory_mutex_);

  Mutex mutex_;  // held while hashing
  crypt_data scratch_ ABSL_GUARDED_BY(mutex_);
  Debt all_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, Debt> by_address_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace takt
