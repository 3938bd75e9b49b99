#include "engine/pipeline/name_table.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace takt {
namespace {

TEST(NameTable, FindsEveryName) {
  std::vector<std::string> texts;
  // Many that share size, ends and middle.
  for (int i = 0; i < 300; ++i)
    texts.push_back("a" + std::to_string(1000 + i % 30) + "m" + std::to_string(1000 + i) + "z");
  const std::vector<absl::string_view> names(texts.begin(), texts.end());
  const NameTable table(names);
  for (size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(table.Find(names[i]), static_cast<int>(i)) << texts[i];
  }
}

TEST(NameTable, KnowsNoStrangers) {
  const NameTable table({"stage", "amount", "owner"});
  for (const char* name : {"", "stagf", "stag", "stages", "ownes", "Amount"}) {
    EXPECT_EQ(table.Find(name), NameTable::kNone) << name;
  }
  EXPECT_EQ(NameTable().Find("stage"), NameTable::kNone);
}

TEST(NameTable, GivesTheFirstOfEqualNames) {
  EXPECT_EQ(NameTable({"won", "lost", "won"}).Find("won"), 0);
}

}  // namespace
}  // namespace takt
