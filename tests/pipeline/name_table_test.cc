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

// Those of four to seven bytes whose ends overlap, and such as differ in one byte at any place.
TEST(NameTable, TellsNamesOfEverySizeApart) {
  std::vector<std::string> texts;
  for (size_t size = 1; size <= 20; ++size) {
    texts.emplace_back(size, 'a');
    for (size_t at = 0; at < size; ++at) {
      texts.emplace_back(size, 'a');
      texts.back()[at] = 'b';
    }
  }
  const NameTable table(std::vector<absl::string_view>(texts.begin(), texts.end()));
  for (size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(table.Find(texts[i]), static_cast<int>(i)) << texts[i];
    EXPECT_EQ(table.Find(texts[i] + "c"), NameTable::kNone) << texts[i];
  }
}

TEST(NameTable, GivesTheFirstOfEqualNames) {
  EXPECT_EQ(NameTable({"won", "lost", "won"}).Find("won"), 0);
}

}  // namespace
}  // namespace takt
