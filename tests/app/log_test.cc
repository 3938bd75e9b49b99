#include "engine/app/log.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace takt {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LogTest : public ::testing::Test {
 protected:
  LogFunction Make(LogFormat format, LogLevel least = LogLevel::kInfo) {
    return MakeLog({format, least}, clock_,
                   [this](absl::string_view line) { lines_.emplace_back(line); });
  }

  ManualClock clock_{absl::FromUnixMillis(1769882400250)};
  std::vector<std::string> lines_;
};

TEST_F(LogTest, TextAndJsonHaveTheSameFields) {
  Make(LogFormat::kText)(LogLevel::kWarning, "a \"quoted\" text");
  Make(LogFormat::kJson)(LogLevel::kWarning, "a \"quoted\" text");
  EXPECT_THAT(lines_, ElementsAre("2026-01-31T18:00:00.250Z warn: a \"quoted\" text\n",
                                  "{\"time\":\"2026-01-31T18:00:00.250Z\",\"level\":\"warn\","
                                  "\"message\":\"a \\\"quoted\\\" text\"}\n"));
}

TEST_F(LogTest, EventIsOneLineWhateverItSays) {
  for (const LogFormat format : {LogFormat::kText, LogFormat::kJson}) {
    Make(format)(LogLevel::kError, "one\ntwo\r\x1b[31m\xff three");
    EXPECT_EQ(lines_.back().find('\n'), lines_.back().size() - 1);
    EXPECT_EQ(lines_.back().find('\x1b'), std::string::npos);
  }
}

TEST_F(LogTest, LowerLevelsAreLeftOut) {
  const LogLevel levels[] = {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning,
                             LogLevel::kError};
  for (const LogLevel least : levels) {
    lines_.clear();
    const LogFunction log = Make(LogFormat::kText, least);
    for (const LogLevel level : levels) log(level, "x");
    EXPECT_THAT(lines_, SizeIs(4 - static_cast<int>(least)));
  }
}

TEST_F(LogTest, RepeatsAreCountedAndTold) {
  const LogFunction log = Make(LogFormat::kJson);
  for (int i = 0; i < 40; ++i) log(LogLevel::kWarning, absl::StrCat("broker ", i, " is away"));
  EXPECT_THAT(lines_, SizeIs(5)) << "equal but for the number";
  log(LogLevel::kInfo, "something else");
  EXPECT_THAT(lines_, SizeIs(6));
  clock_.Advance(absl::Seconds(11));
  log(LogLevel::kInfo, "something else");
  ASSERT_THAT(lines_, SizeIs(8));
  EXPECT_THAT(lines_[6], ::testing::HasSubstr("\"broker 39 is away\",\"repeated\":34}"));
}

TEST_F(LogTest, WhatWasLeftOutIsToldAtTheEnd) {
  {
    const LogFunction log = Make(LogFormat::kText);
    for (int i = 0; i < 8; ++i) log(LogLevel::kError, "the same");
    lines_.clear();
  }
  ASSERT_THAT(lines_, SizeIs(1));
  EXPECT_THAT(lines_[0], ::testing::HasSubstr("the same (2 more like it)"));
}

TEST_F(LogTest, ManyKindsOfEventTakeNoMoreMemoryAndLoseNoCount) {
  size_t told = 0;
  {
    const LogFunction log = Make(LogFormat::kText);
    for (int i = 0; i < 2000; ++i) log(LogLevel::kInfo, std::string(static_cast<size_t>(i), 'x'));
    told = lines_.size();
    EXPECT_LT(told, 300);
  }
  EXPECT_THAT(lines_.back(), ::testing::HasSubstr(absl::StrCat("(", 2000 - told - 1, " more")));
}

}  // namespace
}  // namespace takt
