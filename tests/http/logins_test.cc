#include "connectors/http/logins.h"

#include <crypt.h>
#include <gtest/gtest.h>

#include <string>

namespace takt {
namespace {

std::string HashOf(const std::string& password) {
  crypt_data scratch = {};
  return crypt_r(password.c_str(), "$2b$04$abcdefghijklmnopqrstuu", &scratch);
}

// A clock on which every look takes a while, so that hashing costs the same on every machine.
class CostlyClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::UnixEpoch(); }
  absl::Duration Monotonic() const override { return now_ += step_; }
  void SleepFor(absl::Duration length) override { now_ += length; }
  void EveryLookTakes(absl::Duration step) { step_ = step; }

 private:
  mutable absl::Duration now_;
  absl::Duration step_;
};

class LoginsTest : public ::testing::Test {
 protected:
  CostlyClock clock_;
  Logins logins_{{{"ann", HashOf("secret")}, {"bob", HashOf("other")}}, clock_};
};

struct Try {
  std::string name;
  Credentials credentials;
  LoginResult result;
};

class Tries : public LoginsTest, public ::testing::WithParamInterface<Try> {};

TEST_P(Tries, GetWhatTheTableSays) {
  EXPECT_EQ(logins_.Check(GetParam().credentials, "x"), GetParam().result);
  EXPECT_EQ(logins_.Check(GetParam().credentials, "x"), GetParam().result) << "and again";
}

INSTANTIATE_TEST_SUITE_P(
    Logins, Tries,
    ::testing::Values(Try{"Right", {"ann", "secret"}, LoginResult::kGood},
                      Try{"WrongPassword", {"ann", "Secret"}, LoginResult::kWrong},
                      Try{"EmptyPassword", {"ann", ""}, LoginResult::kWrong},
                      Try{"PasswordOfAnother", {"ann", "other"}, LoginResult::kWrong},
                      Try{"Stranger", {"eve", "secret"}, LoginResult::kWrong},
                      Try{"NoName", {"", "secret"}, LoginResult::kWrong},
                      Try{"HashAsPassword", {"ann", HashOf("secret")}, LoginResult::kWrong},
                      Try{"LongPassword", {"ann", std::string(100000, 'x')}, LoginResult::kWrong}),
    [](const auto& info) { return info.param.name; });

TEST_F(LoginsTest, WhoGuessesIsStoppedAndLetInAgainLater) {
  clock_.EveryLookTakes(absl::Milliseconds(50));
  int tries = 0;
  while (logins_.Check({"ann", "guess"}, "x") == LoginResult::kWrong && tries < 1000) ++tries;
  EXPECT_GT(tries, 3);
  EXPECT_LT(tries, 30);
  EXPECT_EQ(logins_.Check({"ann", "secret"}, "x"), LoginResult::kBusy) << "right or wrong";
  EXPECT_EQ(logins_.Check({"ann", "secret"}, "y"), LoginResult::kGood) << "from elsewhere";
  EXPECT_EQ(logins_.Check({"ann", "secret"}, "x"), LoginResult::kGood) << "is remembered";
  EXPECT_EQ(logins_.Check({"eve", "guess"}, "x"), LoginResult::kBusy) << "strangers as well";
  clock_.SleepFor(absl::Minutes(1));
  EXPECT_EQ(logins_.Check({"bob", "other"}, "x"), LoginResult::kGood);
}

TEST_F(LoginsTest, ManyWhoGuessTogetherAreBoundedToo) {
  clock_.EveryLookTakes(absl::Milliseconds(50));
  int wrong = 0;
  for (int i = 0; i < 600; ++i) {
    if (logins_.Check({"ann", "guess"}, std::to_string(i)) == LoginResult::kWrong) ++wrong;
  }
  // A try takes two looks of 50 ms and pays for one, half of the time that passes; a quarter is allowed.
  EXPECT_LT(wrong, 300);
  EXPECT_GT(wrong, 20);
}

}  // namespace
}  // namespace takt
