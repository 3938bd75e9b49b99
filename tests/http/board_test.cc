#include "connectors/http/board.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"

namespace takt {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(BoardTest, HasEveryFileAsItLiesInTheTree) {
  EXPECT_GE(BoardFiles().size(), 7u);
  for (const EmbeddedFile& file : BoardFiles()) {
    EXPECT_EQ(ReadFile(absl::StrCat("connectors/http/board/", file.name)), file.content)
        << file.name;
  }
}

struct PathCase {
  const char* name;
  const char* path;
  const char* content_type;  // empty: not of the board
};

class BoardPathTest : public testing::TestWithParam<PathCase> {};

TEST_P(BoardPathTest, LeadsThere) {
  const auto answer = BoardFile(GetParam().path);
  EXPECT_EQ(answer.has_value() ? answer->content_type : "", GetParam().content_type);
}

INSTANTIATE_TEST_SUITE_P(
    Paths, BoardPathTest,
    testing::Values(PathCase{"Page", "/", "text/html; charset=utf-8"},
                    PathCase{"Style", "/board/board.css", "text/css; charset=utf-8"},
                    PathCase{"Script", "/board/board.js", "text/javascript; charset=utf-8"},
                    PathCase{"NoSecondNameOfThePage", "/board/index.html", ""},
                    PathCase{"Folder", "/board/", ""}, PathCase{"Empty", "", ""},
                    PathCase{"Outside", "/board/../server.h", ""},
                    PathCase{"Unknown", "/board/other.js", ""}),
    [](const auto& each) { return each.param.name; });

TEST(BoardTest, PolicyLetsNothingRunOrAskThatDidNotComeWithIt) {
  const auto answer = BoardFile("/");
  ASSERT_TRUE(answer.has_value());
  const auto policy =
      std::find_if(answer->headers.begin(), answer->headers.end(),
                   [](const auto& header) { return header.first == "Content-Security-Policy"; });
  ASSERT_NE(policy, answer->headers.end());
  EXPECT_THAT(policy->second, HasSubstr("default-src 'none'; script-src 'self'; style-src 'self'"));
  EXPECT_THAT(policy->second, Not(HasSubstr("unsafe")));
}

}  // namespace
}  // namespace takt
