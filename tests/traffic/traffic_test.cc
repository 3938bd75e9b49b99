#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "engine/traffic/disorder.h"
#include "engine/traffic/sales_world.h"

namespace takt {
namespace {

const EventTime kStart = EventTime::From(absl::FromUnixSeconds(1767225600));  // 2026-01-01

SalesWorldOptions Options(uint64_t seed) {
  SalesWorldOptions options;
  options.seed = seed;
  options.start = kStart;
  return options;
}

std::vector<SalesEvent> Take(SalesWorld& world, int count) {
  std::vector<SalesEvent> events;
  for (int i = 0; i < count; ++i) events.push_back(world.Next());
  return events;
}

TEST(SalesWorldTest, EqualSeedsGiveEqualEvents) {
  SalesWorld a(Options(7));
  SalesWorld b(Options(7));
  SalesWorld other(Options(8));
  int different = 0;
  for (int i = 0; i < 5000; ++i) {
    const SalesEvent left = a.Next();
    const SalesEvent right = b.Next();
    ASSERT_EQ(left.id, right.id);
    ASSERT_EQ(left.time, right.time);
    if (other.Next().time != left.time) ++different;
  }
  EXPECT_GT(different, 4000);
}

TEST(SalesWorldTest, EventsAscendByTime) {
  SalesWorld world(Options(1));
  EventTime last;
  for (const SalesEvent& event : Take(world, 20000)) {
    ASSERT_GE(event.time, last);
    last = event.time;
  }
}

TEST(SalesWorldTest, AboutAQuarterOfTheDealsIsWon) {
  SalesWorld world(Options(3));
  std::map<std::string, int> stages;
  for (const SalesEvent& event : Take(world, 200000)) {
    for (const auto& [name, value] : event.fields) {
      if (event.object == "deal" && name == "stage") ++stages[value.text];
    }
  }
  const double won = stages["won"];
  EXPECT_NEAR(won / (won + stages["lost"]), 0.27, 0.05);
}

TEST(SalesWorldTest, WinRateFallsInOneRegionAlone) {
  SalesWorldOptions options = Options(3);
  options.fall = {0, kStart, 0.3};
  SalesWorld world(options);
  std::map<std::string, int> regions;
  std::map<std::string, std::string> rep_of_deal;
  std::map<int, double> won;
  std::map<int, double> closed;
  for (const SalesEvent& event : Take(world, 200000)) {
    if (event.object != "deal") continue;
    for (const auto& [name, value] : event.fields) {
      if (name == "owner") rep_of_deal[event.id] = value.text;
      if (name != "stage" || (value.text != "won" && value.text != "lost")) continue;
      const int region = (std::stoi(rep_of_deal[event.id].substr(1)) - 1) / 50;
      ++closed[region];
      if (value.text == "won") ++won[region];
    }
  }
  EXPECT_LT(won[0] / closed[0], 0.14);
  for (const int region : {1, 2, 3}) EXPECT_GT(won[region] / closed[region], 0.2);
}

TEST(DisorderTest, SharesAreAsAskedAndNothingIsLost) {
  SalesWorld world(Options(5));
  int made = 0;
  Disorder disorder({9, 0.10, 0.05, 0.01}, [&] {
    ++made;
    return world.Next();
  });
  std::map<std::string, int> seen;
  EventTime last;
  for (int i = 0; i < 50000; ++i) {
    const Delivery delivery = disorder.Next();
    ASSERT_GE(delivery.arrival, last);
    last = delivery.arrival;
    ASSERT_LE(delivery.event.time, delivery.arrival);
    if (!delivery.event.garbage) ++seen[delivery.event.event_id];
  }
  EXPECT_NEAR(disorder.counts().late / 50000.0, 0.10, 0.02);
  EXPECT_NEAR(disorder.counts().duplicates / 50000.0, 0.05, 0.01);
  EXPECT_NEAR(disorder.counts().garbage / 50000.0, 0.01, 0.005);
  EXPECT_GT(static_cast<int>(seen.size()), made * 9 / 10);
}

}  // namespace
}  // namespace takt
