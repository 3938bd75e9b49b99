#include "engine/pipeline/ring.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "engine/pipeline/doorbell.h"
#include "engine/pipeline/gate.h"
#include "engine/pipeline/view_requests.h"

namespace takt {
namespace {

TEST(RingTest, AFullRingRefusesAndLeavesTheElement) {
  Ring<std::unique_ptr<int>> ring(2);
  for (int i = 0; i < 2; ++i) {
    auto element = std::make_unique<int>(i);
    EXPECT_TRUE(ring.TryPush(element));
    EXPECT_EQ(element, nullptr);
  }
  auto refused = std::make_unique<int>(2);
  EXPECT_FALSE(ring.TryPush(refused));
  ASSERT_NE(refused, nullptr);
  std::unique_ptr<int> popped;
  ASSERT_TRUE(ring.TryPop(&popped));
  EXPECT_EQ(*popped, 0);
  EXPECT_TRUE(ring.TryPush(refused));
}

TEST(RingTest, AnEmptyRingGivesNothing) {
  Ring<int> ring(4);
  int popped = 7;
  EXPECT_TRUE(ring.IsEmpty());
  EXPECT_FALSE(ring.TryPop(&popped));
  EXPECT_EQ(popped, 7);
}

TEST(RingTest, TwoThreadsPassEveryElementInOrder) {
  constexpr int kElements = 5000;  // two threads on a busy core take turns every few
  Ring<int> ring(8);
  std::thread pusher([&] {
    for (int i = 0; i < kElements; ++i) {
      while (!ring.TryPush(i)) std::this_thread::yield();
    }
  });
  for (int expected = 0; expected < kElements; ++expected) {
    int popped = -1;
    while (!ring.TryPop(&popped)) std::this_thread::yield();
    ASSERT_EQ(popped, expected);
  }
  pusher.join();
}

TEST(DoorbellTest, ARingBeforeTheWaitIsNotLost) {
  Doorbell bell;
  bell.Ring();
  bell.WaitFor(absl::Hours(1));  // the time limit of tests ends it if it were
  SUCCEED();
}

TEST(GateTest, TheCloserSeesNobodyInsideAndAllOfTheirWork) {
  constexpr int kTurns = 2000;
  Gate gate;
  int turns[2] = {0, 0};  // each its own thread's; read by the closer
  std::thread threads[2];
  for (int i = 0; i < 2; ++i) {
    threads[i] = std::thread([&, i] {
      for (int k = 0; k < kTurns; ++k) {
        Turn turn(gate);
        ++turns[i];
      }
    });
  }
  for (int k = 0; k < 50; ++k) {
    ASSERT_TRUE(gate.Close(absl::Minutes(10)));
    const int before = turns[0] + turns[1];
    std::this_thread::yield();
    EXPECT_EQ(turns[0] + turns[1], before);
    gate.Open();
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(turns[0] + turns[1], 2 * kTurns);
}

TEST(GateTest, ATurnThatDoesNotEndIsNotWaitedForAndOthersGoOn) {
  Gate gate;
  {
    Turn turn(gate);
    EXPECT_FALSE(gate.Close(absl::Milliseconds(1)));
    EXPECT_FALSE(gate.IsClosed());
    Turn another(gate);
  }
  EXPECT_TRUE(gate.Close(absl::Milliseconds(1)));
  gate.Open();
}

TEST(ViewRequestsTest, WhoIsNotAnsweredInTimeIsToldAndForgotten) {
  Doorbell bell;
  ViewRequests requests(bell);
  const auto answer = requests.Ask(EventTime{1}, absl::Milliseconds(1));
  EXPECT_TRUE(absl::IsUnavailable(answer.status())) << answer.status();
  EXPECT_FALSE(
      requests.Serve([](std::optional<EventTime>) { return ViewRequests::Answer(nullptr); }));
}

TEST(ViewRequestsTest, WhoAsksEndsTheRestAndSoDoesTheEnd) {
  Doorbell bell;
  ViewRequests requests(bell);
  std::thread asker([&] { EXPECT_TRUE(requests.Ask(std::nullopt, absl::Seconds(30)).ok()); });
  const auto answer = [](std::optional<EventTime>) { return ViewRequests::Answer(nullptr); };
  while (!requests.Serve(answer)) requests.Rest(absl::Minutes(10));
  asker.join();
  requests.Refuse();
  requests.Rest(absl::Minutes(10));
}

}  // namespace
}  // namespace takt
