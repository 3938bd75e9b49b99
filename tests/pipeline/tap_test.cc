// The tap: what a watcher is shown, and that the next one is not shown it too.
#include "engine/pipeline/tap.h"

#include <gtest/gtest.h>

#include "engine/model/change.h"

namespace takt {
namespace {

class TapTest : public ::testing::Test {
 protected:
  void Offer(absl::string_view id) {
    Record record;
    record.has_value = true;
    record.value = id;
    Change change;
    change.id = id;
    tap_.Offer({"crm", record, absl::MakeConstSpan(&change, 1)});
  }
  std::vector<std::string> Take(absl::string_view id, uint64_t after = 0) {
    std::vector<std::string> values;
    for (const TappedRecord& record : tap_.Take({.after = after, .id = std::string(id)}).records) {
      values.push_back(record.value);
    }
    return values;
  }

  Tap tap_;
};

using Values = std::vector<std::string>;

TEST_F(TapTest, KeepsWhatTheLatestFilterAsksFor) {
  EXPECT_EQ(Take("D1"), Values());
  Offer("D1");
  Offer("D2");
  Offer("D1");
  EXPECT_EQ(Take("D1"), Values({"D1", "D1"}));
  EXPECT_EQ(Take("D1", 1), Values({"D1"}));
}

TEST_F(TapTest, AnotherFilterBeginsWithNothing) {
  Take("");
  Offer("D1");
  Offer("D2");
  EXPECT_EQ(Take("D2"), Values());
  Offer("D1");
  Offer("D2");
  EXPECT_EQ(Take("D2"), Values({"D2"}));
}

}  // namespace
}  // namespace takt
