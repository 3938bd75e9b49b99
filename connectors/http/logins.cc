#include "connectors/http/logins.h"

#include <gnutls/crypto.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace takt {
namespace {

constexpr absl::Duration kCredit = absl::Seconds(1);
constexpr double kShareOfAll = 0.25;
constexpr double kShareOfAddress = 0.1;
constexpr size_t kAddressesMax = 1024;
constexpr size_t kPasswordBytesMax = 256;
constexpr size_t kDigestBytes = 32;

// Equal lengths are no secret: digests and hashes have fixed ones.
bool Same(const std::string& a, const std::string& b) {
  return a.size() == b.size() && gnutls_memcmp(a.data(), b.data(), a.size()) == 0;
}

void Wipe(void* bytes, size_t size) { explicit_bzero(bytes, size); }

}  // namespace

Logins::Logins(const std::vector<WebUser>& users, const Clock& clock)
    : clock_(clock), key_(kDigestBytes, '\0'), scratch_() {
  std::string cost = "00";
  for (const WebUser& user : users) {
    hashes_[user.name] = user.hash;
    cost = std::max(cost, user.hash.substr(4, 2));
  }
  // The dearest, so that a stranger costs no less than anybody; no password comes to this hash.
  stranger_hash_ = absl::StrCat("$2b$", cost, "$", std::string(22, 'e'), std::string(31, '.'));
  gnutls_rnd(GNUTLS_RND_KEY, key_.data(), key_.size());
}

Logins::~Logins() {
  Wipe(key_.data(), key_.size());
  const MutexLock lock(mutex_);
  Wipe(&scratch_, sizeof(scratch_));
}

std::string Logins::Digest(const Credentials& credentials) const {
  // The length keeps name and password apart.
  const std::string text =
      absl::StrCat(credentials.name.size(), ":", credentials.name, ":", credentials.password);
  std::string digest(kDigestBytes, '\0');
  if (gnutls_hmac_fast(GNUTLS_MAC_SHA256, key_.data(), key_.size(), text.data(), text.size(),
                       digest.data()) != 0) {
    return "";
  }
  return digest;
}

bool Logins::IsRemembered(const std::string& name, const std::string& digest) {
  const MutexLock lock(memory_mutex_);
  const auto found = good_.find(name);
  return found != good_.end() && !digest.empty() && Same(found->second, digest);
}

bool Logins::HashMatches(const std::string& password, const std::string& hash) {
  const char* made = crypt_r(password.c_str(), hash.c_str(), &scratch_);
  return made != nullptr && Same(made, hash);
}

void Logins::Settle(Debt& debt, double rate, absl::Duration now) {
  debt.owed = std::max(absl::ZeroDuration(), debt.owed - (now - debt.as_of) * rate);
  debt.as_of = now;
}

bool Logins::MayHash(const std::string& address, absl::Duration now) {
  Settle(all_, kShareOfAll, now);
  if (all_.owed >= kCredit) return false;
  if (by_address_.size() >= kAddressesMax && !by_address_.contains(address)) {
    for (auto& [name, debt] : by_address_) Settle(debt, kShareOfAddress, now);
    absl::erase_if(by_address_,
                   [](const auto& held) { return held.second.owed == absl::ZeroDuration(); });
    if (by_address_.size() >= kAddressesMax) return false;
  }
  Debt& debt = by_address_[address];
  Settle(debt, kShareOfAddress, now);
  return debt.owed < kCredit / 2;
}

void Logins::Spend(const std::string& address, absl::Duration spent) {
  all_.owed += spent;
  by_address_[address].owed += spent;
}

LoginResult Logins::Check(const Credentials& credentials, const std::string& address) {
  if (credentials.password.size() > kPasswordBytesMax) return LoginResult::kWrong;
  const std::string digest = Digest(credentials);
  if (IsRemembered(credentials.name, digest)) return LoginResult::kGood;
  const auto user = hashes_.find(credentials.name);
  bool good = false;
  {
    const MutexLock lock(mutex_);
    const absl::Duration begun = clock_.Monotonic();
    if (!MayHash(address, begun)) return LoginResult::kBusy;
    const bool matches =
        HashMatches(credentials.password, user == hashes_.end() ? stranger_hash_ : user->second);
    good = matches && user != hashes_.end();
    Spend(address, clock_.Monotonic() - begun);
  }
  if (!good) return LoginResult::kWrong;
  const MutexLock lock(memory_mutex_);
  good_[credentials.name] = digest;
  return LoginResult::kGood;
}

}  // namespace takt
