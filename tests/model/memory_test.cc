// Interned texts and the pool of bytes.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "engine/model/block_pool.h"
#include "engine/model/chunked_vector.h"
#include "engine/model/symbols.h"
#include "engine/model/text_memo.h"

namespace takt {
namespace {

TEST(SymbolTable, OneNumberPerText) {
  SymbolTable symbols;
  std::map<std::string, Symbol> known;
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = std::string(random() % 3, 'x') + std::to_string(random() % 5'000);
    const Symbol symbol = symbols.Intern(text);
    const auto [found, is_new] = known.emplace(text, symbol);
    EXPECT_EQ(found->second, symbol);
    EXPECT_EQ(symbols.Text(symbol), text);
  }
  EXPECT_EQ(symbols.size(), known.size());
  for (const auto& [text, symbol] : known) EXPECT_EQ(symbols.Find(text), symbol);
  EXPECT_EQ(symbols.Find("never seen"), std::nullopt);
}

TEST(SymbolTable, EmptyAndLongTextsAndZeroBytes) {
  SymbolTable symbols;
  const std::string zero("a\0b", 3);
  const std::string large(300'000, 'y');
  const Symbol empty = symbols.Intern("");
  const Symbol with_zero = symbols.Intern(zero);
  const Symbol long_text = symbols.Intern(large);
  const absl::string_view view = symbols.Text(with_zero);
  for (int i = 0; i < 10'000; ++i) symbols.Intern(std::to_string(i));
  EXPECT_EQ(symbols.Text(empty), "");
  EXPECT_EQ(view, zero) << "views stay valid";
  EXPECT_EQ(symbols.Text(long_text), large);
  EXPECT_EQ(symbols.Intern(""), empty);
}

TEST(SymbolTable, AttachedNumbersStayWithTheirText) {
  SymbolTable symbols;
  for (uint32_t i = 0; i < 10'000; ++i) {
    const Symbol symbol = symbols.Intern(std::to_string(i));
    EXPECT_EQ(symbols.Attached(symbol), 0);
    symbols.Attached(symbol) = i * 3;
  }
  for (uint32_t i = 0; i < 10'000; ++i) {
    EXPECT_EQ(symbols.Attached(*symbols.Find(std::to_string(i))), i * 3);
  }
}

// Texts of one size, and of neighbouring ones, that differ in one byte at any place, a zero included.
TEST(TextMemo, GivesTheSymbolsOfTheTable) {
  SymbolTable symbols;
  TextMemo memo(symbols);
  std::mt19937 random(5);
  std::map<std::string, Symbol> known;
  for (int i = 0; i < 200'000; ++i) {
    std::string text(random() % 20, random() % 2 == 0 ? 'a' : '\0');
    if (!text.empty()) text[random() % text.size()] = static_cast<char>(random() % 3);
    const Symbol symbol = memo.Intern(text);
    ASSERT_EQ(symbols.Text(symbol), text);
    ASSERT_EQ(known.emplace(text, symbol).first->second, symbol);
  }
  EXPECT_EQ(symbols.size(), known.size());
  EXPECT_GT(known.size(), 600);
}

class BlockPoolTest : public ::testing::Test {
 protected:
  BlockPool::Block& At(uint32_t number) { return blocks_[number]; }
  ChunkedVector<BlockPool::Block> blocks_;
  BlockPool pool_{[this](uint32_t number) -> BlockPool::Block& { return blocks_[number]; }};
};

TEST_F(BlockPoolTest, KeepsEveryByteUnderRandomChanges) {
  constexpr uint32_t kRuns = 3'000;
  std::vector<std::string> expected(kRuns);
  for (uint32_t i = 0; i < kRuns; ++i) blocks_.Add();
  std::mt19937 random(3);
  for (int i = 0; i < 200'000; ++i) {
    const uint32_t run = random() % kRuns;
    const size_t size = random() % 200 == 0 ? random() % 40'000 : random() % 90;
    const std::string bytes(size, static_cast<char>('a' + i % 26));
    if (random() % 3 == 0 || expected[run].size() > 50'000) {
      pool_.Assign(bytes, run, At(run));
      expected[run] = bytes;
    } else {
      pool_.Append(bytes, run, At(run));
      expected[run] += bytes;
    }
  }
  for (uint32_t i = 0; i < kRuns; ++i) EXPECT_EQ(blocks_[i].view(), expected[i]) << i;
}

TEST_F(BlockPoolTest, RunsThatGrowInStepLeaveFewHoles) {
  constexpr uint32_t kRuns = 100'000;
  for (uint32_t i = 0; i < kRuns; ++i) blocks_.Add();
  for (int round = 0; round < 6; ++round) {
    for (uint32_t i = 0; i < kRuns; ++i) pool_.Append("twenty bytes of text", i, At(i));
  }
  // 120 bytes and 8 of header each.
  EXPECT_LE(pool_.MemoryBytes(), kRuns * 128 * 13 / 10);
}

TEST_F(BlockPoolTest, EmptyRunsTakeNothing) {
  blocks_.Add();
  pool_.Assign("", 0, At(0));
  EXPECT_EQ(pool_.MemoryBytes(), 0);
  pool_.Assign("x", 0, At(0));
  pool_.Append("", 0, At(0));
  EXPECT_EQ(blocks_[0].view(), "x");
  pool_.Assign("", 0, At(0));
  EXPECT_EQ(blocks_[0].data, nullptr);
}

}  // namespace
}  // namespace takt
