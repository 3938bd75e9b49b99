#include "engine/kpi/labels.h"

#include <gtest/gtest.h>

#include "engine/kpi/snapshot.h"

namespace takt {
namespace {

TEST(LabelsTest, HaveTheirPairsAndTheirText) {
  const Labels labels = {{"window", "28d"}, {"sales_region", "no\"rth"}};
  EXPECT_EQ(labels.size(), 2);
  EXPECT_EQ(labels[1].second, "no\"rth");
  EXPECT_EQ(labels.text(), R"({window="28d",sales_region="no\"rth"})");
  EXPECT_EQ(*labels.Find("window"), "28d");
  EXPECT_EQ(labels.Find("team"), nullptr);
}

TEST(LabelsTest, NoneHaveNoText) {
  EXPECT_TRUE(Labels().empty());
  EXPECT_EQ(Labels().text(), "");
}

TEST(LabelsTest, EqualContentIsEqual) {
  EXPECT_EQ((Labels{{"a", "b"}}), (Labels{{"a", "b"}}));
  EXPECT_FALSE((Labels{{"a", "b"}}) == (Labels{{"a", "c"}}));
}

TEST(FindTest, NeedsAllLabelsAndTakesTheFirst) {
  const Snapshot snapshot{
      .families = {{.name = "x",
                    .samples = {{.labels = {{"a", "1"}, {"b", "1"}}, .value = 1},
                                {.labels = {{"a", "1"}, {"b", "2"}}, .value = 2}}}}};
  EXPECT_EQ(Find(snapshot, "x", {})->value, 1);
  EXPECT_EQ(Find(snapshot, "x", {{"b", "2"}, {"a", "1"}})->value, 2);
  EXPECT_EQ(Find(snapshot, "x", {{"b", "3"}}), nullptr);
  EXPECT_EQ(Find(snapshot, "y", {}), nullptr);
}

}  // namespace
}  // namespace takt
