#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "gtest/gtest.h"
#include "tests/fuzz/targets.h"

namespace takt {
namespace {

std::string Content(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream content;
  content << in.rdbuf();
  return content.str();
}

class CorpusTest : public testing::TestWithParam<FuzzTarget> {};

// Each seed, each of its beginnings, and each with one byte of it turned over.
TEST_P(CorpusTest, SeedsAndWhatIsNearThemBreakNoLaw) {
  const std::filesystem::path folder = std::filesystem::path("tests/fuzz/corpus") / GetParam().name;
  int seeds = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    ++seeds;
    std::string bytes = Content(entry.path());
    GetParam().run(bytes);
    // Long seeds are walked in steps, so that the test stays short.
    const size_t step = bytes.size() / 200 + 1;
    for (size_t i = 0; i < bytes.size(); i += step) {
      GetParam().run(absl::string_view(bytes).substr(0, i));
      bytes[i] = static_cast<char>(~bytes[i]);
      GetParam().run(bytes);
      bytes[i] = static_cast<char>(~bytes[i]);
    }
  }
  EXPECT_GE(seeds, 3);
}

INSTANTIATE_TEST_SUITE_P(All, CorpusTest, testing::ValuesIn(kFuzzTargets),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace takt
