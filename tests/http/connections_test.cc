#include "connectors/http/connections.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace takt {
namespace {

// A pair of sockets; one end is registered, the other tells whether it was shut.
class Pair {
 public:
  Pair() { socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()); }
  ~Pair() {
    close(ends_[0]);
    close(ends_[1]);
  }
  int descriptor() const { return ends_[0]; }
  bool IsShut() const {
    char byte;
    return recv(ends_[1], &byte, 1, MSG_DONTWAIT) == 0;
  }

 private:
  std::array<int, 2> ends_{};
};

class ConnectionsTest : public ::testing::Test {
 protected:
  static constexpr absl::Duration kLong = absl::Hours(1);

  void Add(const std::string& address) {
    pairs_.push_back(std::make_unique<Pair>());
    connections_.Add(pairs_.back().get(), pairs_.back()->descriptor(), address, kLong);
    clock_.Advance(absl::Milliseconds(1));
  }
  std::string Shut() const {
    std::string shut;
    for (size_t i = 0; i < pairs_.size(); ++i) {
      if (pairs_[i]->IsShut()) shut += std::to_string(i);
    }
    return shut;
  }

  ManualClock clock_{absl::UnixEpoch()};
  Connections connections_{clock_, {.all = 5, .per_address = 3}};
  std::vector<std::unique_ptr<Pair>> pairs_;
};

TEST_F(ConnectionsTest, OldestOfTheAddressMakesRoomAtItsLimit) {
  for (const char* address : {"a", "b", "a", "a", "a"}) Add(address);
  EXPECT_EQ(Shut(), "0");
  EXPECT_EQ(connections_.Counts().evicted, 1);
  EXPECT_EQ(connections_.Counts().open, 4);
}

TEST_F(ConnectionsTest, OldestOfTheLargestMakesRoomWhenAllAreMany) {
  for (const char* address : {"b", "a", "a", "a", "c", "d"}) Add(address);
  EXPECT_EQ(Shut(), "1");
}

TEST_F(ConnectionsTest, WhoIsAnsweredGoesLast) {
  for (const char* address : {"a", "a", "a"}) Add(address);
  connections_.BeginAnswer(pairs_[0].get(), kLong);
  connections_.BeginAnswer(pairs_[1].get(), kLong);
  Add("a");
  EXPECT_EQ(Shut(), "2");
  connections_.EndAnswer(pairs_[0].get(), kLong);
  Add("a");
  EXPECT_EQ(Shut(), "23") << "number 0 has just been answered, number 3 waits longer";
}

TEST_F(ConnectionsTest, RemovedAndShutOnesHoldNoRoom) {
  for (const char* address : {"a", "a", "a", "a"}) Add(address);
  for (int i = 0; i < 3; ++i) connections_.Remove(pairs_[i].get());
  EXPECT_EQ(connections_.Counts().open, 1);
  Add("a");
  Add("a");
  EXPECT_EQ(connections_.Counts().evicted, 1);
  connections_.Remove(pairs_[0].get());  // a second time: nothing happens
  EXPECT_EQ(connections_.Counts().open, 3);
}

}  // namespace
}  // namespace takt
